from rest_framework import serializers


class ActiveSerializer(serializers.Serializer):
    """A head that learned from as many chosen answers as the control from random ones."""

    labels = serializers.IntegerField()
    macro_f1 = serializers.FloatField()
    map = serializers.FloatField(allow_null=True)


class ControlSerializer(ActiveSerializer):
    """A head that learned from the answers of the random slice alone."""

    active = ActiveSerializer(allow_null=True)


class MeasuredOnSerializer(serializers.Serializer):
    rule = serializers.CharField()
    tubes = serializers.IntegerField()
    videos = serializers.IntegerField()


class LearningRoundSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    round_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    state = serializers.CharField()
    decision = serializers.CharField(allow_blank=True)
    in_use = serializers.BooleanField()
    labels = serializers.IntegerField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    macro_f1 = serializers.FloatField(allow_null=True)
    macro_f1_low = serializers.FloatField(allow_null=True)
    macro_f1_high = serializers.FloatField(allow_null=True)
    map = serializers.FloatField(allow_null=True)
    ece = serializers.FloatField(allow_null=True)
    brier = serializers.FloatField(allow_null=True)
    hold_out = MeasuredOnSerializer(allow_null=True)
    control = ControlSerializer(allow_null=True)
    control_note = serializers.CharField(allow_blank=True)
    kappa = serializers.FloatField(allow_null=True)
    kappa_windows = serializers.IntegerField()


class ForecastPointSerializer(serializers.Serializer):
    labels = serializers.IntegerField()
    f1 = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ForecastSerializer(serializers.Serializer):
    points = ForecastPointSerializer(many=True)
    next_hundred = serializers.FloatField(allow_null=True)
    next_hundred_low = serializers.FloatField(allow_null=True)
    next_hundred_high = serializers.FloatField(allow_null=True)
    seconds_per_label = serializers.FloatField(allow_null=True)
    note = serializers.CharField()


class StopReasonSerializer(serializers.Serializer):
    what = serializers.CharField()
    met = serializers.BooleanField()
    value = serializers.FloatField(allow_null=True)
    note = serializers.CharField()


class StopSerializer(serializers.Serializer):
    advised = serializers.BooleanField()
    reasons = StopReasonSerializer(many=True)


class AcceptanceSerializer(serializers.Serializer):
    shown = serializers.IntegerField()
    accepted = serializers.IntegerField()


class AcceptancesSerializer(serializers.Serializer):
    random = AcceptanceSerializer()
    chosen = AcceptanceSerializer()


class LearningSerializer(serializers.Serializer):
    rounds = LearningRoundSerializer(many=True)
    forecast = ForecastSerializer()
    stop = StopSerializer()
    acceptance = AcceptancesSerializer()


class CaseSerializer(serializers.Serializer):
    """A tube and an action that one of two models has right and the other wrong.

    `box_norm` is [x1, y1, x2, y2] on `frame` of the video, in shares of its width and height.
    """

    label = serializers.CharField()
    video = serializers.CharField()
    video_id = serializers.UUIDField()
    tube = serializers.IntegerField(allow_null=True)
    tube_id = serializers.UUIDField()
    frame = serializers.IntegerField()
    time_s = serializers.FloatField()
    truth = serializers.BooleanField()
    p_new = serializers.FloatField()
    p_old = serializers.FloatField()
    box_norm = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)


class ClassDiffSerializer(serializers.Serializer):
    label_id = serializers.IntegerField()
    name = serializers.CharField()
    won = serializers.IntegerField()
    lost = serializers.IntegerField()


class AgainstSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()


class DiffSerializer(serializers.Serializer):
    against = AgainstSerializer(allow_null=True)
    shared = serializers.ListField(child=serializers.CharField())
    not_shared = serializers.ListField(child=serializers.CharField())
    per_class = ClassDiffSerializer(many=True)
    won = CaseSerializer(many=True)
    lost = CaseSerializer(many=True)
    windows = serializers.IntegerField()
    note = serializers.CharField(allow_blank=True)


class AgainstQuerySerializer(serializers.Serializer):
    against = serializers.UUIDField(required=False, help_text="Round to compare with.")


class TrendSerializer(serializers.Serializer):
    round = serializers.IntegerField()
    f1 = serializers.FloatField(allow_null=True)


STATUSES = [
    *("ok", "never seen", "few examples", "one-sided", "not in hold-out", "falling"),
    "poorly calibrated",
]


class ClassHealthSerializer(serializers.Serializer):
    """An action as the newest round found it; counts are windows unless they say tubes."""

    label_id = serializers.IntegerField()
    name = serializers.CharField()
    retired = serializers.BooleanField()
    train_yes = serializers.IntegerField()
    train_no = serializers.IntegerField()
    train_tubes = serializers.IntegerField()
    hold_out_yes = serializers.IntegerField()
    hold_out_no = serializers.IntegerField()
    hold_out_tubes = serializers.IntegerField()
    f1 = serializers.FloatField(allow_null=True)
    f1_low = serializers.FloatField(allow_null=True)
    f1_high = serializers.FloatField(allow_null=True)
    ap = serializers.FloatField(allow_null=True)
    ece = serializers.FloatField(allow_null=True)
    brier = serializers.FloatField(allow_null=True)
    trend = TrendSerializer(many=True)
    status = serializers.ChoiceField(STATUSES)
    advice = serializers.CharField(allow_blank=True)
