"""Values as the API writes them, read exactly: ids, times, counts."""

import datetime as dt
import re
import uuid

UUID_PATTERN = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UUID = re.compile(UUID_PATTERN)
_COUNT = re.compile("[0-9]{1,10}")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)

BIGGEST_COUNT = 2**31 - 1
TIME_EXAMPLE = "2026-11-22T09:30:00Z"


def read_uuid(text: str) -> uuid.UUID:
    """Return the id that `text` spells with its dashes; raises ValueError otherwise."""
    if not _UUID.fullmatch(text):
        raise ValueError("not a UUID")
    return uuid.UUID(text)


def read_truth(text: str) -> bool:
    """Return what `true` or `false` says; raises ValueError otherwise."""
    if text not in ("true", "false"):
        raise ValueError("neither true nor false")
    return text == "true"


def read_count(text: str) -> int:
    """Return a number of at most 2,147,483,647 in plain digits; raises ValueError otherwise."""
    if not _COUNT.fullmatch(text) or int(text) > BIGGEST_COUNT:
        raise ValueError("not a count")
    return int(text)


def read_time(text: str) -> dt.datetime:
    """Return the moment, in UTC, of an ISO 8601 time with its offset; raises ValueError otherwise.

    A time without an offset is refused: it would be somebody's local time, and nobody knows whose.
    """
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError("not a time with an offset")
    date, time, fraction, offset = match.groups()
    micros = (fraction or "").ljust(6, "0")[:6]
    moment = dt.datetime.fromisoformat(f"{date}T{time}.{micros}{offset.upper()}")
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError("not a time of our calendar") from error
