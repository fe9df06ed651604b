from django.urls import path

from mlbackend.measure import views

urlpatterns = [
    path("metrics", views.MetricsView.as_view()),
    path("projects/<int:project_id>/evaluations", views.EvaluationsView.as_view()),
    path("evaluations/<uuid:evaluation_id>", views.EvaluationView.as_view()),
]
