from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from labeling import api
from mlbackend.propose import track_services


class TrackSerializer(serializers.Serializer):
    frame = serializers.IntegerField()
    box = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)
    until = serializers.FloatField(
        min_value=0.1, max_value=track_services.MOST_S, default=track_services.UNTIL_S
    )
    direction = serializers.ChoiceField(["both", "forward", "back"], default="both")
    first_frame = serializers.IntegerField(required=False, allow_null=True, default=None)
    last_frame = serializers.IntegerField(required=False, allow_null=True, default=None)


class TrackedKeyframeSerializer(serializers.Serializer):
    frame = serializers.IntegerField()
    box = serializers.ListField(child=serializers.FloatField())


class TrackEndSerializer(serializers.Serializer):
    frame = serializers.IntegerField()
    reason = serializers.ChoiceField(["limit", "end", "cut", "left", "lost", "time"])


class TrackedSerializer(serializers.Serializer):
    keyframes = TrackedKeyframeSerializer(many=True)
    forward = TrackEndSerializer(allow_null=True)
    back = TrackEndSerializer(allow_null=True)


class TrackLineSerializer(serializers.Serializer):
    """A line of the answer: one of these."""

    progress = serializers.FloatField(required=False)
    result = TrackedSerializer(required=False)
    error = serializers.DictField(required=False)


class TrackView(APIView):
    @extend_schema(
        request=TrackSerializer,
        responses={(200, "application/x-ndjson"): TrackLineSerializer},
        description="Carry a box forward and back. The answer is lines of JSON, the last of "
        "which holds the result or an error.",
    )
    def post(self, request: Request, video_id: str) -> StreamingHttpResponse:
        video = api.video_for(request.user, video_id, "annotator")
        serializer = TrackSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = dict(serializer.validated_data)
        lines = track_services.track(video, until_s=asked.pop("until"), **asked)
        answer = StreamingHttpResponse(lines, content_type="application/x-ndjson")
        # Compressed, the lines would come all at once at the end.
        answer["Content-Encoding"] = "identity"
        answer["Cache-Control"] = "no-store"
        return answer
