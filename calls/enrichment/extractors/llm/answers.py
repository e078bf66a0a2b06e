"""Reads a model's answer: whatever is not as asked is left out, piece by piece."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

from django.core.exceptions import ValidationError

from calls.enrichment import findings
from calls.enrichment.findings import (
    Conversation,
    Digest,
    Finding,
    NextStep,
    Suggestion,
    TargetField,
)
from calls.models import Outcome, Sentiment
from crm import normalize
from crm.records.values import TYPES, FieldType, Value

#: Who wrote the summary of a model's answer.
BY_MODEL = "model"
_LONGEST_SUMMARY = 4_000
_LONGEST_LABEL = 60
_MOST_SUGGESTIONS = 10


def read_findings(
    answer: dict[str, Any], conversation: Conversation, fields: Sequence[TargetField]
) -> Iterator[Finding]:
    """Return the findings that are of a declared field and of its type; the proof comes after."""
    declared = {field.key: field for field in fields}
    for entry in _list(answer, "fields"):
        key = entry.get("key")
        field = declared.get(key) if isinstance(key, str) else None
        turn, confirmed = entry.get("turn"), entry.get("confirmed_turn")
        quote = entry.get("quote")
        if field is None or not _is_index(turn) or not isinstance(quote, str):
            continue
        if confirmed is not None and not _is_index(confirmed):
            continue
        value = read_value(entry.get("value"), field, conversation.region)
        if value is not None:
            yield Finding(field.key, value, quote, turn, confirmed, _confidence(entry))


def read_value(value: Any, field: TargetField, region: str) -> Value | None:
    """Return a value in the stored form of the field's type, None where it has none."""
    try:
        return _typed(value, field, region)
    except (ValidationError, normalize.NormalizeError):
        return None


def _typed(value: Any, field: TargetField, region: str) -> Value | None:
    if field.type == FieldType.BOOLEAN or isinstance(value, bool):
        return value if field.type == FieldType.BOOLEAN and isinstance(value, bool) else None
    if field.type == FieldType.NUMBER and isinstance(value, int | float):
        return TYPES[FieldType.NUMBER].read(value)
    if not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if field.type == findings.EMAIL:
        return normalize.email(text) or None
    if field.type == findings.PHONE:
        return normalize.phone(text, region) or None
    return TYPES[field.type].parse(text, field.options, region)


def read_suggestions(
    answer: dict[str, Any], conversation: Conversation, flagged: Sequence[int]
) -> list[Suggestion]:
    """Return the facts without a field whose words the contact said."""
    found = []
    for entry in _list(answer, "new_facts")[:_MOST_SUGGESTIONS]:
        label, value, quote = (_line(entry, name) for name in ("label", "value", "quote"))
        turn = entry.get("turn")
        if not (label and value and quote) or not _is_index(turn) or len(label) > _LONGEST_LABEL:
            continue
        if turn >= len(conversation.turns) or turn in flagged:
            continue
        said = conversation.turns[turn]
        if said.is_contacts and quote in said.text and value.casefold() in quote.casefold():
            found.append(Suggestion(label, value, quote, turn))
    return found


def read_digest(answer: dict[str, Any], conversation: Conversation) -> Digest:
    """Return the summary and what else the model says of the call as a whole."""
    summary = answer.get("summary")
    outcome, sentiment = answer.get("outcome"), answer.get("sentiment")
    success = answer.get("success")
    text = summary.strip()[:_LONGEST_SUMMARY] if isinstance(summary, str) else ""
    return Digest(
        summary=text.replace("\x00", ""),
        summary_by=BY_MODEL if text else "",
        outcome=Outcome(outcome) if outcome in Outcome.values else Outcome.UNKNOWN,
        sentiment=Sentiment(sentiment) if sentiment in Sentiment.values else None,
        success=success if isinstance(success, bool) else None,
        next_step=_next_step(answer.get("next_step"), conversation),
    )


def _next_step(entry: Any, conversation: Conversation) -> NextStep | None:
    if not isinstance(entry, dict):
        return None
    text, turn = _line(entry, "text"), entry.get("turn")
    if not text or not _is_index(turn) or turn >= len(conversation.turns):
        return None
    try:
        date = dt.date.fromisoformat(str(entry.get("date")))
    except ValueError:
        return NextStep(text, turn)
    return NextStep(text, turn, date if date >= conversation.day else None)


def _list(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = answer.get(name)
    return (
        [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )


def _line(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    try:
        return normalize.clean_line(value)[:500] if isinstance(value, str) else ""
    except normalize.NormalizeError:
        return ""


def _is_index(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _confidence(entry: dict[str, Any]) -> float:
    value = entry.get("confidence")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.5
    return min(1.0, max(0.0, float(value)))
