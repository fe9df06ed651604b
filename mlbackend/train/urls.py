from django.urls import path

from mlbackend.train import views

urlpatterns = [
    path("projects/<int:project_id>/rounds", views.RoundsView.as_view()),
    path("projects/<int:project_id>/loop", views.LoopView.as_view()),
    path("projects/<int:project_id>/recipes", views.RecipesView.as_view()),
    path("models/<uuid:model_id>/card", views.ModelCardView.as_view()),
    path("models/<uuid:model_id>/card/pictures/<int:number>.jpg", views.CardPictureView.as_view()),
    path("rounds/<uuid:round_id>", views.RoundView.as_view()),
    path("rounds/<uuid:round_id>/promote", views.RoundPromoteView.as_view()),
]
