from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import api
from mlbackend.train.learning import selectors
from mlbackend.train.learning.serializers import (
    AgainstQuerySerializer,
    ClassHealthSerializer,
    DiffSerializer,
    LearningSerializer,
)
from mlbackend.train.selectors import round_for


class LearningView(APIView):
    @extend_schema(responses=LearningSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "viewer")
        return Response(LearningSerializer(selectors.learning(project_id)).data)


class DiffView(APIView):
    @extend_schema(parameters=[AgainstQuerySerializer], responses=DiffSerializer)
    def get(self, request: Request, round_id: str) -> Response:
        asked = AgainstQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        new = round_for(request.user, round_id)
        old = selectors.other_round(new, asked.validated_data.get("against"))
        return Response(DiffSerializer(selectors.diff(new, old)).data)


class ClassesView(APIView):
    @extend_schema(responses=ClassHealthSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "viewer")
        found = selectors.classes(project_id)
        return Response(ClassHealthSerializer(found, many=True).data)
