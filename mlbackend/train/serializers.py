from rest_framework import serializers

from mlbackend.models import ModelVersion, Round


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


class RoundModelSerializer(serializers.ModelSerializer):
    class Meta:
        model = ModelVersion
        fields = ["id", "status", "name"]


class RoundSerializer(serializers.ModelSerializer):
    counts = ClassCountsSerializer()
    metrics = ComparedSerializer()
    model = RoundModelSerializer(allow_null=True)

    class Meta:
        model = Round
        fields = [
            "id",
            "number",
            "state",
            "job_id",
            "snapshot_hash",
            "created_at",
            "finished_at",
            "counts",
            "model",
            "evaluated_on",
            "metrics",
            "decision",
            "reason",
        ]
