from django.urls import path

from mlbackend.guards import views

urlpatterns = [
    path("projects/<int:project_id>/guards", views.GuardsView.as_view()),
    path("videos/<uuid:video_id>/sure-tubes", views.SureTubesView.as_view()),
]
