from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import api
from mlbackend.propose import selectors, services
from mlbackend.propose.runs import runs
from mlbackend.propose.scores import calibration_report
from mlbackend.propose.serializers import (
    CalibrationSerializer,
    DetectorSerializer,
    ProposeJobSerializer,
    ProposeSerializer,
    RecognizerSerializer,
    RunSerializer,
)


class ProposeView(APIView):
    @extend_schema(request=ProposeSerializer, responses={202: ProposeJobSerializer(many=True)})
    def post(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "annotator")
        serializer = ProposeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        job_ids = services.propose_start(
            project_id=project_id,
            video_ids=asked.get("video_ids"),
            detector=asked.get("detector") or None,
            recognizer=asked.get("recognizer") or None,
            rate_hz=asked.get("rate_hz"),
            actions_only=asked["actions_only"],
            user_id=request.user.pk,
        )
        shown = ProposeJobSerializer(selectors.jobs(job_ids), many=True)
        return Response(shown.data, status=status.HTTP_202_ACCEPTED)


class DetectorsView(APIView):
    @extend_schema(responses=DetectorSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = api.project_for(request.user, project_id, "viewer")
        return Response(DetectorSerializer(selectors.detectors(project), many=True).data)


class RecognizersView(APIView):
    @extend_schema(responses=RecognizerSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = api.project_for(request.user, project_id, "viewer")
        return Response(RecognizerSerializer(selectors.recognizers(project), many=True).data)


class CalibrationView(APIView):
    """How far the scores of proposals can be trusted, by people's decisions on hold-out videos."""

    @extend_schema(responses=CalibrationSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        project = api.project_for(request.user, project_id, "viewer")
        return Response(CalibrationSerializer(calibration_report(project.id)).data)


class RunsView(APIView):
    @extend_schema(responses=RunSerializer(many=True))
    def get(self, request: Request, video_id: Any) -> Response:
        video = api.video_for(request.user, video_id, "viewer")
        return Response(RunSerializer(runs(video), many=True).data)
