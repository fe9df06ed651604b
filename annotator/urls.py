"""Addresses: the API under /api/, the administration under /admin/, the page everywhere else."""

import importlib.util as _u

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from annotator import errors, views

api = [
    path("schema", SpectacularAPIView.as_view()),
    path("health", views.health),
    path("", include("labeling.teams.urls")),
    *(
        [path("", include("labeling.ingest.urls"))]
        if _u.find_spec("labeling.ingest") and _u.find_spec("labeling.ingest.urls")
        else []
    ),
    path("", include("labeling.correct.urls")),
    *(
        [path("", include("labeling.export.urls"))]
        if _u.find_spec("labeling.export") and _u.find_spec("labeling.export.urls")
        else []
    ),
    *(
        [path("", include("mlbackend.propose.urls"))]
        if _u.find_spec("mlbackend.propose") and _u.find_spec("mlbackend.propose.urls")
        else []
    ),
    *(
        [path("", include("mlbackend.train.urls"))]
        if _u.find_spec("mlbackend.train") and _u.find_spec("mlbackend.train.urls")
        else []
    ),
    *(
        [path("", include("mlbackend.select.urls"))]
        if _u.find_spec("mlbackend.select") and _u.find_spec("mlbackend.select.urls")
        else []
    ),
    re_path(r"^.*$", errors.not_found),
]

urlpatterns = [
    path("api/", include(api)),
    path("admin/", admin.site.urls),
    re_path(r"^(?!static/).*$", views.page),
]

handler404 = "annotator.errors.not_found"
handler500 = "annotator.errors.server_error"
