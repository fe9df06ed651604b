from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe


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


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
