from rest_framework import serializers


class DetectorSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    available = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    default = serializers.BooleanField()
    speed_note = serializers.CharField()


class RecognizerSerializer(DetectorSerializer):
    """As for detectors; "auto" is the model in use."""


class RunSerializer(serializers.Serializer):
    """Which models a run's proposals came from; its id is their `run_id`."""

    id = serializers.UUIDField()
    detector = serializers.CharField(allow_blank=True)
    detector_title = serializers.CharField(allow_blank=True)
    recognizer = serializers.CharField(allow_blank=True)
    recognizer_title = serializers.CharField(allow_blank=True)
    model_id = serializers.UUIDField(allow_null=True)
    model_name = serializers.CharField(allow_blank=True)
    detail = serializers.DictField()
    created_at = serializers.DateTimeField()


class ReliabilityBinSerializer(serializers.Serializer):
    """Proposals with a score from `low` to `high`: `right` is the share people confirmed."""

    low = serializers.FloatField()
    high = serializers.FloatField()
    count = serializers.IntegerField()
    score = serializers.FloatField()
    right = serializers.FloatField()


class ReliabilitySerializer(serializers.Serializer):
    """How far scores can be trusted; `ece` is after calibration, null where `note` says why not."""

    confirmed = serializers.IntegerField()
    rejected = serializers.IntegerField()
    note = serializers.CharField(allow_blank=True)
    ece_raw = serializers.FloatField()
    ece = serializers.FloatField(allow_null=True)
    bins = ReliabilityBinSerializer(many=True)


class CalibrationSerializer(serializers.Serializer):
    """By detector and by recognizer."""

    tubes = serializers.DictField(child=ReliabilitySerializer())
    spans = serializers.DictField(child=ReliabilitySerializer())


class ProposeSerializer(serializers.Serializer):
    """`actions_only` looks for actions on the tubes that are there and detects nothing."""

    video_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    detector = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    recognizer = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    rate_hz = serializers.FloatField(required=False, allow_null=True)
    actions_only = serializers.BooleanField(required=False, default=False)


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
