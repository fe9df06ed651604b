from rest_framework import serializers


class DifferenceSerializer(serializers.Serializer):
    """A difference of two shares with its 95 % interval, -1..1; null where one is of nothing."""

    rate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class ShareSerializer(serializers.Serializer):
    """`hits` of `n` with the 95 % interval of the rate, 0..1; null of nothing."""

    n = serializers.IntegerField()
    hits = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class PlantedShareSerializer(ShareSerializer):
    """How many planted proposals were noticed: `caught` of `shown`."""

    shown = serializers.IntegerField()
    caught = serializers.IntegerField()
    missed = serializers.IntegerField()


class BlindShareSerializer(ShareSerializer):
    """How often they marked what the model had, not seeing it; `anchoring` is acceptance on the
    random slice when shown, less this."""

    anchoring = DifferenceSerializer()


class GuardFiguresSerializer(serializers.Serializer):
    planted = PlantedShareSerializer()
    shown = serializers.IntegerField()
    accepts = serializers.IntegerField()
    untouched = serializers.IntegerField()
    fast_untouched = ShareSerializer()
    random = ShareSerializer()
    chosen = ShareSerializer()
    blind = BlindShareSerializer()
    second_looks = ShareSerializer()
    notes = serializers.ListField(child=serializers.CharField())


class PersonGuardsSerializer(GuardFiguresSerializer):
    username = serializers.CharField()


class PlantedSerializer(serializers.Serializer):
    video_id = serializers.UUIDField()
    kind = serializers.ChoiceField(["tube", "span"])
    what = serializers.CharField()
    answer = serializers.ChoiceField(["open", "caught", "missed", "withdrawn"])
    shown_to = serializers.CharField(allow_null=True)
    planted_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class GuardSettingsSerializer(serializers.Serializer):
    planted_share = serializers.FloatField()
    random_share = serializers.FloatField()
    blind_share = serializers.FloatField()
    double_share = serializers.FloatField()
    accept_all_from = serializers.FloatField()


class GuardsSerializer(serializers.Serializer):
    people = PersonGuardsSerializer(many=True)
    everybody = GuardFiguresSerializer()
    planted = PlantedSerializer(many=True)
    planted_open = serializers.IntegerField()
    settings = GuardSettingsSerializer()


class SureTubesSerializer(serializers.Serializer):
    """Open proposals that may be accepted at once; `note` says why there are none."""

    accept_all_from = serializers.FloatField()
    is_calibrated = serializers.BooleanField()
    proposed = serializers.IntegerField()
    tube_ids = serializers.ListField(child=serializers.UUIDField())
    note = serializers.CharField(allow_blank=True)
