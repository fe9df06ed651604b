"""The one JSON body of every failure: {"code", "message", "detail"}."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler
from rest_framework.views import set_rollback

from labeling.domain.errors import TubelabError

log = logging.getLogger(__name__)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into the error body; None lets Django answer 500."""
    if isinstance(error, TubelabError):
        set_rollback()
        return Response(error.body(), status=error.status)
    if isinstance(error, RequestDataTooBig):
        message = "The request is too large; send it in several parts."
        return Response({"code": "too_large", "message": message, "detail": None}, status=413)
    response = drf_handler(error, context)
    if response is not None:
        response.data = _body(error, response.data)
    return response


def _body(error: Exception, data: Any) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return {"code": "invalid_input", "message": _sentence(data), "detail": data}
    if isinstance(error, Http404):
        return {"code": "not_found", "message": "There is nothing here.", "detail": None}
    if isinstance(error, PermissionDenied):
        return {"code": "forbidden", "message": "You may not do this.", "detail": None}
    assert isinstance(error, exceptions.APIException)
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "error"
    return {"code": code, "message": str(error.detail), "detail": None}


def _sentence(data: Any, where: str = "") -> str:
    """The first complaint of a nested validation error, with the field it is about."""
    if isinstance(data, dict):
        field, inner = next(iter(data.items()))
        name = "" if field == "non_field_errors" else str(field)
        return _sentence(inner, ".".join(part for part in (where, name) if part))
    if isinstance(data, list) and data:
        return _sentence(data[0], where)
    return f"{where}: {data}" if where else str(data)


# Whatever is sent to an address that is not there, and whoever sends it, gets the same answer.
@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    body = {"code": "not_found", "message": f"There is nothing at {request.path}.", "detail": None}
    return JsonResponse(body, status=404)


def server_error(request: HttpRequest) -> JsonResponse:
    message = "The server failed on this request; its log has the reason."
    return JsonResponse({"code": "server_error", "message": message, "detail": None}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> JsonResponse:
    message = "The page is too old to be trusted; reload it and try again."
    body = {"code": "csrf", "message": message, "detail": {"reason": reason}}
    return JsonResponse(body, status=403)
