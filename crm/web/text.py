"""How times, durations, numbers and people are written on a page. Pure functions.

They return plain text, or markup that is safe to print as it is. Lists call them once a row in
Python, because a template tag in a row costs more than the row.
"""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from crm import normalize
from crm.normalize.search import fold

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: How many letters of tags the column has room for, and what a tag's edges take of it.
TAG_LETTERS, TAG_EDGES = 17, 2.5
DASH = mark_safe('<span class="none"><span class="visually-hidden">empty</span></span>')

# Reading a number's region is the dearest thing in a row; lists show the same numbers again.
phone = lru_cache(maxsize=8192)(normalize.display_phone)


def initials(first: str, last: str = "") -> str:
    """Return up to two capital letters; a single name is split at its spaces."""
    if not last:
        first, _, last = first.strip().rpartition(" ")
    return (first.strip()[:1] + last.strip()[:1]).upper()


def duration(seconds: float | None) -> str:
    """Return `m:ss` or `h:mm:ss`; an unknown duration is an empty string."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def spoken_duration(seconds: float) -> str:
    """Return a duration in words for a screen reader: `4 minutes 12 seconds`."""
    minutes, rest = divmod(round(seconds), 60)
    parts = [_plural(minutes, "minute")] if minutes else []
    return " ".join([*parts, _plural(rest, "second")])


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def exact_time(moment: dt.datetime) -> str:
    """Return `Tue 24 Nov 2026, 12:40 CET` in the active timezone."""
    return _exact(timezone.localtime(moment))


def _exact(local: dt.datetime) -> str:
    return f"{DAYS[local.weekday()]} {_date(local, year=True)}, {local:%H:%M %Z}"


def day_text(moment: dt.datetime, now: dt.datetime) -> str:
    """Return `Today`, `Yesterday`, `Fri 20 Nov` or, for another year, `Fri 20 Nov 2025`."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    days = (today.date() - local.date()).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    return f"{DAYS[local.weekday()]} {_date(local, year=local.year != today.year)}"


def when_text(moment: dt.datetime, now: dt.datetime) -> str:
    """Return how long ago, as short as a table cell needs: `2 h ago`, `Yesterday`, `22 Nov`."""
    seconds = (now - moment).total_seconds()
    if 0 <= seconds < 60:
        return "Just now"
    if 0 <= seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    local, today = timezone.localtime(moment), timezone.localtime(now)
    days = (today.date() - local.date()).days
    if days == 0 and seconds > 0:
        return f"{int(seconds // 3600)} h ago"
    if days == 1:
        return "Yesterday"
    return _date(local, year=local.year != today.year)


def since_text(moment: dt.datetime, now: dt.datetime) -> str:
    """Return how long ago, in words: `2 hours ago`, `Yesterday`, `Fri 20 Nov`."""
    seconds = (now - moment).total_seconds()
    if 60 <= seconds < 3600:
        return f"{_plural(int(seconds // 60), 'minute')} ago"
    if seconds >= 3600 and day_text(moment, now) == "Today":
        return f"{_plural(int(seconds // 3600), 'hour')} ago"
    return "Just now" if 0 <= seconds < 60 else day_text(moment, now)


def time_tag(moment: dt.datetime | None, now: dt.datetime, text: str = "") -> SafeString:
    """Return a <time> that shows how long ago, and the exact time on hover; None is a dash."""
    if moment is None:
        return DASH
    shown = escape(text) if text else when_text(moment, now)
    opening = _time_opening(moment, timezone.get_current_timezone())
    return SafeString(f"{opening}{shown}</time>")


# A list is looked at again and again, and its times stay.
@lru_cache(maxsize=8192)
def _time_opening(moment: dt.datetime, zone: dt.tzinfo) -> str:
    stamp = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f'<time datetime="{stamp}" title="{_exact(moment.astimezone(zone))}">'


def name_cell(initials: str, name: str, url: str) -> SafeString:
    """Return what stands first in a row: a disc, and the name that leads to the record."""
    return mark_safe(  # noqa: S308
        f'<span class="row-name"><span class="disc" aria-hidden="true">{escape(initials)}</span>'
        f'<a class="truncate" data-panel href="{url}">{escape(name)}</a></span>'
    )


@lru_cache(maxsize=256)
def status_tag(value: str, label: str) -> SafeString:
    """Return a lead status as its glyph and its word."""
    return format_html(
        '<span class="status is-{0}"><svg aria-hidden="true"><use href="#s-{0}"/></svg>{1}</span>',
        value,
        label,
    )


def tag_list(tags: Sequence[tuple[str, int]]) -> SafeString:
    """Return tags (name and colour 0 to 9) as they stand in a row: those that it has room for, and
    how many more there are.
    """
    shown = _fitting(tags)
    markup = "".join(_tag(name, color) for name, color in tags[:shown])
    return mark_safe(markup + _more_tags([name for name, _color in tags[shown:]]))  # noqa: S308


def _fitting(tags: Sequence[tuple[str, int]]) -> int:
    room: float = TAG_LETTERS
    for place, (name, _color) in enumerate(tags):
        room -= len(name) + TAG_EDGES
        if room < 0:
            return max(place, 1)
    return len(tags)


def _more_tags(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f'<span class="more-tags" title="{escape(", ".join(names))}">+{len(names)}</span>'


@lru_cache(maxsize=4096)
def _tag(name: str, color: int) -> SafeString:
    return format_html('<span class="tag tag-{}">{}</span>', color, name)


def host(website: str) -> str:
    """Return a stored website without what every one has: `acme.com`, `acme.com/berlin`."""
    return website.partition("://")[2].removeprefix("www.")


def clock(moment: dt.datetime) -> str:
    """Return `13:20` in the active timezone."""
    return f"{timezone.localtime(moment):%H:%M}"


def date(day: dt.date) -> str:
    """Return `24 Nov 2026`."""
    return _date(day, year=True)


def _date(local: dt.date, *, year: bool) -> str:
    text = f"{local.day} {MONTHS[local.month - 1]}"
    return f"{text} {local.year}" if year else text


def highlight(text: str, terms: list[str], *, to_word_end: bool = False) -> SafeString:
    """Return `text` escaped, every occurrence of a term in <mark>, as loosely as searches find.

    A term can be what several words begin with; `to_word_end` marks what follows of the word, too.
    """
    parts: list[str] = []
    end = 0
    for start, found in _found(text, [_fold(term)[0] for term in terms]):
        stop = found
        if start < end:
            continue
        while to_word_end and stop < len(text) and text[stop].isalpha():
            stop += 1
        parts += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308


def _found(text: str, terms: list[str]) -> list[tuple[int, int]]:
    """Return the places of the terms, in order and merged where they touch."""
    folded, origin = _fold(text)
    places = sorted(
        (origin[start], origin[start + len(term) - 1] + 1)
        for term in terms
        if term
        for start in _starts(folded, term)
    )
    merged: list[tuple[int, int]] = []
    for start, stop in places:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _fold(text: str) -> tuple[str, list[int]]:
    """Return the text as searches see it, and for each of its letters where it came from."""
    letters: list[str] = []
    origin: list[int] = []
    for index, letter in enumerate(text):
        for part in fold(letter):
            letters.append(part)
            origin.append(index)
    return "".join(letters), origin


def _starts(text: str, term: str) -> list[int]:
    starts, start = [], text.find(term)
    while start >= 0:
        starts.append(start)
        start = text.find(term, start + 1)
    return starts
