"""The pages of a team's tags, under /t/<team_slug>/."""

from django.urls import path

from contacts.tags import views

app_name = "tags"
urlpatterns = [
    path("settings/tags", views.TagList.as_view(), name="list"),
    path("settings/tags/new", views.TagCreate.as_view(), name="create"),
    path("settings/tags/<uuid:pk>", views.TagEdit.as_view(), name="edit"),
    path("settings/tags/<uuid:pk>/merge", views.TagMerge.as_view(), name="merge"),
    path("settings/tags/<uuid:pk>/delete", views.TagDelete.as_view(), name="delete"),
]
