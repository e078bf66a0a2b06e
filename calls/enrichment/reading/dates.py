"""Days as people say them, reckoned from the day of the call, in English and German."""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError

from calls.enrichment.reading.calendar_words import (
    MONTHS,
    ORDINALS,
    WEEKDAYS,
    count,
    spoken_year,
)
from calls.enrichment.reading.numbers import SMALL
from calls.enrichment.reading.patterns import sections
from calls.enrichment.reading.words import Reading, without_overlaps
from crm.records.values import TYPES, FieldType

type Reckon = Callable[[re.Match[str], dt.date, str], dt.date | None]


def find_dates(text: str, day: dt.date, region: str = "") -> list[Reading]:
    """Return the days that a text names, as ISO dates; `day` is the day it was said on."""
    lowered = text.lower()
    found = []
    for pattern, reckon in _FORMS:
        for match in pattern.finditer(lowered):
            named = reckon(match, day, region)
            if named is not None:
                found.append(Reading(named.isoformat(), match.start(), match.end()))
    return _without_weekdays(without_overlaps(found), lowered)


def _without_weekdays(found: list[Reading], text: str) -> list[Reading]:
    """Return the days without the weekday that is only said along with one: "Sunday the 10th"."""
    kept = []
    for n, reading in enumerate(found):
        following = found[n + 1] if n + 1 < len(found) else None
        between = text[reading.end : following.start] if following else "-"
        is_weekday = (
            text[reading.start : reading.end].rsplit(maxsplit=1)[-1].rstrip("s") in _WEEKDAY_STEMS
        )
        if not (is_weekday and following and re.fullmatch(r",?\s*(?:den|dem|on)?\s*", between)):
            kept.append(reading)
    return kept


_WEEKDAY_STEMS = frozenset(name.rstrip("s") for name in WEEKDAYS)


def _safe(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _add_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _day_number(word: str) -> int:
    word = word.strip()
    if word in ORDINALS:
        return ORDINALS[word]
    return int(re.match(r"\d+", word)[0])  # type: ignore[index]


def _month_number(word: str) -> int:
    return MONTHS[word.strip().rstrip(".")]


def _year_number(words: str | None, day: dt.date) -> int | None:
    """Return the year that is named, None where none is."""
    if not words:
        return None
    words = words.strip().strip(",").strip()
    if words[:4].isdecimal():
        return int(words[:4])
    if words.startswith(("this", "dieses")):
        return day.year
    if words.startswith(("next", "nächsten")):
        return day.year + 1
    return spoken_year(words)


def _soonest(day: dt.date, month: int, of_month: int) -> dt.date | None:
    """Return the next such day from the day of the call on."""
    found = _safe(day.year, month, of_month)
    if found is None or found < day:
        found = _safe(day.year + 1, month, of_month)
    return found


def _of_month(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    month, of_month = _month_number(match["month"]), _day_number(match["day"])
    spelled = match["year"]
    year = _year_number(spelled, day)
    if spelled and year is None:
        return None
    return _safe(year, month, of_month) if year else _soonest(day, month, of_month)


def _of_numbered_month(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    return _safe(int(match["year"]), _day_number(match["month"]), _day_number(match["day"]))


def _in_this_month(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    base = _add_months(day.replace(day=1), 1 if match["next"] else 0)
    return _safe(base.year, base.month, _day_number(match["day"]))


def _bare_day(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    of_month = _day_number(match["day"])
    base = day.replace(day=1)
    for months in range(3):
        month = _add_months(base, months)
        found = _safe(month.year, month.month, of_month)
        if found and found >= day:
            return found
    return None


def _month_edge(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    month = _month_number(match["month"])
    year = _year_number(match["year"], day)
    if year is None:
        year = day.year if _month_end(day.year, month) >= day else day.year + 1
    return _edge(match["edge"], dt.date(year, month, 1), _month_end(year, month))


def _period_edge(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    period, ahead = match["period"], bool(match["next"])
    if period.startswith(("week", "woche")):
        monday = day - dt.timedelta(days=day.weekday()) + dt.timedelta(days=7 * ahead)
        return _edge(match["edge"], monday, monday + dt.timedelta(days=4))
    if period.startswith(("year", "jahr")):
        year = day.year + ahead
        return _edge(match["edge"], dt.date(year, 1, 1), dt.date(year, 12, 31))
    if period.startswith(("quarter", "quartal")):
        first = _add_months(dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3 * ahead)
        return _edge(match["edge"], first, _month_end(first.year, first.month + 2))
    first = _add_months(day.replace(day=1), ahead)
    return _edge(match["edge"], first, _month_end(first.year, first.month))


def _edge(word: str, first: dt.date, last: dt.date) -> dt.date:
    if word.startswith(("end", "last", "letzt")):
        return last
    if word.startswith(("mid", "mitte")):
        return (
            first + dt.timedelta(days=14)
            if (last - first).days < 40
            else last.replace(month=last.month - 6, day=1)
        )
    return first


def _weekday(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    """Return the day of the week that is meant: "Thursday", "next Thursday", "Thursday next week".

    "Next" skips the days of this week that are still to come but one says simply by their name.
    """
    name = match["weekday"]
    wanted = WEEKDAYS.get(name, WEEKDAYS.get(name.rstrip("s"), 0))
    ahead = (wanted - day.weekday()) % 7 or 7
    which = f"{match['before'] or ''} {match['after'] or ''}"
    is_next = re.search(r"next|following|nächst|übernächst|week after", which)
    if is_next and wanted > day.weekday():
        ahead += 7
    if "week" in which and "from" in which:
        ahead += 7
    return day + dt.timedelta(days=ahead)


def _after_days(days: int) -> Reckon:
    return lambda match, day, region: day + dt.timedelta(days=days)


def _in_units(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    number, unit = count(match["count"]), match["unit"]
    if number > 400:
        return None
    if unit.startswith(("month", "monat")):
        return _add_months(day, number)
    if unit.startswith(("year", "jahr")):
        return _add_months(day, 12 * number)
    if unit.startswith(("fortnight",)):
        return day + dt.timedelta(days=14 * number)
    size = 7 if unit.startswith(("week", "woche")) else 1
    return day + dt.timedelta(days=size * number)


def _of_digits(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    parts = re.split(r"\D+", match[0].strip())
    separator = "." if "." in match[0] else "/"
    for where in (region, "GB"):
        try:
            read = TYPES[FieldType.DATE].parse(separator.join(parts), region=where)
        except ValidationError:
            continue
        return dt.date.fromisoformat(str(read))
    return None


def _iso(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    return _safe(*(int(part) for part in match[0].split("-")))


def _short_digits(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    """Return the day of "31.12." or, with a slash, of "6/20"."""
    first, second = int(match[1]), int(match[3])
    month_first = match[2] == "/" and (second > 12 or (region == "US" and first <= 12))
    month, of_month = (first, second) if month_first else (second, first)
    return _soonest(day, month, of_month) if 1 <= month <= 12 else None


def _year_end(match: re.Match[str], day: dt.date, region: str) -> dt.date | None:
    return dt.date(day.year, 12, 31)


def _any(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(name) for name in longest_first)


_PARTS = {
    "MONTH": rf"(?:{_any(MONTHS)})\b\.?",
    "WEEKDAY": rf"(?:{_any(WEEKDAYS)})s?\b",
    "ORDINAL": rf"(?:{_any(ORDINALS)})\b",
    "SMALL": _any(word for word, n in SMALL.items() if 0 < n <= 31),
    "SPOKEN_YEAR": (
        r"(?:twenty|nineteen|two thousand(?: and)?|zweitausend)(?:[ -](?:and )?[a-zäöü]+"
        r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)"
    ),
}
_RECKONED: dict[str, Reckon] = {
    "iso": _iso,
    "digits": _of_digits,
    "short digits": _short_digits,
    "of month": _of_month,
    "of numbered month": _of_numbered_month,
    "of this month": _in_this_month,
    "day": _bare_day,
    "edge of month": _month_edge,
    "edge of period": _period_edge,
    "weekday": _weekday,
    "today": _after_days(0),
    "tomorrow": _after_days(1),
    "in two days": _after_days(2),
    "in a week": _after_days(7),
    "ahead": _in_units,
    "end of year": _year_end,
}
_FORMS = [
    (re.compile(rf"(?<![\w$€-])(?:{pattern})"), _RECKONED[name])
    for name, patterns in sections("dates", _PARTS).items()
    for pattern in patterns
]
