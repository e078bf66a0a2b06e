"""From a script to what was said: choices made, slots filled, and each turn's beginning and end."""

import dataclasses
import datetime as dt
import random
import re
from collections.abc import Sequence
from typing import Any

from crm.demo.cast import Person
from crm.demo.scripts import Line, Script
from crm.demo.vocabulary import DAYS, MONTHS, SIRS, TIMES

OPTIONAL = 0.55  # how often an optional block is said
LETTERS_A_SECOND = {True: 15.5, False: 13.0}  # of short scripts, and of those with time
PAUSES = {True: (0.35, 0.6, 0.95), False: (0.45, 0.9, 1.5)}  # shortest, longest, after a question
VOLUMES = {"trucks", "parcels"}  # figures that are the company's own, the same in every call
CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{([a-z0-9_*]+)\}")
SENTENCE_START = re.compile(r"(?:^|(?<=[.?!…]\s))([^\W\d_])(?![^\s@]*@)")


@dataclasses.dataclass(frozen=True, slots=True)
class Caller:
    """The team's side of a call."""

    team: str
    pitch: str
    assistant: str
    colleague: str


@dataclasses.dataclass(frozen=True, slots=True)
class Conversation:
    """What was said, with the call's length and what there is to know of it afterwards."""

    script: Script
    turns: list[dict[str, Any]]
    seconds: float
    summary: str
    learned: dict[str, Any]


def speak(
    script: Script, caller: Caller, person: Person, day: dt.date, chance: random.Random
) -> Conversation:
    """Return the conversation as these two held it on that day."""
    words = _words(caller, person, script.language, day, chance)
    english = {**words, **_appointments("en", day, random.Random(words["moment"]))}  # noqa: S311
    for names, rows in script.picks:
        row = dict(zip(names, chance.choice(rows), strict=True))
        if set(row) <= VOLUMES and script.stage != "stranger" and row[names[0]].isdecimal():
            row[names[0]] = str(person.firm.volume)
        words |= row
        english |= row
    filler = _Filler(words, person, script.language, chance)
    turns, seconds = _timed(filler.lines(script.lines), script.is_short, chance)
    summarise = _Filler(english, person, "en", chance)
    return Conversation(
        script=script,
        turns=turns,
        seconds=seconds,
        summary=summarise.sentences(script.facts["summary"]),
        learned=_learned(script, summarise),
    )


def _words(
    caller: Caller, person: Person, language: str, day: dt.date, chance: random.Random
) -> dict[str, str]:
    trade, country = person.firm.trade, person.country
    sir = SIRS.get(language, SIRS["de"])[person.gender]
    moment = str(chance.random())
    is_she = person.gender == "f"
    return {
        "moment": moment,
        "first": person.first,
        "last": person.last,
        "company": person.firm.name,
        "city": person.city.name,
        "title": person.title,
        "email": person.email or "the address on our website",
        "sir": sir,
        "he": "she" if is_she else "he",
        "him": "her" if is_she else "him",
        "his": "her" if is_she else "his",
        "team": caller.team,
        "assistant": caller.assistant,
        "colleague": caller.colleague,
        "colleague_first": caller.colleague.split()[0],
        "pitch": caller.pitch,
        "goods": trade.goods,
        "load": trade.mishap,
        "breakage": trade.mishap,
        "setpoint": trade.cold[country.degrees],
        "season": trade.season,
        "vehicle": country.vehicle,
        "vehicles": "lorries" if country.vehicle == "lorry" else f"{country.vehicle}s",
        "standard": "GDP" if trade.tag == "pharma" else country.rules,
        **_appointments(language, day, random.Random(moment)),  # noqa: S311
    }


def _appointments(language: str, day: dt.date, chance: random.Random) -> dict[str, str]:
    """Return the days, times and months that they agree on, in the language they speak."""
    days, times = DAYS[language].split(), TIMES[language].split(", ")
    months = MONTHS.get(language, MONTHS["en"]).split()
    first = day.weekday() + chance.randint(1, 3)
    time = chance.randrange(4)
    return {
        "day": days[first % 5],
        "other_day": days[(first + chance.randint(1, 2)) % 5],
        "time": times[time],
        "other_time": times[chance.randint(4, 6)],
        "month": months[(day.month + chance.randrange(2)) % 12],
        "far_month": months[(day.month + chance.randint(3, 6)) % 12],
    }


class _Filler:
    def __init__(
        self, words: dict[str, str], person: Person, language: str, chance: random.Random
    ) -> None:
        self._words = words
        self._country = person.country
        self._language = language
        self._chance = chance

    def lines(self, lines: Sequence[Line]) -> list[tuple[str, str]]:
        """Return (speaker, text) of what is said; each optional block is said or not."""
        said = {block: self._chance.random() < OPTIONAL for block in {line.block for line in lines}}
        kept = [line for line in lines if not line.block or said[line.block]]
        return [(line.speaker, self.sentences(line.text)) for line in kept]

    def text(self, written: str) -> str:
        """Return the text with its choices made and its slots filled."""
        text = CHOICE.sub(lambda match: self._chance.choice(match[1].split("|")), written)
        while SLOT.search(text):
            text = SLOT.sub(lambda match: self._value(match[1]), text)
        return " ".join(text.split())

    def sentences(self, written: str) -> str:
        """Return the text likewise, each sentence with a capital."""
        return SENTENCE_START.sub(lambda match: match[1].upper(), self.text(written))

    def _value(self, slot: str) -> str:
        if slot in self._words:
            return self._words[slot]
        units = 1
        for factor in slot.split("*"):
            name = factor.removesuffix("_price")
            if name in self._country.prices:
                units *= self._country.prices[name]
            else:
                units *= int(self._words.get(factor, factor))
        return self._country.amount(units, self._language)


def _timed(
    said: list[tuple[str, str]], is_short: bool, chance: random.Random
) -> tuple[list[dict[str, Any]], float]:
    """Return the turns with their seconds, and how long the call lasts.

    Speakers pause before they answer, longer after a question; the system takes its time.
    """
    turns: list[dict[str, Any]] = []
    now = chance.uniform(0.6, 1.4)
    pace, (shortest, longest, thinking) = LETTERS_A_SECOND[is_short], PAUSES[is_short]
    for speaker, text in said:
        seconds = 3.0 if speaker == "system" else 0.3 + len(text) / pace
        end = now + seconds * chance.uniform(0.92, 1.08)
        turns.append(
            {
                "speaker": speaker,
                "text": text,
                "startSeconds": round(now, 2),
                "endSeconds": round(end, 2),
            }
        )
        now = end + chance.uniform(shortest, thinking if text.endswith("?") else longest)
    return turns, round(turns[-1]["endSeconds"] + chance.uniform(0.4, 0.9), 1)


def _learned(script: Script, summarise: _Filler) -> dict[str, Any]:
    """Return what the script says was learned: numbers and yes as such, the rest as words."""
    pairs = [pair.split("=", 1) for pair in script.facts.get("learned", "").split("; ") if pair]
    return {key.strip(): _typed(summarise.text(value)) for key, value in pairs}


def _typed(text: str) -> int | bool | str:
    if text.isdecimal():
        return int(text)
    return True if text == "true" else text
