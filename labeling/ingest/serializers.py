from typing import Any

from rest_framework import serializers

from labeling.ingest import selectors
from labeling.models import Video
from labeling.models.video import Split


class VideoCountsSerializer(serializers.Serializer):
    tubes = serializers.IntegerField()
    proposed = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    rejected = serializers.IntegerField()
    covered_frames = serializers.IntegerField()


class VideoSerializer(serializers.ModelSerializer):
    project_id = serializers.IntegerField(read_only=True)
    fps = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    duration_s = serializers.FloatField()
    thumbnail_url = serializers.CharField(allow_null=True)
    media_url = serializers.CharField(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())
    counts = VideoCountsSerializer()
    is_blind = serializers.BooleanField(read_only=True)

    class Meta:
        model = Video
        fields = [
            "id", "project_id", "name", "state", "error", "width", "height", "frame_count", "fps",
            "duration_s", "split", "is_blind", "is_gold", "external_id", "start_s", "sha256",
            "thumbnail_url", "media_url", "warnings", "counts", "created_at",
        ]  # fmt: skip

    def to_representation(self, video: Video) -> dict[str, Any]:
        facts = selectors.video_facts(video)
        for name, value in {**facts, "counts": self.context["counts"][video.id]}.items():
            setattr(video, name, value)
        return super().to_representation(video)


class VideoChangeSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=300, required=False)
    split = serializers.ChoiceField(Split.choices, required=False)
    is_gold = serializers.BooleanField(required=False)
    external_id = serializers.CharField(max_length=300, allow_blank=True, required=False)
    start_s = serializers.FloatField(min_value=0, max_value=1e7, required=False)
    force = serializers.BooleanField(
        default=False, help_text="Take a drawn or measured video out of the hold-out all the same."
    )


class TimebaseSerializer(serializers.Serializer):
    time_base = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    ticks = serializers.ListField(child=serializers.IntegerField())
    end_tick = serializers.IntegerField()
