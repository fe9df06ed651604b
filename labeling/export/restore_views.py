import tempfile
from pathlib import Path

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.export.restore import project_restore


class RestoreRequestSerializer(serializers.Serializer):
    file = serializers.FileField()
    name = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="empty: as it was, or with a number"
    )


class RestoredSerializer(serializers.Serializer):
    """The project that was made; `waiting` of its videos need their file uploaded."""

    id = serializers.IntegerField(source="project.id")
    name = serializers.CharField(source="project.name")
    slug = serializers.SlugField(source="project.slug")
    counts = serializers.DictField(child=serializers.IntegerField())
    notes = serializers.ListField(child=serializers.CharField())


class RestoreView(APIView):
    parser_classes = [MultiPartParser, FormParser]

    @extend_schema(request=RestoreRequestSerializer, responses={201: RestoredSerializer})
    def post(self, request: Request) -> Response:
        """Make a project of a backup, of which the sender becomes owner."""
        serializer = RestoreRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        with tempfile.NamedTemporaryFile(dir=settings.HOME_DIRS["imports"]) as file:
            for chunk in sent["file"].chunks():
                file.write(chunk)
            file.flush()
            restored = project_restore(path=Path(file.name), owner=request.user, name=sent["name"])
        return Response(RestoredSerializer(restored).data, status=201)
