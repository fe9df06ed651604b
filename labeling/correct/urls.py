from django.urls import path

from labeling.correct import views

urlpatterns = [
    path("videos/<uuid:video_id>/annotations", views.AnnotationsView.as_view()),
    path("videos/<uuid:video_id>/revisions", views.RevisionsView.as_view()),
    path("videos/<uuid:video_id>/history", views.HistoryView.as_view()),
    path("videos/<uuid:video_id>/commits", views.CommitsView.as_view()),
    path("projects/<int:project_id>/revisions/<int:number>/undo", views.UndoView.as_view()),
]
