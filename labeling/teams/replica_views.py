from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import access
from labeling.models import Project
from labeling.models.project import Role
from labeling.teams import replicas


class ReplicaRequestSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    video_ids = serializers.ListField(child=serializers.UUIDField(), max_length=100_000)


class ReplicaSerializer(serializers.ModelSerializer):
    videos = serializers.IntegerField(source="video_count")
    members = serializers.IntegerField(source="member_count")
    confirmed = serializers.IntegerField(source="tube_count")

    class Meta:
        model = Project
        fields = ["id", "name", "videos", "members", "confirmed", "created_at"]


class ReplicasView(APIView):
    @extend_schema(responses=ReplicaSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id, Role.MANAGER)
        return Response(ReplicaSerializer(replicas.replicas(project), many=True).data)

    @extend_schema(request=ReplicaRequestSerializer, responses={201: ReplicaSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        """Make a project with the same labels and the chosen videos, without annotations."""
        project = access.project_for(request.user, project_id, Role.MANAGER)
        asked = ReplicaRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = replicas.replica_create(original=project, owner=request.user, **asked.validated_data)
        shown = replicas.replicas(project).get(pk=made.pk)
        return Response(ReplicaSerializer(shown).data, status=status.HTTP_201_CREATED)
