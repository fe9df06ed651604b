from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import api
from mlbackend.models import QueueItem
from mlbackend.select import agreement, cost, leases, second, selectors
from mlbackend.select.serializers import (
    AnswerSerializer,
    FiltersSerializer,
    NextSerializer,
    QueueAgreementSerializer,
    QueueCostSerializer,
    QueueItemSerializer,
    QueueQuerySerializer,
    QueueSerializer,
    UnsureSerializer,
)


def _item(user: Any, item: QueueItem) -> dict[str, Any]:
    """An item as this user may see it."""
    (named,) = selectors.with_video_names(item.project_id, [item])
    context = {"sees_all": selectors.sees_all(user, item.project_id)}
    return QueueItemSerializer(named, context=context).data


class QueueView(APIView):
    @extend_schema(parameters=[QueueQuerySerializer], responses=QueueSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """The open items in order, a hundred from `offset` on, and counts of all."""
        api.project_for(request.user, project_id, "viewer")
        query = QueueQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        may_see_all = selectors.sees_all(request.user, project_id)
        found = selectors.queue(
            request.user, project_id, query.filters(),
            may_see_all=may_see_all, offset=query.validated_data["offset"],
        )  # fmt: skip
        return Response(QueueSerializer(found, context={"sees_all": may_see_all}).data)


class QueueNextView(APIView):
    @extend_schema(request=NextSerializer, responses={200: QueueItemSerializer, 204: None})
    def post(self, request: Request, project_id: int) -> Response:
        """Lease the next item for ten minutes; 204 when nothing is left for this person."""
        api.project_for(request.user, project_id, "annotator")
        sent = NextSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = FiltersSerializer(data=sent.validated_data.get("filters") or {})
        wanted.is_valid(raise_exception=True)
        after = sent.validated_data.get("after")
        item = leases.queue_next(request.user, project_id, after, wanted.filters())
        if item is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(_item(request.user, item))


class QueueRenewView(APIView):
    @extend_schema(request=None, responses=QueueItemSerializer)
    def post(self, request: Request, item_id: str) -> Response:
        """Hold the item for ten minutes more; 409 when somebody else holds it."""
        return Response(_item(request.user, leases.queue_renew(request.user, item_id)))


class QueueSkipView(APIView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, item_id: str) -> Response:
        leases.queue_skip(request.user, item_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class QueueUnsureView(APIView):
    @extend_schema(request=None, responses=UnsureSerializer)
    def post(self, request: Request, item_id: str) -> Response:
        """Leave the item to somebody else; `others` says how many there are."""
        return Response({"others": leases.queue_unsure(request.user, item_id)})


class QueueAnswerView(APIView):
    @extend_schema(request=AnswerSerializer, responses={204: None})
    def post(self, request: Request, item_id: str) -> Response:
        """Answer a second look; no annotation changes."""
        sent = AnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        second.second_answer(request.user, item_id, **sent.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class QueueCostView(APIView):
    @extend_schema(responses=QueueCostSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """Seconds by kind of question, learned from what people answered."""
        api.project_for(request.user, project_id, "viewer")
        return Response(QueueCostSerializer(cost.cost_report(project_id)).data)


class QueueAgreementView(APIView):
    @extend_schema(responses=QueueAgreementSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """How far second looks say the same as the first, and where they differ."""
        api.project_for(request.user, project_id, "manager")
        return Response(QueueAgreementSerializer(agreement.agreement(project_id)).data)
