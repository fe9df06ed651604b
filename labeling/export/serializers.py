from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.export.import_formats import AUTO, READABLE
from labeling.export.imports import Mode
from labeling.formats.ava import Coordinates, Eighth
from labeling.formats.choice import Which
from labeling.models import Export, Job
from labeling.models.video import Split

WHICH = [which.value for which in Which]


class ExportSerializer(serializers.ModelSerializer):
    job_id = serializers.UUIDField(read_only=True)
    state = serializers.ChoiceField(WHICH)
    snapshot_hash = serializers.CharField(allow_null=True)
    as_of = serializers.DateTimeField(source="params.as_of", allow_null=True, read_only=True)
    changed_since = serializers.DateTimeField(
        source="params.changed_since", allow_null=True, read_only=True
    )
    counts = serializers.DictField(child=serializers.IntegerField())
    lost = serializers.SerializerMethodField()
    download_url = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = [
            "id", "job_id", "format", "state", "as_of", "changed_since", "created_at",
            "snapshot_hash", "counts", "lost", "download_url",
        ]  # fmt: skip

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_lost(self, export: Export) -> dict[str, int]:
        """What the format had no place for, by kind."""
        return (export.job.result or {}).get("lost", {})

    def get_download_url(self, export: Export) -> str | None:
        return f"/api/exports/{export.id}/download" if export.path else None


class ExportRequestSerializer(serializers.Serializer):
    format = serializers.CharField(default="ava", max_length=30)
    state = serializers.ChoiceField(WHICH, default=Which.REVIEWED.value)
    splits = serializers.ListField(child=serializers.ChoiceField(Split.choices), default=list)
    label_ids = serializers.ListField(child=serializers.IntegerField(), default=list)
    video_ids = serializers.ListField(child=serializers.UUIDField(), default=list)
    as_of = serializers.DateTimeField(allow_null=True, default=None)
    changed_since = serializers.DateTimeField(allow_null=True, default=None)
    rate_hz = serializers.FloatField(default=1.0)
    decimals = serializers.IntegerField(allow_null=True, default=None)


class PreviewSerializer(serializers.Serializer):
    """What an export would hold."""

    videos = serializers.IntegerField()
    tubes = serializers.IntegerField()
    spans = serializers.IntegerField()
    segments = serializers.IntegerField()
    video_classes = serializers.IntegerField()
    reviewed_s = serializers.FloatField()
    lost = serializers.DictField(child=serializers.IntegerField())


class FormatSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    reads = serializers.BooleanField()
    writes = serializers.BooleanField()
    holds = serializers.ListField(child=serializers.CharField())
    accepts = serializers.ListField(child=serializers.CharField())


class ImportRequestSerializer(serializers.Serializer):
    """`file`, or `from_job`: the id of an earlier import whose files are used again."""

    file = serializers.FileField(required=False, allow_empty_file=True)
    from_job = serializers.UUIDField(required=False)
    labels = serializers.FileField(required=False)
    excluded = serializers.FileField(required=False, allow_empty_file=True)
    format = serializers.ChoiceField([AUTO, *READABLE], default=AUTO)
    mode = serializers.ChoiceField([mode.value for mode in Mode], default=Mode.DRY_RUN.value)
    dry_run_of = serializers.ChoiceField(
        [Mode.MERGE.value, Mode.REPLACE.value], default=Mode.MERGE.value,
        help_text="what a dry run tries",
    )  # fmt: skip
    mapping = serializers.CharField(
        required=False, help_text='JSON: {"name in the file": "name in the project, or empty"}'
    )
    link = serializers.BooleanField(default=False)
    skip_bad_rows = serializers.BooleanField(default=False)
    eighth_column = serializers.ChoiceField(
        [eighth.value for eighth in Eighth], default=Eighth.PERSON_ID.value
    )
    coordinates = serializers.ChoiceField(
        [kind.value for kind in Coordinates], default=Coordinates.FRACTIONS.value
    )
    frame_rate = serializers.CharField(required=False, help_text="such as 25 or 30000/1001")
    video_id = serializers.UUIDField(required=False)


class ImportJobSerializer(serializers.ModelSerializer):
    """A job as every other one; its result is the report."""

    video_name = serializers.CharField(default=None, allow_null=True)
    project_id = serializers.IntegerField(read_only=True)
    video_id = serializers.UUIDField(read_only=True, allow_null=True)
    result = serializers.DictField(allow_null=True, read_only=True)
    error = serializers.DictField(allow_null=True, read_only=True)

    class Meta:
        model = Job
        fields = [
            "id", "kind", "project_id", "video_id", "video_name", "state", "progress", "message",
            "error", "result", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
