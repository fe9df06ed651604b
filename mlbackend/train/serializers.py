from rest_framework import serializers

from labeling import api
from mlbackend.models import ModelVersion, Round
from mlbackend.train.selectors import is_waiting


class RatiosSerializer(serializers.Serializer):
    precision = serializers.FloatField()
    recall = serializers.FloatField()
    f1 = serializers.FloatField()


class ClassMetricsSerializer(RatiosSerializer):
    label_id = serializers.IntegerField()
    name = serializers.CharField()
    support = serializers.IntegerField()


class MetricsSerializer(serializers.Serializer):
    accuracy = serializers.FloatField()
    micro = RatiosSerializer()
    macro = RatiosSerializer()
    per_class = ClassMetricsSerializer(many=True)
    n = serializers.IntegerField()


class ComparedSerializer(serializers.Serializer):
    candidate = MetricsSerializer(allow_null=True, default=None)
    champion = MetricsSerializer(allow_null=True, default=None)


class ClassCountsSerializer(serializers.Serializer):
    train = serializers.DictField(child=serializers.IntegerField(), default=dict)
    hold_out = serializers.DictField(child=serializers.IntegerField(), default=dict)


class IntervalSerializer(serializers.Serializer):
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class CardClassSerializer(serializers.Serializer):
    name = serializers.CharField()
    f1 = IntervalSerializer(allow_null=True)
    precision = serializers.FloatField()
    recall = serializers.FloatField()
    support = serializers.IntegerField()


class CardMetricsSerializer(serializers.Serializer):
    macro_f1 = IntervalSerializer()
    accuracy = serializers.FloatField()
    per_class = CardClassSerializer(many=True)
    windows = serializers.IntegerField()
    redrawn = serializers.CharField()
    groups = serializers.IntegerField()
    decision = serializers.CharField()
    reason = serializers.CharField()


class CardAmountSerializer(serializers.Serializer):
    windows = serializers.IntegerField()
    tubes = serializers.IntegerField()
    videos = serializers.IntegerField()
    hours = serializers.FloatField()


class CardDataSerializer(serializers.Serializer):
    snapshot_hash = serializers.CharField()
    evaluated_on = serializers.CharField()
    train = CardAmountSerializer()
    hold_out = CardAmountSerializer()


class CardNetSerializer(serializers.Serializer):
    name = serializers.CharField(allow_blank=True)
    title = serializers.CharField()
    source = serializers.CharField(allow_blank=True)
    gflops = serializers.FloatField(allow_null=True)


class CardStartSerializer(serializers.Serializer):
    source = serializers.CharField()
    title = serializers.CharField()
    licence = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField(allow_blank=True)


class CardTrainingSerializer(serializers.Serializer):
    recipe = serializers.CharField()
    title = serializers.CharField()
    net = CardNetSerializer()
    params = serializers.DictField()
    seed = serializers.IntegerField()
    mirror = serializers.BooleanField()
    start = CardStartSerializer(allow_null=True)
    parent = serializers.CharField(allow_null=True)


class CardBinSerializer(serializers.Serializer):
    mean_p = serializers.FloatField()
    share_yes = serializers.FloatField()
    n = serializers.IntegerField()


class CardCalibrationSerializer(serializers.Serializer):
    ece = serializers.FloatField(allow_null=True)
    bins = CardBinSerializer(many=True)


class CardSpeedSerializer(serializers.Serializer):
    machine = serializers.CharField()
    windows_per_s = serializers.FloatField(allow_null=True)
    training_clips_per_s = serializers.FloatField(required=False)


class CardFailureSerializer(serializers.Serializer):
    """A window the model got wrong; `picture` is the address of its frame."""

    kind = serializers.CharField()
    label = serializers.CharField()
    p = serializers.FloatField()
    threshold = serializers.FloatField()
    video = serializers.CharField()
    video_id = serializers.CharField()
    tube = serializers.IntegerField(allow_null=True)
    time_s = serializers.FloatField()
    picture = serializers.CharField()


class CardSerializer(serializers.Serializer):
    model = serializers.CharField()
    data = CardDataSerializer()
    training = CardTrainingSerializer()
    metrics = CardMetricsSerializer(allow_null=True)
    calibration = CardCalibrationSerializer()
    speed = CardSpeedSerializer()
    licence = serializers.CharField()
    failures = CardFailureSerializer(many=True)
    limits = serializers.ListField(child=serializers.CharField())


class RoundModelSerializer(serializers.ModelSerializer):
    class Meta:
        model = ModelVersion
        fields = ["id", "status", "name"]


class EpochSerializer(serializers.Serializer):
    epoch = serializers.IntegerField()
    loss = serializers.FloatField()
    val_loss = serializers.FloatField(allow_null=True)
    val_f1 = serializers.FloatField(allow_null=True)
    lr = serializers.FloatField()
    seconds = serializers.FloatField()
    clips_per_s = serializers.FloatField()
    note = serializers.CharField(allow_blank=True)


class CurvesSerializer(serializers.Serializer):
    epochs = EpochSerializer(many=True, default=list)


class RoundWishSerializer(serializers.Serializer):
    """What to train, where it differs from the project's settings."""

    recipe = serializers.CharField(required=False, allow_blank=True, max_length=24)
    net = serializers.CharField(required=False, allow_blank=True, max_length=60)
    params = serializers.DictField(required=False)


class NetChoiceSerializer(serializers.Serializer):
    """A net that a recipe may train; `reason` says why it cannot be trained here, if so."""

    net = serializers.CharField()
    title = serializers.CharField()
    gflops = serializers.FloatField()
    start = serializers.CharField(allow_blank=True)
    available = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    seconds_per_window = serializers.FloatField(allow_null=True)
    measured = serializers.BooleanField()


class RecipeSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    needs_net = serializers.BooleanField()
    trains_net = serializers.BooleanField()
    params = serializers.DictField()
    nets = NetChoiceSerializer(many=True)


class ChoicesSerializer(serializers.Serializer):
    """What can be trained here; `windows` is how many the last round learned from."""

    recipe = serializers.CharField()
    net = serializers.CharField(allow_blank=True)
    windows = serializers.IntegerField(allow_null=True)
    recipes = RecipeSerializer(many=True)


class StepSerializer(serializers.Serializer):
    """A step behind the round, or under way: then it has no end yet."""

    name = serializers.CharField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    digest = serializers.CharField(allow_blank=True)


class CodeSerializer(serializers.Serializer):
    """The code that ran: `changed` says that files differed from the commit."""

    version = serializers.CharField(default="")
    commit = serializers.CharField(default="", allow_blank=True)
    changed = serializers.BooleanField(default=False)
    libraries = serializers.DictField(child=serializers.CharField(allow_blank=True), default=dict)
    lock = serializers.CharField(default="", allow_blank=True)


class EffortSerializer(serializers.Serializer):
    """What people had done when the snapshot was taken; `revision` is the snapshot's."""

    labels = serializers.IntegerField(default=0)
    seconds = serializers.FloatField(default=0.0)
    revision = serializers.IntegerField(allow_null=True, default=None)


class ParentSerializer(serializers.ModelSerializer):
    class Meta:
        model = ModelVersion
        fields = ["id", "name"]


class AcquisitionSerializer(serializers.Serializer):
    """A function that chooses what is asked."""

    name = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    labels = serializers.CharField()
    needs = serializers.CharField()


class NextRoundSerializer(serializers.Serializer):
    """What the next round by itself waits for; `at` is null without a schedule."""

    minutes_reviewed = serializers.FloatField()
    minutes_wanted = serializers.IntegerField()
    at = serializers.DateTimeField(allow_null=True)


class LoopSettingsSerializer(serializers.Serializer):
    """How the learning loop is run; shares are of a batch, 0 to 1."""

    acquisition = serializers.CharField()
    batch = serializers.IntegerField()
    random_share = serializers.FloatField()
    blind_share = serializers.FloatField()
    planted_share = serializers.FloatField()
    double_share = serializers.FloatField()
    discovery_share = serializers.FloatField()
    accept_all_from = serializers.FloatField()
    round_every_minutes = serializers.IntegerField()
    round_every_hours = serializers.IntegerField()
    promote_by = serializers.CharField()


class LoopSerializer(LoopSettingsSerializer):
    """The settings with what there is to choose and what comes next."""

    acquisitions = AcquisitionSerializer(many=True)
    next = NextRoundSerializer()


class RoundSerializer(serializers.ModelSerializer):
    counts = ClassCountsSerializer()
    params = serializers.DictField(default=dict)
    curves = CurvesSerializer()
    metrics = ComparedSerializer()
    model = RoundModelSerializer(allow_null=True)
    steps = StepSerializer(many=True)
    code = CodeSerializer()
    parent = ParentSerializer(allow_null=True)
    effort = EffortSerializer()
    learning = serializers.DictField(default=dict)
    waiting = serializers.SerializerMethodField(
        help_text="Whether it is queued behind another round of the project."
    )

    started_by = serializers.SerializerMethodField(
        help_text="User name of who asked for it; empty where it began by itself."
    )

    def get_waiting(self, row: Round) -> bool:
        return is_waiting(row)

    def get_started_by(self, row: Round) -> str:
        # A list brings everybody's names at once.
        people = self.context.get("people")
        if people is None:
            people = api.job_people([row.job_id])
        return str(people.get(str(row.job_id), ""))

    class Meta:
        model = Round
        fields = [
            "id",
            "number",
            "state",
            "job_id",
            "snapshot_hash",
            "trigger",
            "started_by",
            "waiting",
            "step",
            "steps",
            "seed",
            "code",
            "schema_version",
            "parent",
            "effort",
            "learning",
            "queue_hash",
            "created_at",
            "started_at",
            "finished_at",
            "counts",
            "recipe",
            "net",
            "params",
            "curves",
            "model",
            "evaluated_on",
            "metrics",
            "decision",
            "reason",
        ]
