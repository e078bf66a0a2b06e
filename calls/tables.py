"""The rows of the calls list, as plain values, and a contact's last outcome for its table."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from functools import cache, reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from calls.finding import find_best, find_terms
from calls.models import (
    STATUS_RANK,
    Call,
    CallStatus,
    Direction,
    Outcome,
    Speaker,
    Transcript,
    TranscriptStatus,
)
from crm.queries.lookups import IdsField
from crm.queries.statements import Statement
from crm.teams.models import Team
from crm.web import text
from crm.web.lists import Ordering

ORDERINGS = {
    "started": Ordering("Oldest first", ("started_or_created_at", "id"), "Newest first"),
}
VALUE_NAMES = (
    "pk",
    "direction",
    "status",
    "outcome",
    "contact__first_name",
    "contact__last_name",
    "contact__company__name",
    "from_number",
    "to_number",
    "assistant_name",
    "duration_seconds",
    "started_or_created_at",
    "summary",
)
DIRECTION_LABELS = dict(Direction.choices)
STATUS_LABELS = dict(CallStatus.choices)
OUTCOME_LABELS = dict(Outcome.choices)
LEAD = 40
_NOTHING_SAID = {"said": "", "said_at": "", "said_by": ""}


def call_rows(
    team: Team, values: Sequence[tuple[Any, ...]], query: str = ""
) -> list[dict[str, Any]]:
    """Return a dict a call for tuples of VALUE_NAMES; the words of `query` are marked in it."""
    start, now = f"{reverse('calls:list', args=[team.slug])}/", timezone.now()
    terms = find_terms(query)
    said = _find_said(team, [row[0] for row in values], terms, query) if terms else {}
    rows = [
        _row(row, now, team.region, terms, said.get(row[0]))
        | {"url": f"{start}{row[0]}{_asked(query, said.get(row[0])) if terms else ''}"}
        for row in values
    ]
    for before, row in zip([None, *rows], rows, strict=False):
        row["heading"] = row["day"] if before is None or before["day"] != row["day"] else ""
    return rows


def _asked(query: str, turn: dict[str, Any] | None) -> str:
    """Return the end of a call's address: what is marked in it, and the second it opens at."""
    at = {} if turn is None or turn["startSeconds"] is None else {"t": f"{turn['startSeconds']:g}"}
    return f"?{urlencode({'search': query, **at})}"


def _row(
    row: tuple[Any, ...],
    now: dt.datetime,
    region: str,
    terms: list[str],
    said: dict[str, Any] | None,
) -> dict[str, Any]:
    _pk, direction, status, outcome, first, last, company, from_number, to_number, *rest = row
    assistant, seconds, moment, summary = rest
    number = from_number if direction == Direction.INBOUND else to_number or from_number
    return {
        "direction": direction,
        "direction_label": DIRECTION_LABELS[direction],
        "title": f"{first} {last}" if first else text.phone(number, region) or "Unknown number",
        "has_contact": bool(first),
        "company": company or "",
        "outcome": outcome_tag(status, outcome),
        "assistant": assistant,
        "duration": text.duration(seconds),
        "time": text.time_tag(moment, now, text.clock(moment)),
        "day": text.day_text(moment, now),
        "at": int(moment.timestamp() * 1000),
        "summary": _excerpt(summary, terms) if terms else summary,
        **(_said_cells(said, assistant, first, terms) if said else _NOTHING_SAID),
    }


def _said_cells(
    turn: dict[str, Any], assistant: str, first_name: str | None, terms: list[str]
) -> dict[str, object]:
    return {
        "said": _excerpt(turn["text"], terms),
        "said_at": text.duration(turn["startSeconds"]),
        "said_by": speaker_name(turn["speaker"], assistant, first_name or ""),
    }


def _excerpt(words: str, terms: list[str]) -> SafeString:
    """Return the words with the hits marked, from shortly before the first one."""
    folded = words.casefold()
    first = min((place for term in terms if (place := folded.find(term)) >= 0), default=0)
    if first > LEAD:
        words = "…" + words[words.rfind(" ", 0, first - LEAD // 2) + 1 :]
    return text.highlight(words, terms, to_word_end=True)


def speaker_name(speaker: str, assistant: str, first_name: str) -> str:
    """Return what a turn's speaker is called in this call."""
    names = {Speaker.ASSISTANT: assistant, Speaker.CONTACT: first_name or "Caller"}
    return names.get(Speaker(speaker)) or Speaker(speaker).label


def _find_said(
    team: Team, call_ids: Sequence[uuid.UUID], terms: list[str], query: str
) -> dict[uuid.UUID, dict[str, Any]]:
    """Return of each call the turn that says most of what is looked for."""
    heard = reduce(or_, (Q(text__contains=term) for term in terms))
    transcripts = Transcript.objects.filter(
        heard, team=team, call__in=call_ids, call__transcript_status=TranscriptStatus.READY
    )
    found = {}
    for call_id, turns in transcripts.values_list("call_id", "turns"):
        if turn := find_best(turns, terms, query):
            found[call_id] = turn
    return found


@cache
def outcome_tag(status: str, outcome: str) -> SafeString:
    """Return how the call ended as its dot and its word, or that it still goes on."""
    if status in STATUS_RANK:
        live = '<span class="live"><span class="pulse" aria-hidden="true"></span>{}</span>'
        return format_html(live, STATUS_LABELS[status])
    label = OUTCOME_LABELS[outcome]
    return format_html('<span class="outcome is-{}">{}</span>', outcome, label)


def last_outcomes(
    team: Team, contact_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Mapping[str, object]]:
    """Return what came of each contact's last call: one query, by the calls' own index."""
    rows = _LAST_CALLS.rows(team.pk, contact_ids)
    return {contact_id: {"outcome": outcome_tag(*ends)} for contact_id, *ends in rows}


def _last_calls(team_id: Any, contact_ids: Any) -> QuerySet[Call, Any]:
    latest = Call.objects.filter(
        team=team_id, contact__any=contact_ids, started_or_created_at=F("contact__last_call_at")
    )
    return latest.order_by("id").values_list("contact_id", "status", "outcome")


_LAST_CALLS = Statement(_last_calls, models.UUIDField(), IdsField())
