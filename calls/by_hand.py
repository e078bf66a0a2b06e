"""Calls that people log themselves: logging one with a contact, editing it, deleting it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic.base import TemplateResponseMixin, View

from calls.forms import LoggedCallForm
from calls.models import BY_HAND, Call, Recording
from calls.operations import delete_calls
from calls.views import find_turns, get_call
from contacts.views import get_contact
from crm.history.recording import Author
from crm.records.forms import RecordForm
from crm.records.views import RecordFormView
from crm.teams.access import TeamMixin
from crm.teams.models import Right, Team
from crm.web import text


def get_logged_call(team: Team, pk: uuid.UUID) -> Call:
    """Return the team's call with its contact, for somebody who wants to change it.

    Raises Http404 where there is none, PermissionDenied where a platform told of it.
    """
    call = get_call(team, pk)
    if not call.is_by_hand:
        raise PermissionDenied(
            f"This call came from {call.provider}. "
            "Only calls that were logged by hand can be edited or deleted here."
        )
    return call


class LoggedCallFormView(RecordFormView):
    """What logging a call and editing it share.

    `back=contact` says that whoever edits the call came from its contact and wants to return there.
    """

    template_name = "calls/form.html"
    panel_template_name = "calls/_form.html"
    form_class = LoggedCallForm

    @property
    def back(self) -> str:
        """Where the form was opened from."""
        query = self.request.POST if self.request.method == "POST" else self.request.GET
        return query.get("back", "")

    def get_record_url(self, form: RecordForm) -> str:
        """Return the address of the contact, or of the call where that was looked at."""
        call: Call = form.instance
        if call.contact_id and self.back == "contact":
            return reverse("contacts:detail", args=[self.team.slug, call.contact_id])
        return reverse("calls:detail", args=[self.team.slug, call.pk])

    def get_context(self, form: RecordForm) -> dict[str, Any]:
        """Return the contact, where Cancel leads, and the call unless it is new."""
        call: Call = form.instance
        return {
            "call": None if call._state.adding else call,
            "contact": call.contact,
            "back": self.back,
            "cancel_url": self.get_record_url(form),
        }

    def get_message(self, form: RecordForm, is_new: bool) -> str:
        """Say that it was logged."""
        return f"The call was {'logged' if is_new else 'saved'}."


class CallLog(LoggedCallFormView):
    """Logs a call with a contact."""

    back = "contact"

    def get_form(self, data: Any = None) -> LoggedCallForm:
        """Return the form over a new call of the contact."""
        contact = get_contact(self.team, self.kwargs["contact_id"])
        call = Call(team=self.team, contact=contact, provider=BY_HAND)
        return LoggedCallForm(data, instance=call)


class CallEdit(LoggedCallFormView):
    """Edits a call that was logged by hand."""

    def get_form(self, data: Any = None) -> LoggedCallForm:
        """Return the form over the stored call."""
        return LoggedCallForm(data, instance=get_logged_call(self.team, self.kwargs["pk"]))


class CallDelete(TeamMixin, TemplateResponseMixin, View):
    """Asks, naming the call, and deletes it."""

    needs = Right.WRITE
    template_name = "calls/delete.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what will be deleted."""
        call = get_logged_call(self.team, self.kwargs["pk"])
        parts = {
            "recording": Recording.objects.filter(team=self.team, call=call).exists(),
            "transcript": bool(find_turns(call)),
        }
        context = {"call": call, "parts": [name for name, is_there in parts.items() if is_there]}
        return self.render_to_response(context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete it, and lead to its contact."""
        call = get_logged_call(self.team, self.kwargs["pk"])
        delete_calls([call], by=Author.person(request.user))
        moment = text.exact_time(call.started_or_created_at)
        messages.success(request, f"The call of {moment} was deleted.")
        if call.contact_id:
            return redirect("contacts:detail", self.team.slug, call.contact_id)
        return redirect("calls:list", self.team.slug)
