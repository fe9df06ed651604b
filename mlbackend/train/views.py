from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import api
from labeling.domain.errors import InvalidInput
from mlbackend.models import Round
from mlbackend.train import cards, choices, selectors, services, triggers
from mlbackend.train.serializers import (
    CardSerializer,
    ChoicesSerializer,
    LoopSerializer,
    LoopSettingsSerializer,
    RoundSerializer,
    RoundWishSerializer,
)


class RoundsView(APIView):
    @extend_schema(responses=RoundSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "viewer")
        rounds = selectors.rounds(project_id)
        people = api.job_people(row.job_id for row in rounds)
        return Response(RoundSerializer(rounds, many=True, context={"people": people}).data)

    @extend_schema(request=RoundWishSerializer, responses={202: RoundSerializer})
    def post(self, request: Request, project_id: int) -> Response:
        api.project_for(request.user, project_id, "annotator")
        wish = RoundWishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        started = services.round_start(
            project_id=project_id,
            user_id=request.user.pk,
            wish=dict(wish.validated_data),
            # A program logs in by its token, a person by a session.
            trigger=Round.Trigger.API if request.auth is not None else Round.Trigger.PERSON,
        )
        return Response(RoundSerializer(started).data, status=status.HTTP_202_ACCEPTED)


class RoundView(APIView):
    @extend_schema(responses=RoundSerializer)
    def get(self, request: Request, round_id: str) -> Response:
        return Response(RoundSerializer(selectors.round_for(request.user, round_id)).data)


class RoundPromoteView(APIView):
    @extend_schema(request=None, responses=RoundSerializer)
    def post(self, request: Request, round_id: str) -> Response:
        found = selectors.round_for(request.user, round_id, "manager")
        done = services.round_promote(found, user_id=request.user.pk)
        return Response(RoundSerializer(done).data)


class LoopView(APIView):
    @extend_schema(responses=LoopSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        project = api.project_for(request.user, project_id, "viewer")
        return Response(LoopSerializer(triggers.loop_of(project)).data)

    @extend_schema(request=LoopSettingsSerializer(partial=True), responses=LoopSerializer)
    def patch(self, request: Request, project_id: int) -> Response:
        project = api.project_for(request.user, project_id, "manager")
        if not isinstance(request.data, dict):
            raise InvalidInput("Settings are given as names with values.")
        triggers.loop_change(project, dict(request.data))
        return Response(LoopSerializer(triggers.loop_of(api.project(project_id))).data)


class RecipesView(APIView):
    @extend_schema(responses=ChoicesSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        project = api.project_for(request.user, project_id, "annotator")
        return Response(ChoicesSerializer(choices.choices(project)).data)


class ModelCardView(APIView):
    @extend_schema(responses=CardSerializer)
    def get(self, request: Request, model_id: str) -> Response:
        model = selectors.model_for(request.user, model_id)
        return Response(CardSerializer(cards.card_of(model)).data)


class CardPictureView(APIView):
    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, model_id: str, number: int) -> FileResponse:
        model = selectors.model_for(request.user, model_id)
        picture = cards.picture_of(model, number)
        return FileResponse(picture.open("rb"), content_type="image/jpeg")
