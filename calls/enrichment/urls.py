"""The pages of enrichment, under /t/<team_slug>/."""

from django.urls import path

from calls.enrichment import settings_views, views

app_name = "enrichment"
urlpatterns = [
    path("proposals", views.ProposalList.as_view(), name="list"),
    path("proposals/<uuid:pk>/accept", views.ProposalAccept.as_view(), name="accept"),
    path("proposals/<uuid:pk>/reject", views.ProposalReject.as_view(), name="reject"),
    path("calls/<uuid:pk>/proposals", views.CallProposals.as_view(), name="of_call"),
    path("calls/<uuid:pk>/undo", views.CallUndo.as_view(), name="undo"),
    path("calls/<uuid:pk>/read", views.CallReadAgain.as_view(), name="read_again"),
    path("settings/learning", settings_views.Policies.as_view(), name="settings"),
    path("settings/learning/read", settings_views.ReadAgain.as_view(), name="read_many"),
    path(
        "settings/fields/<uuid:pk>/merge", settings_views.FieldMerge.as_view(), name="merge_field"
    ),
]
