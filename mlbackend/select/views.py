from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import api
from mlbackend.select import selectors, services
from mlbackend.select.serializers import NextSerializer, QueueItemSerializer, QueueSerializer


class QueueView(APIView):
    @extend_schema(responses=QueueSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "viewer")
        return Response(QueueSerializer(selectors.queue(project_id)).data)


class QueueNextView(APIView):
    @extend_schema(request=NextSerializer, responses={200: QueueItemSerializer, 204: None})
    def post(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "annotator")
        serializer = NextSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        item = services.queue_next(request.user, project_id, serializer.validated_data.get("after"))
        if item is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        (named,) = selectors.with_video_names(project_id, [item])
        return Response(QueueItemSerializer(named).data)


class QueueSkipView(APIView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, item_id: str) -> Response:
        services.queue_skip(request.user, item_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
