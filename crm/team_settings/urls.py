from django.urls import include, path

from crm.team_settings import views

app_name = "team_settings"

urlpatterns = [
    path("settings", views.TeamPage.as_view(), name="home"),
    path("settings/", include("crm.team_settings.people.urls")),
    path("settings/keys", views.KeyList.as_view(), name="keys"),
    path("settings/keys/new", views.KeyCreate.as_view(), name="key_create"),
    path("settings/keys/<uuid:pk>/revoke", views.KeyRevoke.as_view(), name="key_revoke"),
]
