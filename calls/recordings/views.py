"""The pages of a recording: hearing it, and having it fetched once more."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.generic.base import View

from calls.operations import fetch_recording
from calls.recordings.listening import serve_to
from calls.recordings.serving import get_recording
from calls.views import get_call
from crm.history.recording import Author
from crm.records.writing import StaleRecord
from crm.teams.access import TeamMixin
from crm.teams.models import Right


class CallRecording(TeamMixin, View):
    """The sound of a call, for the team's members."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the sound, or the part of it that a player asks for."""
        recording = get_recording(self.team, self.kwargs["pk"])
        is_download = "download" in request.GET
        return serve_to(Author.person(request.user), request, recording, download=is_download)


class RecordingFetch(TeamMixin, View):
    """Has a recording fetched that could not be fetched before."""

    needs = Right.WRITE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask the workers for it, and lead back to where it was asked from."""
        call = get_call(self.team, self.kwargs["pk"])
        try:
            is_asked = fetch_recording(call, by=Author.person(request.user))
        except StaleRecord:
            messages.error(request, "The call changed at this moment. Try it again.")
        else:
            said = "The recording is being fetched." if is_asked else "There is nothing to fetch."
            messages.success(request, said)
        if request.POST.get("back") == "contact" and call.contact_id:
            return redirect("contacts:detail", self.team.slug, call.contact_id)
        return redirect("calls:detail", self.team.slug, call.pk)
