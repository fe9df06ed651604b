from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import access
from labeling.ingest import hold_out
from labeling.ingest.hold_out_selectors import held_out
from labeling.ingest.hold_out_serializers import DrawRequestSerializer, HoldOutSerializer
from labeling.models.project import Role


class HoldOutView(APIView):
    @extend_schema(responses=HoldOutSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """What is held out, how far it is reviewed, and whether that is enough."""
        project = access.project_for(request.user, project_id)
        return Response(HoldOutSerializer(held_out(project)).data)

    @extend_schema(request=DrawRequestSerializer, responses={201: HoldOutSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Draw videos at random from every stratum; a later draw is of what came in since."""
        project = access.project_for(request.user, project_id, Role.MANAGER)
        serializer = DrawRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        hold_out.hold_out_draw(project=project, author=request.user, **serializer.validated_data)
        project.refresh_from_db()
        return Response(HoldOutSerializer(held_out(project)).data, status=status.HTTP_201_CREATED)
