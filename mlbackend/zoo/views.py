from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import api
from mlbackend.propose.selectors import jobs
from mlbackend.propose.serializers import ProposeJobSerializer
from mlbackend.zoo import selectors, services, uploads
from mlbackend.zoo.serializers import (
    FetchSerializer,
    FileAgainSerializer,
    FileJobSerializer,
    FileSentSerializer,
    ModelsSerializer,
)


class ModelsView(APIView):
    @extend_schema(responses=ModelsSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """The weights of this machine and the models of this project."""
        project = api.project_for(request.user, project_id, "viewer")
        return Response(ModelsSerializer(selectors.models_overview(project)).data)


class ModelsFetchView(APIView):
    @extend_schema(request=FetchSerializer, responses={202: ProposeJobSerializer(many=True)})
    def post(self, request: Request, project_id: int) -> Response:
        """Queue the download of published weights."""
        api.project_for(request.user, project_id, "manager")
        serializer = FetchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        job_ids = services.fetch_start(
            project_id=project_id, names=serializer.validated_data["names"], user_id=request.user.pk
        )
        shown = ProposeJobSerializer(jobs(job_ids), many=True)
        return Response(shown.data, status=status.HTTP_202_ACCEPTED)


class ModelFilesView(APIView):
    @extend_schema(
        request={"multipart/form-data": FileSentSerializer}, responses={202: FileJobSerializer}
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Send a checkpoint; the job says what adding it would do."""
        api.project_for(request.user, project_id, "manager")
        serializer = FileSentSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = dict(serializer.validated_data)
        file_id = uploads.upload_keep(project_id, said.pop("file"), said.pop("labels_file"))
        return _started(request, project_id, file_id, said, confirm=False)


class ModelFileView(APIView):
    @extend_schema(request=FileAgainSerializer, responses={202: FileJobSerializer})
    def patch(self, request: Request, project_id: int, file_id: str) -> Response:
        """Read a file that was sent again with what is said of it now, or add it."""
        api.project_for(request.user, project_id, "manager")
        serializer = FileAgainSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = dict(serializer.validated_data)
        confirm = said.pop("confirm")
        text, name = said.pop("labels_text"), said.pop("labels_name")
        if text:
            uploads.labels_keep(project_id, str(file_id), name, text)
        return _started(request, project_id, str(file_id), said, confirm=confirm)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int, file_id: str) -> Response:
        """Forget a file that was sent and not added."""
        api.project_for(request.user, project_id, "manager")
        uploads.upload_forget(project_id, str(file_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _started(
    request: Request, project_id: int, file_id: str, said: dict, *, confirm: bool
) -> Response:
    job_id = services.read_start(
        project_id=project_id, file_id=file_id, said=said, user_id=request.user.pk, confirm=confirm
    )
    shown = FileJobSerializer({"file_id": file_id, "job_id": job_id})
    return Response(shown.data, status=status.HTTP_202_ACCEPTED)
