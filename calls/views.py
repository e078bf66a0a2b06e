"""The pages of calls: the list, a call with its transcript and recording, a contact's calls."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.generic.base import TemplateView, View

from calls import cards, tables
from calls.filters import CallPageFilterSet
from calls.finding import find_hits, find_terms, find_words, is_question
from calls.models import Call, CallQuerySet, Transcript, TranscriptStatus
from calls.recordings.operations import find_recording
from contacts.models import Contact
from crm.api.values import read_uuid
from crm.history.models import Change, Verb
from crm.normalize import NormalizeError
from crm.records.history.views import RecordHistory, get_history
from crm.records.lists import RecordList
from crm.teams.access import TeamMixin
from crm.teams.models import Team
from crm.web.filters import Options
from crm.web.lists import COUNT_CAP, count_text
from crm.web.panels import PanelMixin

MOST_SHARERS = 5


class CallList(RecordList[Call]):
    """Every call of the team under a heading for its day."""

    model = Call
    template_name = "calls/list.html"
    filterset_class = CallPageFilterSet
    columns = ()
    orderings = tables.ORDERINGS
    value_names = tables.VALUE_NAMES
    default_sort = "-started"
    filter_names = ("outcome", "direction", "status", "unmatched", "period")

    def get_queryset(self) -> CallQuerySet:
        """Return the team's calls."""
        return self.team.calls.all()

    def get_rows(self, objects: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the list's rows."""
        return tables.call_rows(self.team, objects, self.query)

    def get_context(self) -> dict[str, Any]:
        """Return how many calls have no contact, for the way to them, and what a question asks."""
        unmatched = self.team.calls.unmatched().order_by()[: COUNT_CAP + 1].count()
        query = self.query
        return {
            "unmatched_count": count_text(unmatched) if unmatched else "",
            "asked_about": find_words(query) if is_question(query) else [],
        }

    @property
    def query(self) -> str:
        """What is searched for."""
        return self.asked.get("search", [""])[-1] if not self.filter_errors("search") else ""

    def get_filter_options(self) -> Mapping[str, Options]:
        """Return the names of the contact and the company that the address asks for."""
        return {
            "contactId": self._names("contactId", self.team.contacts),
            "companyId": self._names("companyId", self.team.companies),
        }

    def _names(self, name: str, rows: Any) -> Options:
        if name not in self.asked or self.filter_errors(name):
            return ()
        asked = self.asked[name][-1]
        return [(asked, str(row)) for row in rows.filter(pk=asked)]


def get_call(team: Team, pk: uuid.UUID) -> Call:
    """Return the team's call with its contact; raises Http404 where there is none."""
    call = get_object_or_404(team.calls.select_related("contact__company"), pk=pk)
    call.team = team
    return call


class CallDetail(TeamMixin, PanelMixin, TemplateView):
    """A call: who, what was said, facts."""

    template_name = "calls/detail.html"
    panel_template_name = "calls/_panel.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the call, and the words to mark in its transcript."""
        query = self.request.GET.get("search", "")
        context = call_context(get_call(self.team, self.kwargs["pk"]), query)
        call = context["call"]
        cost = "" if call.cost_amount is None else f"{call.cost_amount.normalize():f}"
        return context | {
            "cost": f"{cost} {call.cost_currency}".strip(),
            "sharers": find_sharers(call),
            "logged_by": find_logger(call) if call.is_by_hand else "",
            **open_at(self.request.GET.get("t", ""), context["turns"]),
            "history": get_history(call, history_url(call), None),
        }


class CallHistory(RecordHistory):
    """What happened to a call, and who heard it; a platform's words are not put back."""

    def get_record(self) -> Call:
        """Return the call; raises Http404."""
        return get_call(self.team, self.kwargs["pk"])

    def get_others(self, record: Call) -> None:
        """Say that nothing is restored."""

    def get_record_url(self, record: Call) -> str:
        """Return the call's address."""
        return reverse("calls:detail", args=[self.team.slug, record.pk])

    def get_history_url(self, record: Call) -> str:
        """Return the address of the call's history."""
        return history_url(record)


def history_url(call: Call) -> str:
    """Return the address of the call's history."""
    return reverse("calls:history", args=[call.team.slug, call.pk])


class CallTranscript(TeamMixin, View):
    """The turns of a call, read when its card unfolds them."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the turns alone."""
        call = get_call(self.team, self.kwargs["pk"])
        return render(
            request, "calls/_turns.html", call_context(call, request.GET.get("search", ""))
        )


def call_context(call: Call, query: str = "") -> dict[str, Any]:
    """Return what is shown of one call, with the turns where the query was said: two queries."""
    turns = find_turns(call)
    try:
        terms = find_terms(query)
    except NormalizeError:
        terms = []
    return {
        "call": call,
        "contact": call.contact,
        "recording": find_recording(call),
        "turns": turns,
        "query": query.strip(),
        "marked": " ".join(terms),
        "hits": [turns[place] | {"place": place} for place in find_hits(turns, terms)],
    }


def open_at(text: str, turns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the second that an address opens a call at, and the place of the turn spoken then."""
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,3})?", text, re.ASCII):
        return {"at": None, "spoken": None}
    at = float(text)
    begun = [place for place, turn in enumerate(turns) if (turn["startSeconds"] or 0) <= at]
    return {"at": at, "spoken": begun[-1] if begun else None}


def find_sharers(call: Call) -> list[Contact]:
    """Return the contacts that have an unmatched call's number, which says why it is unmatched."""
    if call.contact or not call.contact_number:
        return []
    sharers = call.team.contacts.with_number(call.contact_number)
    return list(sharers.select_related("company")[:MOST_SHARERS])


def find_logger(call: Call) -> str:
    """Return who logged the call, as history knows."""
    made = Change.objects.filter(
        team=call.team, record_type="call", record_id=call.pk, verb=Verb.CREATED
    )
    change = made.select_related("actor_user").first()
    return str(change.actor_user) if change and change.actor_user else ""


def find_turns(call: Call) -> list[dict[str, Any]]:
    """Return what was said in the call, in order; nothing where that may not be shown."""
    if call.transcript_status != TranscriptStatus.READY:
        return []
    transcript = Transcript.objects.filter(team=call.team, call=call).first()
    return transcript.turns if transcript else []


class CallsOfContact(TeamMixin, View):
    """A contact's calls as the panel shows them; `after` (a call's id) asks for the older ones."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the cards, or 304 where nothing has changed since: that is asked often."""
        contact_id = self.kwargs["contact_id"]
        state = cards.find_state(self.team, contact_id)
        if state is None:
            raise Http404("There is no such contact in this team.")
        if "after" in request.GET:
            return self._older(request, contact_id)
        response = get_conditional_response(request, etag=state.etag)
        if response is None:
            context = cards.first_cards(self.team, self._contact(contact_id), state)
            response = render(request, "calls/_of_contact.html", context)
        response["ETag"] = state.etag
        response["Cache-Control"] = "private, no-cache"
        return response

    def _older(self, request: HttpRequest, contact_id: uuid.UUID) -> HttpResponse:
        try:
            call_id = read_uuid(request.GET["after"])
        except ValueError as error:
            raise Http404("This is no call's id.") from error
        call = get_object_or_404(self.team.calls, contact=contact_id, pk=call_id)
        context = cards.more_cards(self.team, self._contact(contact_id), call)
        return render(request, "calls/_more_of_contact.html", context)

    def _contact(self, contact_id: uuid.UUID) -> Contact:
        return get_object_or_404(self.team.contacts, pk=contact_id)
