from rest_framework import serializers


class DetectorSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    available = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    default = serializers.BooleanField()
    speed_note = serializers.CharField()


class ProposeSerializer(serializers.Serializer):
    video_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    detector = serializers.CharField(required=False, allow_blank=True, allow_null=True)


class ProposeJobSerializer(serializers.Serializer):
    """A job as `GET /api/jobs` gives it."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    project_id = serializers.IntegerField()
    video_id = serializers.UUIDField(allow_null=True)
    video_name = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    progress = serializers.FloatField()
    message = serializers.CharField(allow_blank=True)
    error = serializers.DictField(allow_null=True)
    result = serializers.DictField(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
