from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import api
from mlbackend.measure import selectors, services
from mlbackend.measure.metrics import METRICS
from mlbackend.measure.serializers import (
    EvaluationRequestSerializer,
    EvaluationSerializer,
    MetricSerializer,
)


class MetricsView(APIView):
    @extend_schema(responses=MetricSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every metric, and the published evaluators that can be followed, the default first."""
        found = [{"metric": name, "evaluators": m.evaluators} for name, m in METRICS.items()]
        return Response(MetricSerializer(found, many=True).data)


class EvaluationsView(APIView):
    @extend_schema(responses=EvaluationSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "viewer")
        found = selectors.evaluations(project_id)
        return Response(EvaluationSerializer(found, many=True).data)

    @extend_schema(request=EvaluationRequestSerializer, responses={202: EvaluationSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Queue an evaluation of what runs proposed here, or of a file of predictions."""
        api.project_for(request.user, project_id, "annotator")
        serializer = EvaluationRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        made = services.evaluation_create(
            project_id=project_id, metric=asked["metric"], evaluator=asked["evaluator"],
            splits=asked["splits"], user_id=request.user.pk,
            upload=asked["file"] if asked["predictions"] == "file" else None,
        )  # fmt: skip
        found = selectors.evaluation_for(request.user, made.id)
        return Response(EvaluationSerializer(found).data, status=202)


class EvaluationView(APIView):
    @extend_schema(responses=EvaluationSerializer)
    def get(self, request: Request, evaluation_id: str) -> Response:
        found = selectors.evaluation_for(request.user, evaluation_id)
        return Response(EvaluationSerializer(found).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, evaluation_id: str) -> Response:
        found = selectors.evaluation_for(request.user, evaluation_id, "annotator")
        services.evaluation_delete(found)
        return Response(status=204)
