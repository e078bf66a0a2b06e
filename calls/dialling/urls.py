"""The pages of calling a contact, and of lines, under /t/<team_slug>/."""

from django.urls import path

from calls.dialling import views

app_name = "dialling"
urlpatterns = [
    path("contacts/<uuid:contact_id>/dial", views.ContactCall.as_view(), name="call"),
    path("contacts/<uuid:contact_id>/dial/<uuid:pk>", views.LostCall.as_view(), name="lost"),
    path(
        "settings/voice/<uuid:connection_id>/lines/new",
        views.LineCreate.as_view(),
        name="line_create",
    ),
    path("settings/voice/lines/<uuid:pk>", views.LineEdit.as_view(), name="line"),
    path("settings/voice/lines/<uuid:pk>/delete", views.LineDelete.as_view(), name="line_delete"),
]
