from django.urls import path

from mlbackend.select import views

urlpatterns = [
    path("projects/<int:project_id>/queue", views.QueueView.as_view()),
    path("projects/<int:project_id>/queue/next", views.QueueNextView.as_view()),
    path("projects/<int:project_id>/queue/agreement", views.QueueAgreementView.as_view()),
    path("projects/<int:project_id>/queue/cost", views.QueueCostView.as_view()),
    path("queue/<uuid:item_id>/renew", views.QueueRenewView.as_view()),
    path("queue/<uuid:item_id>/skip", views.QueueSkipView.as_view()),
    path("queue/<uuid:item_id>/unsure", views.QueueUnsureView.as_view()),
    path("queue/<uuid:item_id>/answer", views.QueueAnswerView.as_view()),
]
