from django.utils import timezone
from rest_framework import serializers

from mlbackend.models import QueueItem


class QueueItemSerializer(serializers.ModelSerializer):
    video_name = serializers.CharField(read_only=True)
    kind = serializers.ChoiceField(["tube"])
    leased_by = serializers.SerializerMethodField()

    class Meta:
        model = QueueItem
        fields = [
            "id",
            "video_id",
            "video_name",
            "tube_id",
            "tube_number",
            "kind",
            "reason",
            "score",
            "rank",
            "state",
            "leased_by",
        ]

    def get_leased_by(self, item: QueueItem) -> str | None:
        """A lease that has run out is nobody's."""
        live = item.leased_until is not None and item.leased_until > timezone.now()
        return item.leased_by.username if live and item.leased_by else None


class QueueSerializer(serializers.Serializer):
    items = QueueItemSerializer(many=True)
    total = serializers.IntegerField()


class NextSerializer(serializers.Serializer):
    after = serializers.UUIDField(required=False, allow_null=True)
