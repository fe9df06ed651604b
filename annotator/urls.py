"""Addresses: the API under /api/, the administration under /admin/, the page everywhere else."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from annotator import errors, views

api = [
    path("schema", SpectacularAPIView.as_view()),
    path("health", views.health),
    path("", include("labeling.teams.urls")),
    path("", include("labeling.ingest.urls")),
    path("", include("labeling.correct.urls")),
    path("", include("labeling.export.urls")),
    path("", include("labeling.quality.urls")),
    path("", include("mlbackend.propose.urls")),
    path("", include("mlbackend.train.urls")),
    path("", include("mlbackend.train.learning.urls")),
    path("", include("mlbackend.select.urls")),
    path("", include("mlbackend.guards.urls")),
    path("", include("mlbackend.measure.urls")),
    path("", include("mlbackend.zoo.urls")),
    re_path(r"^.*$", errors.not_found),
]

urlpatterns = [
    path("api/", include(api)),
    path("admin/login/", views.admin_login),
    path("admin/", admin.site.urls),
    re_path(r"^(?!static/).*$", views.page),
]

handler404 = "annotator.errors.not_found"
handler500 = "annotator.errors.server_error"
