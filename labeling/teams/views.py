from django.contrib.auth import authenticate, login, logout
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, status
from rest_framework.authtoken.models import Token
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from labeling import access, jobs
from labeling.domain.errors import InvalidInput
from labeling.models.project import Role
from labeling.teams import selectors, services
from labeling.teams.serializers import (
    CredentialsSerializer,
    JobSerializer,
    LabelSerializer,
    ListedJobSerializer,
    MemberChangeSerializer,
    MemberSerializer,
    ProjectSerializer,
    SessionSerializer,
    TokenSerializer,
)


class LoginThrottle(ScopedRateThrottle):
    """Counts attempts to log in, not questions about who is logged in."""

    scope_attr = "login_scope"

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.method != "POST" or super().allow_request(request, view)


# REST framework checks a form's origin for people who are logged in only; a foreign page must not
# log anybody in either.
@method_decorator(csrf_protect, name="dispatch")
class SessionView(APIView):
    permission_classes = [permissions.AllowAny]
    throttle_classes = [LoginThrottle]
    login_scope = "login"

    @extend_schema(responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        return Response(_session(request))

    @extend_schema(request=CredentialsSerializer, responses=SessionSerializer)
    def post(self, request: Request) -> Response:
        login(request, _authenticated(request))
        return Response(_session(request))

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        logout(request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TokenView(APIView):
    permission_classes = [permissions.AllowAny]
    throttle_classes = [LoginThrottle]
    login_scope = "login"

    @extend_schema(request=CredentialsSerializer, responses=TokenSerializer)
    def post(self, request: Request) -> Response:
        token, _ = Token.objects.get_or_create(user=_authenticated(request))
        return Response({"token": token.key})


class ProjectsView(APIView):
    @extend_schema(responses=ProjectSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = list(selectors.projects(request.user))
        return Response(_projects(request, rows, many=True))

    @extend_schema(request=ProjectSerializer, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        data = _valid(ProjectSerializer(data=request.data))
        project = services.project_create(name=data["name"], owner=request.user)
        return Response(_projects(request, [project]), status=status.HTTP_201_CREATED)


class ProjectView(APIView):
    @extend_schema(responses=ProjectSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        return Response(_projects(request, [access.project_for(request.user, project_id)]))

    @extend_schema(request=ProjectSerializer(partial=True), responses=ProjectSerializer)
    def patch(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id, Role.MANAGER)
        data = _valid(ProjectSerializer(data=request.data, partial=True))
        return Response(
            _projects(request, [services.project_change(project=project, changes=data)])
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id, Role.OWNER)
        services.project_delete(project=project)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LabelsView(APIView):
    @extend_schema(request=LabelSerializer, responses={201: LabelSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id, Role.MANAGER)
        data = _valid(LabelSerializer(data=request.data))
        label = services.label_create(project=project, author_id=request.user.pk, **data)
        return Response(LabelSerializer(label).data, status=status.HTTP_201_CREATED)


class LabelView(APIView):
    @extend_schema(request=LabelSerializer(partial=True), responses=LabelSerializer)
    def patch(self, request: Request, label_id: int) -> Response:
        label = access.label_for(request.user, label_id, Role.MANAGER)
        data = _valid(LabelSerializer(data=request.data, partial=True))
        changed = services.label_change(label=label, changes=data, author_id=request.user.pk)
        return Response(LabelSerializer(changed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, label_id: int) -> Response:
        label = access.label_for(request.user, label_id, Role.MANAGER)
        services.label_delete(label=label, author_id=request.user.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MembersView(APIView):
    @extend_schema(responses=MemberSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id)
        return Response(MemberSerializer(selectors.members(project), many=True).data)

    @extend_schema(request=MemberChangeSerializer, responses=MemberSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        project = access.project_for(request.user, project_id, Role.MANAGER)
        data = _valid(MemberChangeSerializer(data=request.data))
        if data["role"] == Role.OWNER or selectors.is_owner(project, data["username"]):
            access.require(request.user, project, Role.OWNER)
        return Response(MemberSerializer(services.member_set(project=project, **data)).data)


class MemberView(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int, user_id: int) -> Response:
        project = access.project_for(request.user, project_id, Role.OWNER)
        services.member_remove(project=project, user_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class JobsView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("project", int, required=True), OpenApiParameter("state")],
        responses=ListedJobSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        if "project" not in request.query_params:
            raise InvalidInput("Say whose jobs: ?project=ID.")
        project = access.project_for(request.user, request.query_params["project"])
        states = request.query_params.getlist("state")
        return Response(ListedJobSerializer(selectors.jobs(project, states)[:200], many=True).data)


class JobView(APIView):
    @extend_schema(responses=JobSerializer)
    def get(self, request: Request, job_id: str) -> Response:
        return Response(JobSerializer(access.job_for(request.user, job_id)).data)


class JobCancelView(APIView):
    @extend_schema(request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: str) -> Response:
        jobs.cancel(str(access.job_for(request.user, job_id, Role.ANNOTATOR).id))
        return Response(JobSerializer(access.job_for(request.user, job_id)).data)


class JobResumeView(APIView):
    @extend_schema(request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: str) -> Response:
        jobs.resume(str(access.job_for(request.user, job_id, Role.ANNOTATOR).id))
        return Response(JobSerializer(access.job_for(request.user, job_id)).data)


def _session(request: Request) -> dict:
    user = request.user if request.user.is_authenticated else None
    return SessionSerializer({"user": user, "csrf_token": get_token(request)}).data


def _authenticated(request: Request):
    credentials = _valid(CredentialsSerializer(data=request.data))
    user = authenticate(request, **credentials)
    if user is None:
        raise InvalidInput("User name or password is wrong.", code="wrong_credentials")
    return user


def _projects(request: Request, projects: list, *, many: bool = False):
    counts = selectors.counts(project.id for project in projects)
    context = {"request": request, "counts": counts}
    if many:
        return ProjectSerializer(projects, many=True, context=context).data
    return ProjectSerializer(projects[0], context=context).data


def _valid(serializer) -> dict:
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data
