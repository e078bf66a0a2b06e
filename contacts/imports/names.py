"""Splitting a person's name that stands in one column.

The last word is the last name, with the small words before it that belong to it ("van der Berg");
all before is the first name, so that nothing is lost. "Berg, Anna" is read as it is meant.
"""

import re

_TITLE = re.compile(
    r"(mr|mrs|ms|miss|mx|dr|prof|herr|frau|hr|sir|mme|dipl|rev|dhr|mevr|sra)", re.IGNORECASE
)
_DEGREE = re.compile(
    r"(ph\.?d|m\.?d|mba|cpa|esq|m\.?a|b\.?a|m\.?sc|b\.?sc|ll\.?m|j\.?d|r\.?n|dds|cfa|pmp|p\.?e)",
    re.IGNORECASE,
)
_GENERATION = re.compile(r"(jr|sr|junior|senior|ii|iii|iv)", re.IGNORECASE)
_PARTICLES = frozenset(
    "van der den de von zu zur zum vom dem la le el al bin ibn da das di del della dos du des ter"
    " ten san santa st mac y e bint af av 't".split()
)
_IN_BRACKETS = re.compile(r"\s*[(\[{][^)\]}]*[)\]}]|\s*[\"“”][^\"“”]*[\"“”]")


def split_name(text: str) -> tuple[str, str]:
    """Return first and last name; one that is not there is ""."""
    plain = _IN_BRACKETS.sub("", text).strip() or text.strip()
    before, comma, after = (part.strip() for part in plain.partition(","))
    if comma and _is_suffix(after):
        return split_name(before) if _is_degree(after) else _with_suffix(before, after)
    if comma and before and after:
        return _without_titles(after.split()), before
    words = _without_titles(before.split()).split()
    while len(words) > 2 and _is_degree(words[-1]):
        words.pop()
    if len(words) < 2:
        return (words[0] if words else ""), ""
    start = len(words) - 1
    if len(words) > 2 and _GENERATION.fullmatch(words[-1].strip(".")):
        start -= 1
    # At least the first word is the first name.
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _with_suffix(name: str, suffix: str) -> tuple[str, str]:
    first, last = split_name(name)
    return first, f"{last} {suffix}".strip() if last else ""


def _is_suffix(text: str) -> bool:
    return bool(_GENERATION.fullmatch(text.strip(".")) or _is_degree(text))


def _is_degree(text: str) -> bool:
    parts = [part.strip(" .") for part in text.split(",")]
    return all(part and _DEGREE.fullmatch(part) for part in parts)


def _without_titles(words: list[str]) -> str:
    """Return the words after forms of address; a name that is only such a word stays."""
    rest = list(words)
    while len(rest) > 1 and _TITLE.fullmatch(rest[0].strip(".")):
        rest.pop(0)
    return " ".join(rest)
