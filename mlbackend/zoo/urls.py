from django.urls import path

from mlbackend.zoo import views

urlpatterns = [
    path("projects/<int:project_id>/models", views.ModelsView.as_view()),
    path("projects/<int:project_id>/models/fetch", views.ModelsFetchView.as_view()),
    path("projects/<int:project_id>/models/files", views.ModelFilesView.as_view()),
    path("projects/<int:project_id>/models/files/<uuid:file_id>", views.ModelFileView.as_view()),
]
