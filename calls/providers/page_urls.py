"""The pages of voice connections, under /t/<team_slug>/."""

from django.urls import path

from calls.providers import pages

app_name = "voice"
urlpatterns = [
    path("settings/voice", pages.ConnectionList.as_view(), name="list"),
    path("settings/voice/new", pages.ConnectionCreate.as_view(), name="create"),
    path("settings/voice/<uuid:pk>", pages.ConnectionPage.as_view(), name="connection"),
    path("settings/voice/<uuid:pk>/secret", pages.ConnectionSecret.as_view(), name="secret"),
    path("settings/voice/<uuid:pk>/access", pages.ConnectionAccess.as_view(), name="access"),
    path("settings/voice/<uuid:pk>/again", pages.EventsAgain.as_view(), name="again"),
    path(
        "settings/voice/<uuid:pk>/disconnect",
        pages.ConnectionDisconnect.as_view(),
        name="disconnect",
    ),
]
