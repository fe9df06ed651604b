from django.urls import path

from labeling.export import views
from labeling.export.restore_views import RestoreView

urlpatterns = [
    path("projects/<int:project_id>/exports", views.ExportsView.as_view()),
    path("projects/<int:project_id>/exports/preview", views.PreviewView.as_view()),
    path("restore", RestoreView.as_view()),
    path("formats", views.FormatsView.as_view()),
    path("projects/<int:project_id>/imports", views.ImportsView.as_view()),
    path("exports/<uuid:export_id>/download", views.DownloadView.as_view()),
]
