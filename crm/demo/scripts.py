"""The conversations as they are written down in `conversations/*.txt`.

A script begins with `=== its-name`, then `key: value` lines, an empty line, and a turn a line:
`A:` the assistant, `C:` the contact, `G:` a human colleague, `S:` the system. Beyond that:

- `[one|another]` says one of these; `{slot}` a value of the call, `{a*b}` a sum of money;
- `pick x; y: 1; 2 | 3; 4` chooses one row for the whole conversation, so that what is said, the
  summary and what was learned agree;
- neighbouring lines that begin with `? ` are said together or not at all.
"""

import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path

CONVERSATIONS = Path(__file__).parent / "conversations"
SPEAKERS = {"A": "assistant", "C": "contact", "G": "agent", "S": "system"}
KEYS = {
    "team",
    "stage",
    "language",
    "direction",
    "outcome",
    "sentiment",
    "success",
    "ended",
    "short",
    "summary",
    "learned",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One turn as written; `block` numbers the optional block it belongs to, 0 being none."""

    speaker: str
    text: str
    block: int


@dataclasses.dataclass(frozen=True, slots=True)
class Script:
    """One conversation as written, with all its choices still open."""

    name: str
    facts: dict[str, str]
    picks: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    lines: tuple[Line, ...]

    @property
    def stage(self) -> str:
        """Where in a story it belongs: discovery, pricing, voicemail and so on."""
        return self.facts["stage"]

    @property
    def language(self) -> str:
        """The language it is held in; its summary is English all the same."""
        return self.facts.get("language", "en")

    @property
    def is_short(self) -> bool:
        """Whether it is brief enough for a recording of a few hundred kilobytes."""
        return "short" in self.facts

    def fits(self, team: str) -> bool:
        """Return whether people of this team could hold it."""
        return self.facts["team"] in (team, "any")


@functools.cache
def all_scripts() -> tuple[Script, ...]:
    """Return every conversation there is."""
    files = sorted(CONVERSATIONS.glob("*.txt"))
    return tuple(script for file in files for script in _scripts(file.read_text(encoding="utf-8")))


def _scripts(text: str) -> Iterator[Script]:
    for part in text.split("=== ")[1:]:
        name, _, rest = part.partition("\n")
        head, _, body = rest.partition("\n\n")
        yield _script(name.strip(), head.splitlines(), body.strip().splitlines())


def _script(name: str, head: list[str], body: list[str]) -> Script:
    facts, picks = {}, []
    for line in head:
        key, _, value = (part.strip() for part in line.partition(":"))
        if key.startswith("pick "):
            picks.append(_pick(key.removeprefix("pick "), value))
        elif key in KEYS:
            facts[key] = value
        else:
            raise ValueError(f"{name}: what is “{key}”?")
    return Script(name, facts, tuple(picks), tuple(_lines(name, body)))


def _pick(names: str, rows: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    return _cells(names), tuple(_cells(row) for row in rows.split("|"))


def _cells(text: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in text.split(";"))


def _lines(name: str, body: list[str]) -> Iterator[Line]:
    block, was_optional = 0, False
    for written in body:
        is_optional = written.startswith("? ")
        block += is_optional and not was_optional
        was_optional = is_optional
        speaker, _, text = written.removeprefix("? ").partition(": ")
        if speaker not in SPEAKERS or not text:
            raise ValueError(f"{name}: who says “{written}”?")
        yield Line(SPEAKERS[speaker], text, block if is_optional else 0)
