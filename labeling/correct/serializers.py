from rest_framework import serializers

from labeling.domain.state import State
from labeling.models import Revision

STATES = [state.value for state in State]
# What an operation did, for the history a person reads.
SAID = {
    "tube_add": "tube drawn",
    "tube_remove": "tube deleted",
    "tube_relabel": "tube relabeled",
    "tube_trim": "tube shortened",
    "tube_split": "tube split",
    "tube_merge": "tubes merged",
    "tube_decide": "tube decided",
    "keyframe_set": "box set",
    "keyframe_remove": "keyframe deleted",
    "span_add": "label marked",
    "span_set": "label changed",
    "span_remove": "label removed",
    "span_decide": "label decided",
    "coverage_add": "marked as reviewed",
    "coverage_remove": "review taken back",
    "restore": "undone or done again",
}


class KeyframeSerializer(serializers.Serializer):
    frame = serializers.IntegerField(min_value=0)
    box = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4)
    occluded = serializers.BooleanField(default=False)
    outside = serializers.BooleanField(default=False)


class TubeSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField(allow_null=True)
    label_id = serializers.IntegerField()
    keyframes = KeyframeSerializer(many=True)
    state = serializers.ChoiceField(STATES)
    score = serializers.FloatField(allow_null=True)
    run_id = serializers.UUIDField(allow_null=True)
    proposed = serializers.DictField(allow_null=True)
    revision = serializers.IntegerField()


class SpanSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    tube_id = serializers.UUIDField(allow_null=True)
    label_id = serializers.IntegerField()
    start_frame = serializers.IntegerField(min_value=0)
    end_frame = serializers.IntegerField(min_value=1)
    state = serializers.ChoiceField(STATES)
    score = serializers.FloatField(allow_null=True)
    run_id = serializers.UUIDField(allow_null=True)
    proposed = serializers.DictField(allow_null=True)
    revision = serializers.IntegerField()


class CoverageSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    tube_id = serializers.UUIDField(allow_null=True)
    start_frame = serializers.IntegerField(min_value=0)
    end_frame = serializers.IntegerField(min_value=1)
    label_ids = serializers.ListField(child=serializers.IntegerField())
    revision = serializers.IntegerField()


class AnnotationsSerializer(serializers.Serializer):
    revision = serializers.IntegerField()
    tubes = TubeSerializer(many=True)
    spans = SpanSerializer(many=True)
    coverage = CoverageSerializer(many=True)


class RemovedSerializer(serializers.Serializer):
    tubes = serializers.ListField(child=serializers.UUIDField())
    spans = serializers.ListField(child=serializers.UUIDField())
    coverage = serializers.ListField(child=serializers.UUIDField())


class ChangedSerializer(AnnotationsSerializer):
    """What a commit changed, or what changed since a revision."""

    removed = RemovedSerializer()


class CommitSerializer(serializers.Serializer):
    commit_id = serializers.UUIDField()
    base_revision = serializers.IntegerField(min_value=0)
    operations = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=5000)
    seconds = serializers.FloatField(min_value=0, default=0.0)
    gestures = serializers.IntegerField(min_value=1, default=1)
    accept_all = serializers.BooleanField(default=False)


class NoticeSerializer(serializers.Serializer):
    """A proposal that the commit decided had been planted to check attention."""

    kind = serializers.CharField()
    caught = serializers.BooleanField(allow_null=True)
    message = serializers.CharField()


class CommittedSerializer(ChangedSerializer):
    """What a commit changed, and what its author should hear."""

    notices = NoticeSerializer(many=True)


class UndoneSerializer(serializers.Serializer):
    """The revision that took another one back."""

    revision = serializers.IntegerField()


class HistorySerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.username", default=None, allow_null=True)
    summary = serializers.SerializerMethodField()
    operations_count = serializers.SerializerMethodField()

    class Meta:
        model = Revision
        fields = ["number", "author", "origin", "created_at", "summary", "operations_count"]

    def get_summary(self, revision: Revision) -> str:
        if revision.note:
            return revision.note
        done: dict[str, int] = {}
        for operation in revision.operations:
            words = SAID[operation["op"]]
            done[words] = done.get(words, 0) + 1
        return ", ".join(words if n == 1 else f"{words} ×{n}" for words, n in done.items())

    def get_operations_count(self, revision: Revision) -> int:
        return len(revision.operations)
