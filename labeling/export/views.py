from django.conf import settings
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import access
from labeling.domain.errors import NotFound
from labeling.export import import_jobs, selectors, services
from labeling.export.options import ExportOptions
from labeling.export.preview import export_preview
from labeling.export.serializers import (
    ExportRequestSerializer,
    ExportSerializer,
    FormatSerializer,
    ImportJobSerializer,
    ImportRequestSerializer,
    PreviewSerializer,
)
from labeling.models.project import Role


class ExportsView(APIView):
    @extend_schema(responses=ExportSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id)
        return Response(ExportSerializer(selectors.exports(project), many=True).data)

    @extend_schema(request=ExportRequestSerializer, responses={202: ExportSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Queue an export of the labels as they are when its turn comes."""
        project = access.project_for(request.user, project_id, Role.ANNOTATOR)
        serializer = ExportRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        params = dict(serializer.validated_data)
        export = services.export_create(
            project=project, format_name=params.pop("format"), params=params,
            user_id=request.user.pk,
        )  # fmt: skip
        return Response(ExportSerializer(export).data, status=202)


class PreviewView(APIView):
    @extend_schema(request=ExportRequestSerializer, responses=PreviewSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """What an export of the labels as they are would hold; nothing is made."""
        project = access.project_for(request.user, project_id, Role.ANNOTATOR)
        serializer = ExportRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        params = dict(serializer.validated_data)
        found = export_preview(
            project=project, format_=services.writer_of(params.pop("format")).format,
            options=ExportOptions.of(params),
        )  # fmt: skip
        return Response(PreviewSerializer(found).data)


class FormatsView(APIView):
    @extend_schema(responses=FormatSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every format that is read or written, and what it has a place for."""
        return Response(FormatSerializer(selectors.formats(), many=True).data)


class DownloadView(APIView):
    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: str) -> FileResponse:
        export = access.export_for(request.user, export_id)
        path = settings.HOME_DIRS["exports"] / export.path
        if not export.path or not path.is_file():
            raise NotFound("This export has no archive yet; wait for its job to be done.")
        name = f"{export.project.slug}-{export.format}-{export.state}-{export.snapshot_hash[:8]}"
        response = FileResponse(path.open("rb"), as_attachment=True, filename=f"{name}.zip")
        # An archive is compressed already.
        response["Content-Encoding"] = "identity"
        return response


class ImportsView(APIView):
    parser_classes = [MultiPartParser, FormParser]

    @extend_schema(request=ImportRequestSerializer, responses={202: ImportJobSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Queue an import, or with mode 'dry-run' a report of what it would do."""
        project = access.project_for(request.user, project_id, Role.MANAGER)
        serializer = ImportRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        params = dict(serializer.validated_data)
        files = {role: params.pop(role) for role in import_jobs.ROLES if role in params}
        job = import_jobs.import_create(
            project=project, uploads=files, params=params, user_id=request.user.pk
        )
        return Response(ImportJobSerializer(job).data, status=202)
