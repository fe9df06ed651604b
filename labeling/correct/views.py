from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import access
from labeling.correct import selectors, services
from labeling.correct.serializers import (
    AnnotationsSerializer,
    ChangedSerializer,
    CommitSerializer,
    CommittedSerializer,
    HistorySerializer,
    UndoneSerializer,
)
from labeling.domain.errors import InvalidInput
from labeling.models.project import Role


class AnnotationsView(APIView):
    @extend_schema(responses=AnnotationsSerializer)
    def get(self, request: Request, video_id: str) -> Response:
        video = access.video_for(request.user, video_id)
        return Response(selectors.annotations(video).as_dict())


class RevisionsView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("after", int, required=True)], responses=ChangedSerializer
    )
    def get(self, request: Request, video_id: str) -> Response:
        video = access.video_for(request.user, video_id)
        try:
            after = int(request.query_params.get("after", ""))
        except ValueError:
            raise InvalidInput("Say what you have seen already: ?after=REVISION.") from None
        return Response(selectors.changed_since(video, after))


class HistoryView(APIView):
    @extend_schema(responses=HistorySerializer(many=True))
    def get(self, request: Request, video_id: str) -> Response:
        video = access.video_for(request.user, video_id)
        return Response(HistorySerializer(selectors.history(video), many=True).data)


class CommitsView(APIView):
    @extend_schema(request=CommitSerializer, responses=CommittedSerializer)
    def post(self, request: Request, video_id: str) -> Response:
        video = access.video_for(request.user, video_id, Role.ANNOTATOR)
        serializer = CommitSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        done = services.hand_commit(video, request.user.pk, **serializer.validated_data)
        if not done.repeated:
            services.tell(
                video.project_id, str(video.id), request.user.pk, done.revision, done.changes,
                at_once=serializer.validated_data["accept_all"],
            )  # fmt: skip
        notices = services.notices(video.project_id, str(video.id))
        return Response({**selectors.committed(video, done), "notices": notices})


class UndoView(APIView):
    @extend_schema(request=None, responses=UndoneSerializer)
    def post(self, request: Request, project_id: int, number: int) -> Response:
        """Take back all that a revision changed, as a new one; 409 if any of it changed since."""
        project = access.project_for(request.user, project_id, Role.MANAGER)
        made = services.revision_undo(
            project_id=project.pk, number=number, author_id=request.user.pk
        )
        return Response({"revision": made})
