"""The pages of enrichment, under /t/<team_slug>/."""

from django.urls import path

from calls.enrichment import views

app_name = "enrichment"
urlpatterns = [
    path("proposals", views.ProposalList.as_view(), name="list"),
    path("proposals/<uuid:pk>/accept", views.ProposalAccept.as_view(), name="accept"),
    path("proposals/<uuid:pk>/reject", views.ProposalReject.as_view(), name="reject"),
    path("calls/<uuid:pk>/proposals", views.CallProposals.as_view(), name="of_call"),
    path("calls/<uuid:pk>/undo", views.CallUndo.as_view(), name="undo"),
    path("calls/<uuid:pk>/read", views.CallReadAgain.as_view(), name="read_again"),
]
