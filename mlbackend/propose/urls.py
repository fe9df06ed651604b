from django.urls import path

from mlbackend.propose import track_views, views

urlpatterns = [
    path("projects/<int:project_id>/propose", views.ProposeView.as_view()),
    path("projects/<int:project_id>/detectors", views.DetectorsView.as_view()),
    path("projects/<int:project_id>/recognizers", views.RecognizersView.as_view()),
    path("projects/<int:project_id>/calibration", views.CalibrationView.as_view()),
    path("videos/<uuid:video_id>/runs", views.RunsView.as_view()),
    path("videos/<uuid:video_id>/track", track_views.TrackView.as_view()),
]
