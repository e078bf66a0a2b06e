"""Names of months, days of the week and days of a month, in English and German."""

from calls.enrichment.reading.numbers import SMALL

_MONTH_NAMES = (
    "january|jan|januar|jänner", "february|feb|februar", "march|mar|märz", "april|apr", "may|mai",
    "june|jun|juni", "july|jul|juli", "august|aug", "september|sept|sep", "october|oct|oktober|okt",
    "november|nov", "december|dec|dezember|dez",
)  # fmt: skip
_DAY_NAMES = (
    "monday|mon|montag", "tuesday|tues|tue|dienstag", "wednesday|wed|mittwoch",
    "thursday|thurs|thur|thu|donnerstag", "friday|fri|freitag", "saturday|sat|samstag|sonnabend",
    "sunday|sun|sonntag",
)  # fmt: skip
MONTHS = {name: n for n, names in enumerate(_MONTH_NAMES, 1) for name in names.split("|")}
WEEKDAYS = {name: n for n, names in enumerate(_DAY_NAMES) for name in names.split("|")}

_EN_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()
_DE_ORDINALS = """erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt
vierzehnt fünfzehnt sechzehnt siebzehnt achtzehnt neunzehnt zwanzigst""".split()
_DE_ENDINGS = ("e", "en", "er", "es")


def _ordinals() -> dict[str, int]:
    known = {word: n for n, word in enumerate(_EN_ORDINALS, 1)} | {"thirtieth": 30}
    for tens, start in (("twenty", 20), ("thirty", 30)):
        for n, word in enumerate(_EN_ORDINALS[:9], 1):
            known |= {f"{tens} {word}": start + n, f"{tens}-{word}": start + n}
    stems = {stem: n for n, stem in enumerate(_DE_ORDINALS, 1)}
    units = "ein zwei drei vier fünf sechs sieben acht neun".split()
    for tens, start in (("zwanzigst", 20), ("dreißigst", 30), ("dreissigst", 30)):
        stems |= {f"{unit}und{tens}": start + n for n, unit in enumerate(units, 1)} | {tens: start}
    known |= {stem + end: n for stem, n in stems.items() for end in _DE_ENDINGS}
    return {word: n for word, n in known.items() if n <= 31}


ORDINALS = _ordinals()


def count(word: str) -> int:
    """Return the number that a word or digits count; an article counts one."""
    return int(word) if word.isdecimal() else SMALL.get(word, 1)


def spoken_year(said: str) -> int | None:
    """Return the year of "twenty twenty six" or "two thousand and nine"."""
    head, _, tail = said.replace("-", " ").partition(" ")
    parts = [SMALL.get(part, -1) for part in tail.split() if part not in {"thousand", "and"}]
    if not parts or min(parts) < 0 or sum(parts) > 99:
        return None
    return (1900 if head == "nineteen" else 2000) + sum(parts)
