from django.urls import path

from labeling.teams import replica_views, schema_views, views

urlpatterns = [
    path("session", views.SessionView.as_view()),
    path("token", views.TokenView.as_view()),
    path("projects", views.ProjectsView.as_view()),
    path("projects/<int:project_id>", views.ProjectView.as_view()),
    path("projects/<int:project_id>/labels", views.LabelsView.as_view()),
    path("projects/<int:project_id>/members", views.MembersView.as_view()),
    path("projects/<int:project_id>/members/<int:user_id>", views.MemberView.as_view()),
    path("projects/<int:project_id>/schema-changes", schema_views.SchemaChangesView.as_view()),
    path("projects/<int:project_id>/replicas", replica_views.ReplicasView.as_view()),
    path("labels/<int:label_id>", views.LabelView.as_view()),
    path("jobs", views.JobsView.as_view()),
    path("jobs/<uuid:job_id>", views.JobView.as_view()),
    path("jobs/<uuid:job_id>/cancel", views.JobCancelView.as_view()),
    path("jobs/<uuid:job_id>/resume", views.JobResumeView.as_view()),
]
