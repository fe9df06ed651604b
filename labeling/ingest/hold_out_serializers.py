from rest_framework import serializers


class HeldOutVideoSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    by = serializers.ChoiceField(["draw", "hand"], help_text="Who chose it: chance, or a person.")
    draw_id = serializers.IntegerField(allow_null=True)
    frame_count = serializers.IntegerField()
    covered_frames = serializers.IntegerField()
    tubes = serializers.IntegerField(help_text="Confirmed.")
    reviewed_tubes = serializers.IntegerField(help_text="Confirmed, and looked through.")
    saw_proposals = serializers.BooleanField(
        help_text="Somebody decided about proposals on it, so it was not annotated blind."
    )
    trained_on = serializers.BooleanField(help_text="Some model has trained on it.")


class StratumSerializer(serializers.Serializer):
    stratum = serializers.CharField()
    videos = serializers.IntegerField()
    drawn = serializers.IntegerField()


class DrawSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    seed = serializers.IntegerField()
    share = serializers.FloatField()
    author = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    videos = serializers.IntegerField(help_text="That could be drawn.")
    drawn = serializers.IntegerField()
    strata = StratumSerializer(many=True)


class HoldOutSerializer(serializers.Serializer):
    """What is held out; `enough` says whether the rule of promotion can compare models by it."""

    videos = serializers.IntegerField(help_text="Ready videos of the project.")
    candidates = serializers.IntegerField(help_text="Videos that a draw would choose from.")
    drawn = HeldOutVideoSerializer(many=True)
    draws = DrawSerializer(many=True)
    reviewed_videos = serializers.IntegerField()
    reviewed_tubes = serializers.IntegerField()
    fewest_videos = serializers.IntegerField()
    fewest_tubes = serializers.IntegerField()
    advised_tubes = serializers.IntegerField()
    enough = serializers.BooleanField()
    blind = serializers.BooleanField(help_text="Proposals are hidden on these videos.")
    note = serializers.CharField(allow_blank=True)


class DrawRequestSerializer(serializers.Serializer):
    """Either `share` or `count`."""

    share = serializers.FloatField(required=False, help_text="0.05 to 0.5 of the candidates.")
    count = serializers.IntegerField(required=False, min_value=1)
    seed = serializers.IntegerField(
        required=False, min_value=0, max_value=2**53, help_text="Made by the server if left out."
    )
