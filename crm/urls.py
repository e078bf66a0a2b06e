"""Every address of Callbook: each app brings its pages (`urls`) and its API (`api_urls`)."""

from django.contrib import admin
from django.urls import include, path

from crm.accounts.views import home

team_pages = [
    path("", include("contacts.urls")),
    path("", include("contacts.imports.urls")),
    path("", include("contacts.tags.urls")),
    path("", include("companies.urls")),
    path("", include("calls.urls")),
    path("", include("calls.enrichment.urls")),
    path("", include("calls.providers.page_urls")),
    path("", include("calls.dialling.urls")),
    path("", include("crm.team_settings.urls")),
    path("", include("crm.records.urls")),
    path("", include("crm.records.history.urls")),
]

api = [
    path("", include("contacts.api_urls")),
    path("", include("contacts.imports.api_urls")),
    path("", include("companies.api_urls")),
    path("", include("calls.api_urls")),
    path("", include("calls.enrichment.api_urls")),
    path("", include("crm.records.api_urls")),
    path("", include("crm.teams.api_urls")),
]

urlpatterns = [
    path("api/crm/", include(api)),
    path("api/", include("crm.api.urls")),
    path("t/<slug:team_slug>/", include(team_pages)),
    path("", home, name="home"),
    path("", include("crm.accounts.urls")),
    path("", include("crm.team_settings.people.join_urls")),
    path("", include("calls.providers.urls")),
    path("", include("crm.jobs.urls")),
    path("admin/", admin.site.urls),
]
