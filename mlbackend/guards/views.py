from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import api
from mlbackend.guards import selectors, sure
from mlbackend.guards.serializers import GuardsSerializer, SureTubesSerializer


class GuardsView(APIView):
    @extend_schema(responses=GuardsSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """Per person: planted proposals noticed, acceptance, speed, agreement when blind."""
        project = api.project_for(request.user, project_id, "manager")
        return Response(GuardsSerializer(selectors.guards(project.id)).data)


class SureTubesView(APIView):
    @extend_schema(responses=SureTubesSerializer)
    def get(self, request: Request, video_id: str) -> Response:
        """The open proposals of a video that may be accepted all at once, or why none may."""
        video = api.video_for(request.user, video_id, "annotator")
        found = sure.sure_tubes(video.project_id, video.id)
        return Response(SureTubesSerializer(found).data)
