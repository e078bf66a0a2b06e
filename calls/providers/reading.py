"""Reading what platforms send: whatever is missing, or is not what it should be, is not said."""

import datetime as dt
import json
import math
import re
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

_DIGITS = re.compile(r"[0-9]{1,20}")
#: What no database stores as text: NUL, and halves of a pair cut in two.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Unreadable(Exception):
    """The body is not what this platform sends; the text says why, without quoting it."""


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in the body; raises Unreadable."""
    try:
        data = orjson.loads(body)
        is_storable = b"\\u0000" not in body
    except orjson.JSONDecodeError:
        # A text cut within an emoji is not JSON by the book, but it comes.
        data, is_storable = _read_loosely(body), False
    if not isinstance(data, dict):
        raise Unreadable("The body is no JSON object.")
    try:
        return data if is_storable else _storable(data)
    except RecursionError as error:
        raise Unreadable("The body is no event: it is nested too deep.") from error


def _read_loosely(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=lambda _name: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON.") from error


def _storable(value: Any) -> Any:
    match value:
        case str():
            return _UNSTORABLE.sub("", value)
        case list():
            return [_storable(each) for each in value]
        case dict():
            return {_storable(key): _storable(each) for key, each in value.items()}
    return value


def dig(data: Any, *path: str) -> Any:
    """Return what lies there, or None."""
    for name in path:
        if not isinstance(data, dict):
            return None
        data = data.get(name)
    return data


def text(data: Any, *path: str) -> str:
    """Return the text, or the number as text, that lies there; else ""."""
    found = dig(data, *path)
    if isinstance(found, str):
        return found.strip()
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


def mapping(data: Any, *path: str) -> dict[str, Any]:
    """Return the object that lies there, or an empty one."""
    found = dig(data, *path)
    return found if isinstance(found, dict) else {}


def objects(data: Any, *path: str) -> list[dict[str, Any]]:
    """Return the objects in the list that lies there."""
    found = dig(data, *path)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def number(data: Any, *path: str) -> float | None:
    """Return the number that lies there, written as a text maybe; else None."""
    found = dig(data, *path)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        value = float(found)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def money(data: Any, *path: str) -> Decimal | None:
    """Return the amount that lies there."""
    found = number(data, *path)
    return None if found is None else Decimal(str(found))


def flag(data: Any, *path: str) -> bool | None:
    """Return whether it is so; None where nobody says."""
    found = dig(data, *path)
    if isinstance(found, str):
        return {"true": True, "false": False}.get(found.strip().lower())
    return found if isinstance(found, bool) else None


def moment(data: Any, *path: str, unit: float = 1.0) -> dt.datetime | None:
    """Return the time that lies there: ISO 8601, RFC 2822, or a count of `unit` seconds."""
    found = dig(data, *path)
    if isinstance(found, str) and not _DIGITS.fullmatch(found):
        return _parse_time(found)
    count = number(data, *path)
    if count is None:
        return None
    try:
        return dt.datetime.fromtimestamp(count * unit, tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


MILLISECONDS = 0.001


def _parse_time(written: str) -> dt.datetime | None:
    for parse in (dt.datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = parse(written)
        except ValueError:
            continue
        return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    return None


def turn(
    speaker: str, said: str, start: float | None = None, end: float | None = None
) -> dict[str, Any]:
    """Return a turn; where its times make no sense it has none."""
    start = start if start is not None and start >= 0 else None
    end = end if end is not None and start is not None and end >= start else None
    return {"speaker": speaker, "text": said, "startSeconds": start, "endSeconds": end}
