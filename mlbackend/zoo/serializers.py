from rest_framework import serializers


class ModelItemSerializer(serializers.Serializer):
    """Weights that are here or could be, or a net that lacks them."""

    name = serializers.CharField()
    net = serializers.CharField()
    use = serializers.ChoiceField(["detector", "recognizer"])
    title = serializers.CharField()
    state = serializers.ChoiceField(["here", "added", "absent", "built in"])
    file = serializers.CharField(allow_blank=True)
    folder = serializers.CharField(allow_blank=True)
    megabytes = serializers.FloatField()
    classes = serializers.IntegerField()
    licence = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)
    preprocessing = serializers.CharField(allow_blank=True)
    gflops = serializers.FloatField()
    parameters_m = serializers.FloatField()
    figures = serializers.CharField(allow_blank=True)
    needed_for = serializers.CharField(allow_blank=True)
    to_do = serializers.CharField(allow_blank=True)
    can_fetch = serializers.BooleanField()
    failed = serializers.CharField(allow_blank=True)


class NetSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()


class ModelVersionSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(["candidate", "champion", "retired"])
    net = serializers.CharField()
    recipe = serializers.CharField(allow_blank=True)
    snapshot_hash = serializers.CharField(allow_blank=True)
    here = serializers.BooleanField()
    round_id = serializers.UUIDField(allow_null=True)
    round_number = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()


class ModelsSerializer(serializers.Serializer):
    items = ModelItemSerializer(many=True)
    summary = serializers.CharField()
    folder = serializers.CharField()
    nets = NetSerializer(many=True)
    lists = serializers.ListField(child=serializers.CharField())
    max_bytes = serializers.IntegerField()
    versions = ModelVersionSerializer(many=True)


class FetchSerializer(serializers.Serializer):
    names = serializers.ListField(
        child=serializers.CharField(max_length=80), min_length=1, max_length=50
    )


class SaidSerializer(serializers.Serializer):
    """What a person says of a file; empty: to be found out."""

    net = serializers.CharField(default="", allow_blank=True, max_length=60)
    labels = serializers.ChoiceField(
        ["kinetics400", "coco80", "coco91", "charades157"], default="", allow_blank=True
    )
    name = serializers.CharField(default="", allow_blank=True, max_length=80)
    licence = serializers.CharField(default="", allow_blank=True, max_length=200)
    inflate = serializers.CharField(default="", allow_blank=True, max_length=60)
    body = serializers.BooleanField(default=False)


class FileSentSerializer(SaidSerializer):
    file = serializers.FileField()
    labels_file = serializers.FileField(required=False, allow_null=True, default=None)


class FileAgainSerializer(SaidSerializer):
    """`confirm` adds the file; without it is only read again. A list of labels may come too."""

    confirm = serializers.BooleanField(default=False)
    labels_text = serializers.CharField(
        default="", allow_blank=True, max_length=1 << 20, trim_whitespace=False
    )
    labels_name = serializers.CharField(default="", allow_blank=True, max_length=200)


class FileJobSerializer(serializers.Serializer):
    file_id = serializers.UUIDField()
    job_id = serializers.UUIDField()
