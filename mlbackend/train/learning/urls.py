from django.urls import path

from mlbackend.train.learning import views

urlpatterns = [
    path("projects/<int:project_id>/learning", views.LearningView.as_view()),
    path("projects/<int:project_id>/classes", views.ClassesView.as_view()),
    path("rounds/<uuid:round_id>/diff", views.DiffView.as_view()),
]
