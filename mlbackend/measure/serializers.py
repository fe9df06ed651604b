from rest_framework import serializers

from mlbackend.measure.metrics import METRICS
from mlbackend.models import Evaluation

STATES = ["queued", "running", "done", "failed", "cancelled"]
SPLITS = ["train", "val", "test", "hold-out"]


class ClassFiguresSerializer(serializers.Serializer):
    label = serializers.CharField()
    ap = serializers.FloatField(allow_null=True)
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    f1 = serializers.FloatField(allow_null=True)
    support = serializers.IntegerField()


class CurveSerializer(serializers.Serializer):
    label = serializers.CharField()
    recall = serializers.ListField(child=serializers.FloatField())
    precision = serializers.ListField(child=serializers.FloatField())


class IouCurveSerializer(serializers.Serializer):
    thresholds = serializers.ListField(child=serializers.FloatField())
    mAP = serializers.ListField(child=serializers.FloatField(allow_null=True))


class ConfusionSerializer(serializers.Serializer):
    labels = serializers.ListField(child=serializers.CharField())
    matrix = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class ResultSerializer(serializers.Serializer):
    """Figures of a done evaluation; empty until then."""

    summary = serializers.DictField(child=serializers.FloatField(allow_null=True), required=False)
    classes = ClassFiguresSerializer(many=True, required=False)
    pr_curves = CurveSerializer(many=True, required=False)
    iou_curve = IouCurveSerializer(allow_null=True, required=False)
    confusion = ConfusionSerializer(allow_null=True, required=False)
    top_k = serializers.DictField(
        child=serializers.FloatField(allow_null=True), allow_null=True, required=False
    )
    notes = serializers.ListField(child=serializers.CharField(), required=False)

    def to_representation(self, instance: dict) -> dict:
        """Stored as it is shown."""
        return instance


class EvaluationSerializer(serializers.ModelSerializer):
    state = serializers.ChoiceField(STATES, read_only=True)
    result = ResultSerializer()

    class Meta:
        model = Evaluation
        fields = [
            "id", "job_id", "state", "metric", "evaluator", "created_at", "snapshot_hash",
            "params", "result",
        ]  # fmt: skip


class MetricSerializer(serializers.Serializer):
    metric = serializers.ChoiceField(sorted(METRICS))
    evaluators = serializers.ListField(child=serializers.CharField())


class EvaluationRequestSerializer(serializers.Serializer):
    metric = serializers.ChoiceField(sorted(METRICS))
    evaluator = serializers.CharField(default="", allow_blank=True, max_length=40)
    predictions = serializers.ChoiceField(["proposals", "file"], default="proposals")
    file = serializers.FileField(required=False, allow_null=True, default=None)
    splits = serializers.ListField(child=serializers.ChoiceField(SPLITS), default=list)

    def validate(self, attrs: dict) -> dict:
        if attrs["predictions"] == "file" and attrs["file"] is None:
            raise serializers.ValidationError({"file": "Attach the file of predictions."})
        return attrs
