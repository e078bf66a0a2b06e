"""Turns of a transcript: {speaker, text, startSeconds, endSeconds}, in spoken order."""

from typing import Any

from django.core.exceptions import ValidationError

from calls.models import Speaker
from crm import normalize

MAX_TURNS = 5000
MAX_TEXT = 20_000
LONGEST = 10**7  # seconds
KEYS = ("speaker", "text", "startSeconds", "endSeconds")


def clean_turns(turns: object) -> list[dict[str, Any]]:
    """Return the turns in their stored form; seconds count from the call's start and may be None.

    Raises ValidationError that says which turn is wrong, and how.
    """
    if not isinstance(turns, list):
        raise ValidationError("A transcript is a list of turns.", code="invalid")
    if len(turns) > MAX_TURNS:
        raise ValidationError(f"A transcript has at most {MAX_TURNS:,} turns.", code="max_length")
    return [_clean_turn(turn, number) for number, turn in enumerate(turns, 1)]


def _clean_turn(turn: object, number: int) -> dict[str, Any]:
    if not isinstance(turn, dict):
        raise _wrong(number, "is not an object with a speaker and a text")
    if unknown := sorted(set(turn) - set(KEYS)):
        raise _wrong(number, f"has an unknown key “{unknown[0]}”")
    if turn.get("speaker") not in Speaker.values:
        raise _wrong(number, f"needs a speaker: one of {', '.join(Speaker.values)}")
    start, end = _seconds(turn, "startSeconds", number), _seconds(turn, "endSeconds", number)
    if start is not None and end is not None and end < start:
        raise _wrong(number, "ends before it starts")
    text = _text(turn, number)
    return {"speaker": turn["speaker"], "text": text, "startSeconds": start, "endSeconds": end}


def _text(turn: dict[str, Any], number: int) -> str:
    text = turn.get("text")
    if not isinstance(text, str):
        raise _wrong(number, "needs a text")
    if len(text) > MAX_TEXT:
        raise _wrong(number, f"is longer than {MAX_TEXT:,} characters")
    try:
        return normalize.clean_text(text)
    except normalize.NormalizeError as error:
        raise _wrong(number, f"cannot be stored: {error.message}") from error


def _seconds(turn: dict[str, Any], key: str, number: int) -> float | None:
    value = turn.get(key)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value < LONGEST:
        raise _wrong(number, f"has no count of seconds as {key}")
    return round(float(value), 3)


def _wrong(number: int, what: str) -> ValidationError:
    return ValidationError(f"Turn {number} {what}.", code="invalid_turn")


def in_order(turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return stored turns with their keys in one order: PostgreSQL sorts a JSON object's keys."""
    return [{key: turn.get(key) for key in KEYS} for turn in turns]


def words_of(turns: list[dict[str, Any]]) -> str:
    """Return what search looks through."""
    return normalize.search_text(*(turn["text"] for turn in turns))
