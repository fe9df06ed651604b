from rest_framework import serializers

from labeling.domain.suspicion import KINDS
from labeling.domain.taxonomy import LabelKind

MOST_ITEMS = 500
LABEL_KINDS = [(kind.value, kind.value) for kind in LabelKind]


class SuspiciousRequestSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(KINDS, required=False, allow_blank=True)
    video = serializers.UUIDField(required=False, allow_null=True)
    offset = serializers.IntegerField(required=False, min_value=0, max_value=10**9)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ITEMS)


class FindingSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(KINDS)
    video_id = serializers.UUIDField()
    video_name = serializers.CharField()
    tube_id = serializers.UUIDField(allow_null=True)
    tube_number = serializers.IntegerField(allow_null=True)
    span_id = serializers.UUIDField(allow_null=True)
    frame = serializers.IntegerField()
    message = serializers.CharField()
    severity = serializers.FloatField(help_text="0..1, for sorting")


class KindCountSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(KINDS)
    count = serializers.IntegerField()


class VideoCountSerializer(serializers.Serializer):
    video_id = serializers.UUIDField()
    video_name = serializers.CharField()
    count = serializers.IntegerField()


class SuspiciousSerializer(serializers.Serializer):
    items = FindingSerializer(many=True)
    total = serializers.IntegerField()
    kinds = KindCountSerializer(many=True)
    videos = VideoCountSerializer(many=True)
    checked_at_revision = serializers.IntegerField()
    videos_checked = serializers.IntegerField()
    videos_total = serializers.IntegerField()


class LabelAgreementSerializer(serializers.Serializer):
    label = serializers.CharField()
    kind = serializers.ChoiceField(LABEL_KINDS)
    units = serializers.IntegerField()
    both = serializers.IntegerField()
    first_only = serializers.IntegerField()
    second_only = serializers.IntegerField()
    kappa = serializers.FloatField(allow_null=True)
    span_iou = serializers.FloatField(allow_null=True)


class FiguresSerializer(serializers.Serializer):
    frames = serializers.IntegerField(help_text="reviewed by both")
    first_tubes = serializers.IntegerField()
    second_tubes = serializers.IntegerField()
    matched = serializers.IntegerField()
    mean_tube_iou = serializers.FloatField(allow_null=True)
    span_iou = serializers.FloatField(allow_null=True)
    kappa = serializers.FloatField(allow_null=True)


class VideoFiguresSerializer(FiguresSerializer):
    video_id = serializers.UUIDField()
    video_name = serializers.CharField()
    is_gold = serializers.BooleanField()
    frame_count = serializers.IntegerField()


class PairSerializer(FiguresSerializer):
    first = serializers.IntegerField(help_text="project id")
    second = serializers.IntegerField(help_text="project id")
    labels = LabelAgreementSerializer(many=True)
    videos = VideoFiguresSerializer(many=True)


class GoldSerializer(FiguresSerializer):
    project_id = serializers.IntegerField()
    people = serializers.ListField(child=serializers.CharField())
    videos = serializers.IntegerField()
    labels = LabelAgreementSerializer(many=True)


class FleissLabelSerializer(serializers.Serializer):
    label = serializers.CharField()
    kind = serializers.ChoiceField(LABEL_KINDS)
    units = serializers.IntegerField()
    kappa = serializers.FloatField(allow_null=True)


class FleissSerializer(serializers.Serializer):
    kappa = serializers.FloatField(allow_null=True)
    labels = FleissLabelSerializer(many=True)


class RaterSerializer(serializers.Serializer):
    project_id = serializers.IntegerField()
    name = serializers.CharField()
    videos = serializers.IntegerField()


class AgreementSerializer(serializers.Serializer):
    raters = RaterSerializer(many=True)
    is_replica = serializers.BooleanField()
    pairs = PairSerializer(many=True)
    fleiss = FleissSerializer()
    gold = GoldSerializer(many=True)
    gold_videos = serializers.IntegerField()
    videos_checked = serializers.IntegerField()
    videos_total = serializers.IntegerField()
