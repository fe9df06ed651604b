from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from labeling.teams.views import LoginThrottle


@require_safe
@never_cache
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The one page; its own router shows what the address names."""
    built = settings.FRONTEND_DIST / "index.html"
    if not built.is_file():
        return HttpResponse(
            "The page is not built. Run 'make setup', then reload.",
            status=503,
            content_type="text/plain",
        )
    return HttpResponse(built.read_bytes(), content_type="text/html; charset=utf-8")


class _AdminLogin:
    login_scope = "login"


def admin_login(request: HttpRequest) -> HttpResponseBase:
    """The administration's form, tried no more often than the API's."""
    if not LoginThrottle().allow_request(request, _AdminLogin):
        return HttpResponse("Too many attempts; wait a minute.", status=429)
    return admin.site.login(request)


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
