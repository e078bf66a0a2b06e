"""API addresses of calls."""

from calls.api import CallDetail, CallRecording, Calls, ContactCalls
from crm.api.routing import route

urlpatterns = [
    route("calls", Calls.as_view(), name="api-calls"),
    route("calls/<uuid:pk>", CallDetail.as_view(), name="api-call"),
    route("calls/<uuid:pk>/recording", CallRecording.as_view(), name="api-call-recording"),
    route("contacts/<uuid:pk>/calls", ContactCalls.as_view(), name="api-contact-calls"),
]
