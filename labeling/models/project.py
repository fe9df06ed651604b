"""Projects, their labels and their people."""

from django.conf import settings
from django.db import models

from labeling.domain.taxonomy import LabelKind, LabelValue


class Role(models.TextChoices):
    """What a member may do; each role may do all that the ones after it may."""

    OWNER = "owner"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class Project(models.Model):
    """A label schema, videos and people. `revision` is the number of its newest revision.

    `schema_version` counts the changes of the labels' meaning, see `SchemaChange`.

    A replica is a project of its own with the same labels and some of the same videos, for somebody
    to annotate without seeing the original; what the two say is compared by the videos' hashes.
    """

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    settings = models.JSONField(default=dict, blank=True)
    revision = models.PositiveBigIntegerField(default=0)
    schema_version = models.PositiveIntegerField(default=1)
    original = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replicas")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="labels")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in LabelKind])
    name = models.CharField(max_length=200)
    color = models.CharField(max_length=7, default="#4f9dff")
    hotkey = models.CharField(max_length=1, blank=True)
    ava_id = models.PositiveIntegerField(null=True, blank=True)
    ava_group = models.CharField(max_length=100, blank=True)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "name"], name="label_name_once_per_kind"
            ),
            models.UniqueConstraint(
                fields=["project", "ava_id"],
                condition=models.Q(ava_id__isnull=False),
                name="label_ava_id_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def value(self) -> LabelValue:
        return LabelValue(
            self.id, LabelKind(self.kind), self.name, self.color, self.hotkey,
            self.ava_id, self.ava_group, self.position, self.retired_at is not None,
        )  # fmt: skip


class Membership(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.ANNOTATOR)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="member_once")]
