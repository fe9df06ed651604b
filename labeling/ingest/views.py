from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import access
from labeling.domain.errors import NotFound
from labeling.ingest import picture, selectors, services
from labeling.ingest.ranges import IMMUTABLE, file_response, picture_response
from labeling.ingest.serializers import (
    TimebaseSerializer,
    VideoChangeSerializer,
    VideoSerializer,
)
from labeling.models import Video
from labeling.models.project import Role
from labeling.models.video import VideoState

JPEG = {(200, "image/jpeg"): OpenApiTypes.BINARY}


class AnyType(BaseContentNegotiation):
    """Media is what it is, whatever type the client says it prefers."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class VideosView(APIView):
    @extend_schema(responses=VideoSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id)
        return Response(_shown(selectors.videos(project), many=True))


class VideoView(APIView):
    @extend_schema(responses=VideoSerializer)
    def get(self, request: Request, video_id: str) -> Response:
        return Response(_shown([access.video_for(request.user, video_id)]))

    @extend_schema(request=VideoChangeSerializer, responses=VideoSerializer)
    def patch(self, request: Request, video_id: str) -> Response:
        video = access.video_for(request.user, video_id, Role.MANAGER)
        serializer = VideoChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changes = serializer.validated_data
        force = changes.pop("force")
        changed = services.video_change(
            video=video, changes=changes, force=force, author=request.user
        )
        return Response(_shown([changed]))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, video_id: str) -> Response:
        services.video_delete(video=access.video_for(request.user, video_id, Role.MANAGER))
        return Response(status=204)


class TimebaseView(APIView):
    @extend_schema(responses=TimebaseSerializer)
    def get(self, request: Request, video_id: str) -> Response:
        """Presentation time of every frame; it never changes."""
        video = _ready(access.video_for(request.user, video_id))
        headers = {"Cache-Control": IMMUTABLE, "ETag": f'"{video.sha256}"'}
        return Response(selectors.timebase(video), headers=headers)


class MediaView(APIView):
    content_negotiation_class = AnyType

    @extend_schema(responses={(200, "video/mp4"): OpenApiTypes.BINARY})
    def get(self, request: Request, video_id: str) -> HttpResponseBase:
        """The copy for the browser, whole or by byte range."""
        video = _ready(access.video_for(request.user, video_id))
        return file_response(request._request, video.proxy_path, "video/mp4", video.sha256)


class ThumbnailView(APIView):
    content_negotiation_class = AnyType

    @extend_schema(responses=JPEG)
    def get(self, request: Request, video_id: str) -> HttpResponseBase:
        video = _ready(access.video_for(request.user, video_id))
        return file_response(request._request, video.thumbnail_path, "image/jpeg", video.sha256)


class FrameView(APIView):
    content_negotiation_class = AnyType

    @extend_schema(responses=JPEG)
    def get(self, request: Request, video_id: str, frame: int) -> HttpResponseBase:
        """The exact frame at full size, for players that cannot show it themselves."""
        video = _ready(access.video_for(request.user, video_id))
        if frame >= video.frame_count:
            raise NotFound(
                f"'{video.name}' has frames 0 to {video.frame_count - 1}; there is no {frame}."
            )
        data = picture.frame_jpeg(video.source_path, video.timebase(), frame, video.rotation)
        return picture_response(data, f"{video.sha256}-{frame}")


def _ready(video: Video) -> Video:
    if video.state != VideoState.READY or not video.proxy:
        raise NotFound(
            f"'{video.name}' has no pictures: its state is '{video.state}'. {video.error}".strip()
        )
    return video


def _shown(rows: list[Video], many: bool = False) -> Any:
    context = {"counts": selectors.counts(video.id for video in rows)}
    if many:
        return VideoSerializer(rows, many=True, context=context).data
    return VideoSerializer(rows[0], context=context).data
