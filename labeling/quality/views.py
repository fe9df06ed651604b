from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import access
from labeling.models.project import Role
from labeling.quality import selectors
from labeling.quality.agreement import agreement
from labeling.quality.serializers import (
    AgreementSerializer,
    SuspiciousRequestSerializer,
    SuspiciousSerializer,
)


class SuspiciousView(APIView):
    @extend_schema(parameters=[SuspiciousRequestSerializer], responses=SuspiciousSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """Confirmed labels that may be mistakes, the worst first."""
        project = access.project_for(request.user, project_id)
        asked = SuspiciousRequestSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = dict(asked.validated_data)
        found = selectors.suspicious(project, video_id=wanted.pop("video", None), **wanted)
        return Response(SuspiciousSerializer(found).data)


class AgreementView(APIView):
    @extend_schema(responses=AgreementSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """The project against its replicas, the replicas against each other, and all of them."""
        project = access.project_for(request.user, project_id, Role.MANAGER)
        return Response(AgreementSerializer(agreement(project)).data)
