from django.urls import path

from mlbackend.train import views

urlpatterns = [
    path("projects/<int:project_id>/rounds", views.RoundsView.as_view()),
    path("rounds/<uuid:round_id>", views.RoundView.as_view()),
    path("rounds/<uuid:round_id>/promote", views.RoundPromoteView.as_view()),
]
