"""What a custom field may hold, by its type: how a value is read, stored and shown.

A value is stored as JSON: a text, a number, true or false, a date as `2026-11-22`, an option by its
name. `read` takes what a program sends and is strict; `parse` takes what a person types or a file
holds and is not. Both answer None for nothing, and raise ValidationError with a sentence.
`write` returns a text that `parse` reads as the same value.
"""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from crm import normalize
from crm.normalize.text import quote

type Value = str | int | float | bool

LONGEST_LINE = 500
LONGEST_TEXT = 20_000
MOST_DIGITS = 15
MOST_TYPED = 1000
SMALLEST_IN_DIGITS = 1e-9


class FieldType(models.TextChoices):
    """What kind of value a custom field holds."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    DATE = "date", "Date"
    BOOLEAN = "boolean", "Yes or no"
    SELECT = "select", "Choice"
    TEXTAREA = "textarea", "Long text"


class ValueType:
    """One type of value. A subclass says how it differs from a text."""

    def read(self, value: Any, options: Sequence[str] = ()) -> Value | None:
        """Return the stored form of a JSON value."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise ValidationError("Must be a text.", code="invalid")
        return self.parse(value, options)

    def parse(self, text: str, options: Sequence[str] = (), region: str = "") -> Value | None:
        """Return the stored form of a typed text; `region` says how dates are written there."""
        raise NotImplementedError

    def read_text(self, text: str, options: Sequence[str] = ()) -> Value | None:
        """Return the stored form of a value in an address, spelled as in JSON; strict as `read`."""
        return self.read(text, options)

    def write(self, value: Any) -> str:
        """Return the value as a text that `parse` reads."""
        return str(value)

    def show(self, value: Any) -> str:
        """Return the value as people read it."""
        return self.write(value)


class Text(ValueType):
    """One line."""

    longest = LONGEST_LINE

    def parse(self, text: str, options: Sequence[str] = (), region: str = "") -> str | None:
        """Return the cleaned text."""
        try:
            cleaned = self.clean(text)
        except normalize.NormalizeError as error:
            raise ValidationError(error.message, code=error.code) from error
        if len(cleaned) > self.longest:
            message = f"At most {self.longest:,} characters; this has {len(cleaned):,}."
            raise ValidationError(message, code="max_length")
        return cleaned or None

    def clean(self, text: str) -> str:
        """Return the text in its form; raises NormalizeError."""
        return normalize.clean_line(text)


class LongText(Text):
    """Many lines."""

    longest = LONGEST_TEXT

    def clean(self, text: str) -> str:
        """Return the text in its form; raises NormalizeError."""
        return normalize.clean_text(text)


_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([,.' ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_SPACES = str.maketrans("\u00a0\u2007\u202f\u2009\u2019", "    '")


class Number(ValueType):
    """A number of at most 15 digits, which is what every program can hold exactly."""

    def read(self, value: Any, options: Sequence[str] = ()) -> Value | None:
        """Return the number."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Must be a number.", code="invalid")
        return self._bounded(value)

    def read_text(self, text: str, options: Sequence[str] = ()) -> Value | None:
        """Return the number of its plain digits."""
        if not _PLAIN.fullmatch(text):
            raise ValidationError("Must be a number, such as 1234.5.", code="invalid")
        return self.parse(text)

    def parse(self, text: str, options: Sequence[str] = (), region: str = "") -> Value | None:
        """Return the number: `1234.5`, `1,234.50`, `1.234,50`, `1 234,5`."""
        if text.isdecimal() and text.isascii() and len(text) <= MOST_DIGITS:
            return int(text)
        typed = text.translate(_SPACES).strip()
        if not typed:
            return None
        plain = _plain_number(typed)
        if plain is None:
            raise ValidationError(f"{quote(text.strip())} is not a number.", code="invalid")
        # Python refuses to make an integer of thousands of digits.
        is_whole = len(plain) < MOST_TYPED and not set(plain) & set(".eE")
        return self._bounded(int(plain) if is_whole else float(plain))

    def write(self, value: Any) -> str:
        """Return the number in plain digits."""
        is_tiny = value and abs(value) < SMALLEST_IN_DIGITS
        return repr(value) if is_tiny else format(Decimal(repr(value)), "f")

    def show(self, value: Any) -> str:
        """Return the number with commas between its thousands."""
        whole, point, rest = self.write(value).partition(".")
        return (
            f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdigit() else whole + point + rest
        )

    def _bounded(self, value: int | float) -> int | float:
        if isinstance(value, float) and not math.isfinite(value):
            raise ValidationError("This number is too large.", code="max_value")
        if abs(value) >= 10**MOST_DIGITS:
            message = f"A number has at most {MOST_DIGITS} digits before its point."
            raise ValidationError(message, code="max_value")
        if isinstance(value, float):
            value = float(f"{value:.{MOST_DIGITS}g}")
            return int(value) if value.is_integer() else value
        return value


def _plain_number(typed: str) -> str | None:
    """Return the number as Python reads it, or None where it could mean anything or nothing."""
    if _PLAIN.fullmatch(typed):
        return typed
    if match := _GROUPED.fullmatch(typed):
        whole = typed.replace(match[1], "")
        return whole.replace(",", ".") if match[1] != "," else whole
    return typed.replace(",", ".") if _COMMA.fullmatch(typed) else None


_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ].*)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d\d?)[/.](\d\d?)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d\d?)([/.-])(\d\d?)\2(\d{4})(?:,? \d\d?:\d\d.*)?", re.ASCII)
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_MONTHS = (
    ("jan",), ("feb",), ("mar", "mär"), ("apr",), ("may", "mai"), ("jun",),
    ("jul",), ("aug",), ("sep",), ("oct", "okt"), ("nov",), ("dec", "dez"),
)  # fmt: skip
# Where the month is written before the day.
_MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "VI", "AS", "FM", "MH", "PW"})
#: A region for those who know how dates are written, but not where.
DAY_FIRST, MONTH_FIRST = "GB", "US"


class Date(ValueType):
    """A day of the calendar."""

    def read(self, value: Any, options: Sequence[str] = ()) -> Value | None:
        """Return the day; a program spells it in ISO 8601."""
        if value is None or value == "":
            return None
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise ValidationError("Must be a date such as 2026-11-22.", code="invalid")
        return _day(value, *map(int, value.split("-")))

    def parse(self, text: str, options: Sequence[str] = (), region: str = "") -> Value | None:
        """Return the day: `2026-11-22`, `22.11.2026`, `11/22/2026`, `22 Nov 2026`."""
        typed = " ".join(text.split())
        if not typed:
            return None
        if match := _ISO.fullmatch(typed) or _YEAR_FIRST.fullmatch(typed):
            return _day(typed, *map(int, match.groups()))
        if match := _YEAR_LAST.fullmatch(typed):
            return self._of_digits(typed, match, region)
        return self._of_words(typed)

    def show(self, value: Any) -> str:
        """Return the day as `22 Nov 2026`."""
        day = dt.date.fromisoformat(value)
        return f"{day.day} {_MONTHS[day.month - 1][0].capitalize()} {day.year}"

    def order_of(self, text: str) -> str | None:
        """Return how this date is written: DAY_FIRST, MONTH_FIRST, or "" where it may be either.

        None where the text is no such date, or means one day both ways.
        """
        match = _YEAR_LAST.fullmatch(text.strip())
        if match is None or match[2] == "." or match[1] == match[3]:
            return None
        first, second = int(match[1]), int(match[3])
        if min(first, second) > 12:
            return None
        return "" if max(first, second) <= 12 else MONTH_FIRST if first <= 12 else DAY_FIRST

    def _of_digits(self, typed: str, match: re.Match[str], region: str) -> str:
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if match[2] == "." or first > 12 or first == second:
            return _day(typed, year, second, first)
        if second > 12 or (region and region in _MONTH_FIRST):
            return _day(typed, year, first, second)
        if region:
            return _day(typed, year, second, first)
        message = f"Which part of {quote(typed)} is the day? Put the year first: {year}-11-22."
        raise ValidationError(message, code="ambiguous")

    def _of_words(self, typed: str) -> str:
        words = [word for word in _WORDS.findall(typed) if word.lower() not in _ORDINALS]
        months = [n for word in words if (n := _month(word))]
        short = [word for word in words if word.isdecimal() and word.isascii() and len(word) <= 4]
        numbers = [int(word) for word in short]
        days = [n for n in numbers if n <= 31]
        years = [n for n in numbers if 1000 <= n <= 9999]
        if len(words) != 3 or not (len(months) == len(days) == len(years) == 1):
            raise ValidationError(f"{quote(typed)} is not a date.", code="invalid")
        return _day(typed, years[0], months[0], days[0])


_ORDINALS = frozenset({"st", "nd", "rd", "th", "of"})


def _month(word: str) -> int:
    """Return the number of a month's name in English or German, 0 where it is none."""
    start = word.lower()[:3]
    return next((n for n, starts in enumerate(_MONTHS, 1) if start in starts), 0)


def _day(typed: str, year: int, month: int, day: int) -> str:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError as error:
        message = f"There is no day {quote(typed)} in the calendar."
        raise ValidationError(message, code="invalid") from error


class YesNo(ValueType):
    """Yes or no; not known is neither."""

    YES = frozenset({"yes", "y", "true", "t", "1", "on", "x", "ja", "wahr", "✓"})
    NO = frozenset({"no", "n", "false", "f", "0", "off", "nein", "falsch"})

    def read(self, value: Any, options: Sequence[str] = ()) -> Value | None:
        """Return the truth value."""
        if value is None or isinstance(value, bool):
            return value
        raise ValidationError("Must be true or false.", code="invalid")

    def read_text(self, text: str, options: Sequence[str] = ()) -> Value | None:
        """Return what `true` or `false` says."""
        return self.read({"true": True, "false": False}.get(text, text))

    def parse(self, text: str, options: Sequence[str] = (), region: str = "") -> Value | None:
        """Return what the word says."""
        word = text.strip().casefold()
        if not word:
            return None
        if word not in self.YES | self.NO:
            raise ValidationError(f"{quote(text.strip())} is neither yes nor no.", code="invalid")
        return word in self.YES

    def write(self, value: Any) -> str:
        """Return the word."""
        return "Yes" if value else "No"


class Choice(ValueType):
    """One of the field's options."""

    def parse(self, text: str, options: Sequence[str] = (), region: str = "") -> Value | None:
        """Return the option of this name, whatever the case and spacing of the text."""
        key = _key(text)
        if not key:
            return None
        for option in options:
            if _key(option) == key:
                return option
        known = ", ".join(options) or "there is none yet"
        message = f"{quote(text.strip())} is not one of the options: {known}."
        raise ValidationError(message, code="invalid_choice")


@lru_cache(4096)
def _key(text: str) -> str:
    try:
        return normalize.name_key(text)
    except normalize.NormalizeError as error:
        raise ValidationError(error.message, code=error.code) from error


DATE = Date()
TYPES: Mapping[str, ValueType] = {
    FieldType.TEXT: Text(),
    FieldType.NUMBER: Number(),
    FieldType.DATE: DATE,
    FieldType.BOOLEAN: YesNo(),
    FieldType.SELECT: Choice(),
    FieldType.TEXTAREA: LongText(),
}
