from django.urls import path

from labeling.quality import views

urlpatterns = [
    path("projects/<int:project_id>/quality/suspicious", views.SuspiciousView.as_view()),
    path("projects/<int:project_id>/quality/agreement", views.AgreementView.as_view()),
]
