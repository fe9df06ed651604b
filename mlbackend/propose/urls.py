from django.urls import path

from mlbackend.propose import views

urlpatterns = [
    path("projects/<int:project_id>/propose", views.ProposeView.as_view()),
    path("projects/<int:project_id>/detectors", views.DetectorsView.as_view()),
]
