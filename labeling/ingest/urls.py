from django.urls import path

from labeling.ingest import hold_out_views, upload_views, views

urlpatterns = [
    path("projects/<int:project_id>/videos", views.VideosView.as_view()),
    path("projects/<int:project_id>/hold-out", hold_out_views.HoldOutView.as_view()),
    path("videos/<uuid:video_id>", views.VideoView.as_view()),
    path("videos/<uuid:video_id>/timebase", views.TimebaseView.as_view()),
    path("videos/<uuid:video_id>/media", views.MediaView.as_view()),
    path("videos/<uuid:video_id>/thumbnail", views.ThumbnailView.as_view()),
    path("videos/<uuid:video_id>/frames/<int:frame>", views.FrameView.as_view()),
    path("uploads", upload_views.UploadsView.as_view()),
    path("uploads/<uuid:upload_id>", upload_views.UploadView.as_view()),
]
