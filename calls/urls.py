"""The pages of calls, under /t/<team_slug>/."""

from django.urls import path

from calls import by_hand, live, unmatched, views
from calls.recordings.views import CallRecording, RecordingFetch

app_name = "calls"
urlpatterns = [
    path("calls", views.CallList.as_view(), name="list"),
    path("calls/unmatched", unmatched.UnmatchedCalls.as_view(), name="unmatched"),
    path("calls/live", live.LiveCalls.as_view(), name="live"),
    path("calls/<uuid:pk>", views.CallDetail.as_view(), name="detail"),
    path("calls/<uuid:pk>/transcript", views.CallTranscript.as_view(), name="transcript"),
    path("calls/<uuid:pk>/history", views.CallHistory.as_view(), name="history"),
    path("calls/<uuid:pk>/recording", CallRecording.as_view(), name="recording"),
    path("calls/<uuid:pk>/recording/fetch", RecordingFetch.as_view(), name="fetch_recording"),
    path("calls/<uuid:pk>/assign", unmatched.CallAssign.as_view(), name="assign"),
    path("calls/<uuid:pk>/contact", unmatched.CallerCreate.as_view(), name="add_contact"),
    path("calls/<uuid:pk>/edit", by_hand.CallEdit.as_view(), name="edit"),
    path("calls/<uuid:pk>/delete", by_hand.CallDelete.as_view(), name="delete"),
    path("contacts/<uuid:contact_id>/calls", views.CallsOfContact.as_view(), name="of_contact"),
    path("contacts/<uuid:contact_id>/calls/new", by_hand.CallLog.as_view(), name="log"),
]
