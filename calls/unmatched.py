"""Calls without a contact: the page that gathers them, and saying whose they are."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic.base import TemplateResponseMixin, View

from calls import callers
from calls.forms import AssignForm, CallerForm
from calls.models import Call
from calls.views import find_sharers, get_call
from contacts.models import Contact
from contacts.views import ContactFormView
from crm.api.filters import FilterSet
from crm.history.recording import Author
from crm.records.forms import RecordForm
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.lists import ListMixin, count_text
from crm.web.panels import PanelMixin


class UnmatchedCalls(TeamMixin, ListMixin[Call], View):
    """The calls without a contact under the number that called or was called, the last first."""

    template_name = "calls/unmatched.html"
    filterset_class = FilterSet
    columns = ()
    orderings = {}
    default_sort = ""
    page_size = 25

    @cached_property
    def counts(self) -> tuple[int, int]:
        """How many calls there are, and how many callers."""
        return callers.count_callers(self.team)

    def read_page(self, start: int, stop: int, most: int) -> tuple[Sequence[Any], int]:
        """Return the page's callers, and how many there are."""
        return callers.find_callers(self.team, start, stop), self.counts[1]

    def get_rows(self, objects: Sequence[Any]) -> list[dict[str, Any]]:
        """Return what is shown of each caller."""
        return callers.caller_rows(self.team, objects)

    def get_context(self) -> dict[str, Any]:
        """Return how many calls there are."""
        return {"calls_count": count_text(self.counts[0])}


class CallAssign(TeamMixin, PanelMixin, TemplateResponseMixin, View):
    """Asks whose a call is, and gives it to that contact, with the others of its number."""

    needs = Right.WRITE
    template_name = "calls/assign.html"
    panel_template_name = "calls/_assign.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._shown(self._form(get_call(self.team, self.kwargs["pk"])))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write whose it is, and lead to the call."""
        form = self._form(get_call(self.team, self.kwargs["pk"]), request.POST)
        if not form.save(Author.person(request.user)):
            return self._shown(form)
        messages.success(request, assigned_text(len(form.assigned), form.chosen))
        return redirect("calls:detail", self.team.slug, form.call.pk)

    def _form(self, call: Call, data: Any = None) -> AssignForm:
        return AssignForm(data, call=call, sharers=find_sharers(call))

    def _shown(self, form: AssignForm) -> HttpResponse:
        return self.render_to_response({"form": form, "call": form.call})


def assigned_text(count: int, contact: Contact) -> str:
    """Return what is said of calls that were given to a contact."""
    what = "The call was" if count == 1 else f"{count:,} calls were"
    return f"{what} assigned to {contact.name}."


class CallerCreate(ContactFormView):
    """Adds the contact whose call it is, and gives it the call, with the others of its number."""

    @cached_property
    def call(self) -> Call:
        """The call."""
        return get_call(self.team, self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; a call that has a contact needs none."""
        if self.call.contact:
            return redirect("calls:detail", self.team.slug, self.call.pk)
        return super().get(request, *args, **kwargs)

    def get_form(self, data: Any = None) -> CallerForm:
        """Return the form over a new contact with the call's number."""
        number = self.call.contact_number
        initial = {"phone": number if number.startswith("+") else ""}
        return CallerForm(data, instance=Contact(team=self.team), initial=initial, call=self.call)

    def get_context(self, form: RecordForm) -> dict[str, Any]:
        """Return the call, where Cancel leads, and whether there is a company yet."""
        return {
            "contact": None,
            "call": self.call,
            "has_companies": self.team.companies.exists(),
            "cancel_url": self.get_record_url(form),
        }

    def get_record_url(self, form: RecordForm) -> str:
        """Return the call's address."""
        return reverse("calls:detail", args=[self.team.slug, self.call.pk])

    def get_message(self, form: RecordForm, is_new: bool) -> str:
        """Say who was added, and how many calls they have."""
        assert isinstance(form, CallerForm)
        count = len(form.assigned)
        whose = "the call is theirs" if count == 1 else f"{count:,} calls are theirs"
        return f"{form.instance} was added: {whose}."
