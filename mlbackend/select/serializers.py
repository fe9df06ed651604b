from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mlbackend.models import QueueItem
from mlbackend.select.filters import Filters, shown_slice
from mlbackend.select.merging import is_held
from mlbackend.select.viewing import QuestionKind

QUESTION_KINDS = [kind.value for kind in QuestionKind]
_KINDS = QueueItem.Kind.choices
_SLICES = QueueItem.Slice.choices


class QuestionSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(QUESTION_KINDS)
    reason = serializers.CharField()


class QueueItemSerializer(serializers.ModelSerializer):
    """Context: `sees_all`, whether the reader may know which items are planted."""

    video_name = serializers.CharField(read_only=True)
    kind = serializers.ChoiceField(_KINDS)
    slice = serializers.SerializerMethodField()
    questions = QuestionSerializer(many=True)
    asked_by = serializers.SerializerMethodField()
    leased_by = serializers.SerializerMethodField()
    unsure_by = serializers.SerializerMethodField()

    class Meta:
        model = QueueItem
        fields = [
            "id", "kind", "video_id", "video_name", "tube_id", "tube_number", "span_id",
            "label_id", "start_frame", "end_frame", "questions", "reason", "score", "rank",
            "slice", "probability", "blind", "state", "leased_by", "leased_until", "unsure_by",
            "asked_by",
        ]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(_SLICES))
    def get_slice(self, item: QueueItem) -> str:
        return shown_slice(item.slice, self.context.get("sees_all", False))

    @extend_schema_field(serializers.DictField())
    def get_asked_by(self, item: QueueItem) -> dict[str, Any]:
        """Acquisition function, seed and model; of a second look not whose answer it repeats."""
        if self.context.get("sees_all", False):
            return item.asked_by
        hidden = ("first", "planted")
        return {name: value for name, value in item.asked_by.items() if name not in hidden}

    def get_leased_by(self, item: QueueItem) -> str | None:
        """A lease that has run out is nobody's."""
        return item.leased_by.username if item.leased_by and is_held(item, timezone.now()) else None

    def get_unsure_by(self, item: QueueItem) -> str | None:
        return item.unsure_by.username if item.unsure_by else None


class WaitingSerializer(serializers.Serializer):
    held = serializers.IntegerField()
    unsure = serializers.IntegerField()
    second = serializers.IntegerField()


class QueueSerializer(serializers.Serializer):
    items = QueueItemSerializer(many=True)
    total = serializers.IntegerField()
    offset = serializers.IntegerField()
    open = serializers.IntegerField()
    kinds = serializers.DictField(child=serializers.IntegerField())
    slices = serializers.DictField(child=serializers.IntegerField())
    waiting = WaitingSerializer()


class FiltersSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(_KINDS, required=False)
    slice = serializers.ChoiceField(_SLICES, required=False)
    video = serializers.UUIDField(required=False)
    label = serializers.IntegerField(required=False)
    about = serializers.UUIDField(required=False)
    blind = serializers.BooleanField(required=False, default=False)
    mine = serializers.BooleanField(required=False, default=False)
    unsure = serializers.BooleanField(required=False, default=False)

    def filters(self) -> Filters:
        """Call after `is_valid`."""
        return Filters(**{k: v for k, v in self.validated_data.items() if k != "offset"})


class QueueQuerySerializer(FiltersSerializer):
    offset = serializers.IntegerField(required=False, default=0, min_value=0)


class NextSerializer(serializers.Serializer):
    after = serializers.UUIDField(required=False, allow_null=True)
    filters = FiltersSerializer(required=False)


class UnsureSerializer(serializers.Serializer):
    others = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer):
    person = serializers.BooleanField(required=False, allow_null=True, default=None)
    label_ids = serializers.ListField(
        child=serializers.IntegerField(), required=False, default=list, max_length=1000
    )
    unsure = serializers.BooleanField(required=False, default=False)
    seconds = serializers.FloatField(required=False, allow_null=True, default=None, min_value=0)


class AgreementFiguresSerializer(serializers.Serializer):
    n = serializers.IntegerField()
    both = serializers.IntegerField()
    first_only = serializers.IntegerField()
    second_only = serializers.IntegerField()
    neither = serializers.IntegerField()
    kappa = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class LabelFiguresSerializer(AgreementFiguresSerializer):
    label_id = serializers.IntegerField()
    name = serializers.CharField()


class SaidSerializer(serializers.Serializer):
    person = serializers.BooleanField()
    label_ids = serializers.ListField(child=serializers.IntegerField())


class DisagreementSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    video_id = serializers.UUIDField()
    video_name = serializers.CharField()
    tube_id = serializers.UUIDField()
    tube_number = serializers.IntegerField(allow_null=True)
    done_at = serializers.DateTimeField()
    first_by = serializers.CharField(allow_null=True)
    second_by = serializers.CharField(allow_null=True)
    first = SaidSerializer()
    second = SaidSerializer()


class QueueAgreementSerializer(serializers.Serializer):
    looks = serializers.IntegerField()
    open = serializers.IntegerField()
    unsure = serializers.IntegerField()
    person = AgreementFiguresSerializer()
    labels = LabelFiguresSerializer(many=True)
    disagreements = DisagreementSerializer(many=True)


class QuestionCostSerializer(serializers.Serializer):
    """Seconds that answers to one kind of question took, pauses cut off."""

    kind = serializers.ChoiceField(QUESTION_KINDS)
    n = serializers.IntegerField()
    median_s = serializers.FloatField()
    mean_s = serializers.FloatField()


class QueueCostSerializer(serializers.Serializer):
    """What answers cost; from `needed` timed ones on the queue goes by what a second tells."""

    n_timed = serializers.IntegerField()
    needed = serializers.IntegerField()
    ranked_by = serializers.CharField()
    seconds = serializers.FloatField()
    by_kind = QuestionCostSerializer(many=True)
