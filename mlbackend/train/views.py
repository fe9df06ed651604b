from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import api
from mlbackend.train import selectors, services
from mlbackend.train.serializers import RoundSerializer


class RoundsView(APIView):
    @extend_schema(responses=RoundSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "viewer")
        return Response(RoundSerializer(selectors.rounds(project_id), many=True).data)

    @extend_schema(request=None, responses={202: RoundSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "annotator")
        started = services.round_start(project_id=project_id, user_id=request.user.pk)
        return Response(RoundSerializer(started).data, status=status.HTTP_202_ACCEPTED)


class RoundView(APIView):
    @extend_schema(responses=RoundSerializer)
    def get(self, request: Request, round_id: str) -> Response:
        return Response(RoundSerializer(selectors.round_for(request.user, round_id)).data)


class RoundPromoteView(APIView):
    @extend_schema(request=None, responses=RoundSerializer)
    def post(self, request: Request, round_id: str) -> Response:
        found = selectors.round_for(request.user, round_id, "manager")
        return Response(RoundSerializer(services.round_promote(found)).data)
