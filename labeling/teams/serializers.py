from typing import Any

from django.contrib.auth import get_user_model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling import access
from labeling.models import Job, Label, Membership, Project
from labeling.models.project import Role


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = get_user_model()
        fields = ["id", "username"]


class SessionSerializer(serializers.Serializer):
    user = UserSerializer(allow_null=True)
    csrf_token = serializers.CharField()


class CredentialsSerializer(serializers.Serializer):
    username = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField()


class LabelSerializer(serializers.ModelSerializer):
    is_retired = serializers.SerializerMethodField()

    class Meta:
        model = Label
        fields = [
            "id", "kind", "name", "color", "hotkey", "ava_id", "ava_group", "position",
            "is_retired",
        ]  # fmt: skip
        # Uniqueness is answered by the service, with a sentence that names the label.
        validators: list = []

    def get_is_retired(self, label: Label) -> bool:
        return label.retired_at is not None


class CountsSerializer(serializers.Serializer):
    videos = serializers.IntegerField()
    tubes = serializers.IntegerField()
    proposed = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    rejected = serializers.IntegerField()
    jobs_running = serializers.IntegerField()


class ProjectSerializer(serializers.ModelSerializer):
    role = serializers.SerializerMethodField()
    labels = LabelSerializer(many=True, read_only=True)
    counts = serializers.SerializerMethodField()
    settings = serializers.DictField(required=False)
    slug = serializers.SlugField(read_only=True)

    class Meta:
        model = Project
        fields = ["id", "name", "slug", "role", "settings", "labels", "counts", "created_at"]
        extra_kwargs = {"name": {"validators": []}}

    def get_role(self, project: Project) -> str:
        return access.role_of(self.context["request"].user, project) or ""

    def get_counts(self, project: Project) -> dict[str, Any]:
        return CountsSerializer(self.context["counts"][project.id]).data

    get_counts.__annotations__["return"] = CountsSerializer


class MemberSerializer(serializers.ModelSerializer):
    username = serializers.CharField(source="user.username")

    class Meta:
        model = Membership
        fields = ["user_id", "username", "role"]


class MemberChangeSerializer(serializers.Serializer):
    username = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)


class JobSerializer(serializers.ModelSerializer):
    video_name = serializers.CharField(source="video.name", default=None, allow_null=True)
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


class ListedJobSerializer(JobSerializer):
    """A job in a list that is read every few seconds: of its result the plain values only.

    An import's report may be of many pages; it is read with the job itself.
    """

    result = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_result(self, job: Job) -> dict | None:
        if job.result is None:
            return None
        return {k: v for k, v in job.result.items() if not isinstance(v, dict | list)}
