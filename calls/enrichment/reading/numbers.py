"""Numbers in digits and words: `12,000`, `45k`, "two and a half thousand", "fünfundzwanzig"."""

import re
from collections.abc import Sequence
from itertools import pairwise

from django.core.exceptions import ValidationError

from calls.enrichment.reading.words import Reading, Word, words
from crm.records.values import TYPES, FieldType

_EN_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen
fourteen fifteen sixteen seventeen eighteen nineteen""".split()
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DE_UNITS = """null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn
fünfzehn sechzehn siebzehn achtzehn neunzehn""".split()
_DE_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()

#: The words below a hundred.
SMALL: dict[str, int] = {
    **{word: n for n, word in enumerate(_EN_UNITS)},
    **{word: n * 10 for n, word in enumerate(_EN_TENS, 2)},
    **{word: n for n, word in enumerate(_DE_UNITS)},
    **{word: n * 10 for n, word in enumerate(_DE_TENS, 2)},
    **dict.fromkeys(("eins", "eine", "einen", "einer", "einem"), 1),
    "zwo": 2,
    "dreissig": 30,
    "fourty": 40,
}
_SCALES = {
    "hundred": 100, "hundert": 100, "thousand": 1_000, "tausend": 1_000, "k": 1_000, "grand": 1_000,
    "million": 10**6, "millionen": 10**6, "mio": 10**6, "billion": 10**9, "milliarde": 10**9,
    "milliarden": 10**9, "m": 10**6,
}  # fmt: skip
_GROUPS = {"dozen": 12, "dutzend": 12, "couple": 2, "pair": 2}
_SINGLE = {"single": 1, "einzige": 1, "both": 2, "beide": 2, "anderthalb": 1.5, "eineinhalb": 1.5}
_ARTICLES = frozenset({"a", "an"})
_AND = frozenset({"and", "und"})
_HALF = frozenset({"half", "halb", "halbe"})
# "That one", "no one": no count. German "ein" is a count before a noun as rarely as English "a".
_NOT_ONE_AFTER = frozenset(
    """that this which another no any every some each the other first last next good nice cheaper
    better new old right wrong""".split()
)
_NOT_ONE_BEFORE = frozenset(
    {"of", "more", "moment", "second", "sec", "thing", "who", "that", "is", "way", "stop"}
)
_NEVER_ONE = frozenset({"ein", "eine", "einen", "einer", "einem"})
_TWO_AS_DIGIT_RUN = 3


def find_numbers(text: str) -> list[Reading]:
    """Return the numbers that count something: no times, dates, ordinals, phone numbers, codes."""
    found = _Scan(text).numbers()
    return [reading for reading in found if not _is_in_code(text, reading, found)]


def as_number(text: str) -> int | float | None:
    """Return the number that a text of digits spells, as a typed one would be read."""
    try:
        value = TYPES[FieldType.NUMBER].parse(text)
    except ValidationError:
        return None
    return value if isinstance(value, int | float) else None


def small_number(word: str) -> int | None:
    """Return the number below a hundred that one word says, in English or German."""
    if word in SMALL:
        return SMALL[word]
    first, joined, tens = word.partition("und")
    if joined and first in _DE_UNITS and tens in SMALL and SMALL[tens] >= 20:
        return _DE_UNITS.index(first) + SMALL[tens]
    return None


def german_number(word: str) -> int | None:
    """Return the number of one German word: `zweitausendfünfhundert`."""
    for scale, size in (("tausend", 1_000), ("hundert", 100)):
        head, found, tail = word.partition(scale)
        if found:
            times = german_number(head) if head else 1
            rest = german_number(tail.removeprefix("und")) if tail else 0
            return None if times is None or rest is None else times * size + rest
    return small_number(word)


class _Scan:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)
        self.at = 0

    def numbers(self) -> list[Reading]:
        found = []
        while self.at < len(self.words):
            begin = self.at
            value = self._number()
            if value is None:
                self.at = begin + 1
                continue
            last = self.words[self.at - 1]
            if not self._is_filler_one(begin):
                found.append(Reading(value, self.words[begin].start, last.end))
        return found

    def _key(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.words[at].key if at < len(self.words) else ""

    def _number(self) -> int | float | None:
        key = self._key()
        if key[:1].isdigit():
            return self._digits()
        if key in _ARTICLES or key in _HALF or key in _NEVER_ONE:
            return self._after_article()
        if key in _SINGLE:
            self.at += 1
            return self._scaled(_SINGLE[key])
        if key in _GROUPS or key in _SCALES:
            return None
        return self._spelled()

    def _digits(self) -> int | float | None:
        if self._is_glued():
            return None
        value = as_number(self._key())
        if value is None:
            return None
        self.at += 1
        return self._scaled(value)

    def _is_glued(self) -> bool:
        """Whether the digits belong to a time, a date, an ordinal, a code or a name."""
        word = self.words[self.at]
        before, after = self.text[: word.start], self.text[word.end :]
        if re.search(r"[\w@#:/]$|\d[-–.]$|[A-Za-z]-$", before):
            return True
        if re.match(r"[:/@]|[-–.]\d|%?[A-Za-z]", after):
            return not re.match(r"(?:k|m|mio|x|€)\b", after, re.IGNORECASE)
        return bool(re.match(r"\s?(?:am|pm|a\.m|p\.m|o'clock|uhr)\b", after, re.IGNORECASE))

    def _after_article(self) -> int | float | None:
        """Read "a hundred", "half a million", "a dozen", "a couple of"."""
        half = self._key() in _HALF
        ahead = 1
        if self._key(1) in _ARTICLES | _NEVER_ONE and half:
            ahead = 2
        elif self._key(1) in _HALF:
            half, ahead = True, 2
        unit = self._key(ahead)
        size = {**_SCALES, **_GROUPS}.get(unit)
        if size is None or unit in {"k", "m", "grand"} or (half and unit in {"couple", "pair"}):
            return None
        self.at += ahead + 1
        if half:
            return size / 2 if size % 2 else size // 2
        return size if unit in _GROUPS else self._below(size)

    def _spelled(self) -> int | float | None:
        value = self._below_hundred()
        if value is None:
            value = german_number(self._key())
            if value is None:
                return None
            self.at += 1
        return self._scaled(value)

    def _below_hundred(self) -> int | None:
        value = small_number(self._key())
        if value is None:
            return None
        self.at += 1
        if value >= 20 and value % 10 == 0:
            ahead = 1 if self._key() == "-" else 0
            unit = SMALL.get(self._key(ahead))
            if unit is not None and 0 < unit < 10:
                self.at += ahead + 1
                return value + unit
        return value

    def _scaled(self, value: float) -> int | float:
        """Read what multiplies the number: "hundred and six thousand", "and a half million"."""
        if self._key() in _AND and self._key(1) in _ARTICLES and self._key(2) in _HALF:
            self.at += 3
            value += 0.5
        if self._key() in _GROUPS and self._key() != "couple":
            self.at += 1
            return int(value * _GROUPS[self.words[self.at - 1].key])
        if self._key() == "m" and self.words[self.at].start > self.words[self.at - 1].end:
            return int(value) if float(value).is_integer() else value
        while self._key() in _SCALES:
            size = _SCALES[self._key()]
            self.at += 1
            value *= size
            value = self._below(value, size)
        if self._key() in _AND and self._key(1) in _ARTICLES and self._key(2) in _HALF:
            self.at += 3
            value *= 1.5
        return int(value) if float(value).is_integer() else value

    def _below(self, value: float, size: int | None = None) -> int | float:
        """Add what follows a scale and is smaller than it: "hundred and twenty"."""
        size = size or int(value)
        begin = self.at
        if self._key() in _AND:
            self.at += 1
        rest: float | None = self._below_hundred()
        while rest is not None and self._key() in _SCALES and _SCALES[self._key()] < size:
            inner = _SCALES[self._key()]
            self.at += 1
            rest = self._below(rest * inner, inner)
        if rest is None or rest >= size or rest == 0:
            self.at = begin
            return value
        return value + rest

    def _is_filler_one(self, begin: int) -> bool:
        if self.words[begin].key not in {"one", "single", "both", "beide"}:
            return False
        before = self.words[begin - 1].key if begin else ""
        if begin > 1 and self.words[begin - 2].key == "the" and not self._key().isalpha():
            return True  # the blue one
        after = self._key(1) if self._key() == "-" else self._key()
        return self.at - begin == 1 and (before in _NOT_ONE_AFTER or after in _NOT_ONE_BEFORE)


def _is_in_code(text: str, reading: Reading, found: Sequence[Reading]) -> bool:
    """Whether the number is a digit of a code that is read out: "four one five"."""
    return any(reading in run for run in _runs(text, found))


def _runs(text: str, found: Sequence[Reading]) -> list[list[Reading]]:
    runs: list[list[Reading]] = [[found[0]]] if found else []
    for before, after in pairwise(found):
        if re.fullmatch(
            r"[\s,\-()]*(?:(?:oh|o)\b[\s,\-]*)*", text[before.end : after.start].lower()
        ):
            runs[-1].append(after)
        else:
            runs.append([after])
    return [run for run in runs if len(run) >= _TWO_AS_DIGIT_RUN]


def word_at(found: Sequence[Word], start: int) -> int:
    """Return the index of the first word at or behind a place."""
    return next((n for n, word in enumerate(found) if word.start >= start), len(found))
