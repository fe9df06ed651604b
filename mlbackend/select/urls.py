from django.urls import path

from mlbackend.select import views

urlpatterns = [
    path("projects/<int:project_id>/queue", views.QueueView.as_view()),
    path("projects/<int:project_id>/queue/next", views.QueueNextView.as_view()),
    path("queue/<uuid:item_id>/skip", views.QueueSkipView.as_view()),
]
