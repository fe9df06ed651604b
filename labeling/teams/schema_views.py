"""The label schema's history, and its operations."""

from collections.abc import Iterable

from django.db.models import Count, Q
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import access
from labeling.domain.state import CONFIRMED
from labeling.models import Project, SchemaChange
from labeling.models.project import Role
from labeling.models.schema_change import SchemaOperation
from labeling.teams.schema_services import schema_change

BY_HAND = [
    SchemaOperation.MERGE, SchemaOperation.SPLIT, SchemaOperation.RETIRE, SchemaOperation.RESTORE,
]  # fmt: skip


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}]})
class LabelOrNameField(serializers.Field):
    """A label's id, or the name of one to be made."""

    def to_internal_value(self, data: object) -> int | str:
        if isinstance(data, bool) or not isinstance(data, int | str) or data == "":
            raise serializers.ValidationError("Give a label's id, or the name of a new one.")
        return data

    def to_representation(self, value: int | str) -> int | str:
        return value


class SchemaWishSerializer(serializers.Serializer):
    """Merge (`others` become part of `label_id`), split (into `others`), retire or restore."""

    operation = serializers.ChoiceField([str(o) for o in BY_HAND])
    label_id = serializers.IntegerField()
    others = serializers.ListField(child=LabelOrNameField(), default=list, max_length=100)


class SchemaChangeSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.username", default=None, allow_null=True)
    detail = serializers.DictField()

    class Meta:
        model = SchemaChange
        fields = ["version", "operation", "detail", "revision", "author", "created_at"]


class LabelUseSerializer(serializers.Serializer):
    """What carries a label: confirmed and open spans, and tubes."""

    label_id = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    proposed = serializers.IntegerField()


class SchemaSerializer(serializers.Serializer):
    version = serializers.IntegerField()
    changes = SchemaChangeSerializer(many=True)
    uses = LabelUseSerializer(many=True)


class SchemaChangesView(APIView):
    @extend_schema(responses=SchemaSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id, Role.VIEWER)
        changes = project.schema_changes.select_related("author")
        found = {
            "version": project.schema_version, "changes": changes, "uses": list(_uses(project)),
        }  # fmt: skip
        return Response(SchemaSerializer(found).data)

    @extend_schema(request=SchemaWishSerializer, responses={201: SchemaChangeSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id, Role.MANAGER)
        wish = SchemaWishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        made = schema_change(project=project, author_id=request.user.pk, **wish.validated_data)
        return Response(SchemaChangeSerializer(made).data, status=status.HTTP_201_CREATED)


def _uses(project: Project) -> Iterable[dict[str, int]]:
    confirmed = [str(state) for state in CONFIRMED]
    labels = project.labels.order_by().annotate(
        span_yes=Count("spans", filter=Q(spans__state__in=confirmed), distinct=True),
        span_open=Count("spans", filter=Q(spans__state="proposed"), distinct=True),
        tube_yes=Count("tubes", filter=Q(tubes__state__in=confirmed), distinct=True),
        tube_open=Count("tubes", filter=Q(tubes__state="proposed"), distinct=True),
    )
    for label in labels:
        yield {
            "label_id": label.pk,
            "confirmed": label.span_yes + label.tube_yes,
            "proposed": label.span_open + label.tube_open,
        }
