"""Who rang whom, when, and what came of it: a credible history for every contact."""

import dataclasses
import datetime as dt
import itertools
import random
import zoneinfo
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from crm.demo.cast import Numbers, Person
from crm.demo.chance import dice, weighted
from crm.demo.plots import ENDED_REASONS, SELDOM, SILENT, SOMETIMES, STORIES, TRIES
from crm.demo.scripts import Script, all_scripts
from crm.demo.speaking import Caller, Conversation, speak

DAYS = 60  # how far back the calls go


@dataclasses.dataclass(frozen=True, slots=True)
class Home:
    """What a team's calls have in common."""

    slug: str
    team: str
    pitch: str
    number: str
    colleagues: tuple[str, ...]
    currency: str


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call to be. `person` is None where the caller is nobody we know."""

    person: Person | None
    number: str
    direction: str
    status: str
    outcome: str
    at: dt.datetime
    ended_at: dt.datetime
    ended_by: str
    ended_reason: str
    assistant: str
    talk: Conversation | None
    transferred_to: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """What the script says of the call; nothing where nobody spoke."""
        return self.talk.script.facts if self.talk else {}

    @property
    def turns(self) -> list[dict[str, Any]]:
        """What was said."""
        return self.talk.turns if self.talk else []


class Teller:
    """Tells the stories of one team's contacts; scripts take turns, so that few sound alike."""

    def __init__(self, home: Home, now: dt.datetime) -> None:
        self._home = home
        self._now = now
        self._told: Counter[str] = Counter()
        self._scripts = [script for script in all_scripts() if script.fits(home.slug)]

    def calls(self, people: Sequence[Person], count: int, numbers: Numbers) -> list[PlannedCall]:
        """Return `count` calls, oldest first: stories, strangers, and tries to fill it up."""
        strangers = list(self._strangers(people, count // 40, numbers))
        calls = strangers[:count]
        reachable = [person for person in people if person.phone]
        dice(self._home.slug, "order").shuffle(reachable)
        for person in reachable:
            calls += self._story(person, dice(self._home.slug, "story", person.email, person.last))
        hopes = [p for p in reachable if p.status in ("new", "contacted") and not p.do_not_call]
        spare = itertools.cycle(hopes)
        while len(calls) < count:
            person = next(spare)
            calls += self._tell(person, ["try"], dice(self._home.slug, "spare", len(calls)))
        return sorted(calls[:count], key=lambda call: call.at)

    def _story(self, person: Person, chance: random.Random) -> list[PlannedCall]:
        if person.do_not_call and person.status != "do_not_contact":
            return []
        stages = []
        for place in chance.choice(STORIES[person.status]).split():
            likely = SOMETIMES.get(place, SELDOM) if place.endswith("*") else 1.0
            if chance.random() < likely:
                stages.append(chance.choice(place.removesuffix("*").split("|")))
        return self._tell(person, stages, chance)

    def _tell(
        self, person: Person, stages: Sequence[str], chance: random.Random
    ) -> list[PlannedCall]:
        times = _times(self._now, len(stages), zoneinfo.ZoneInfo(person.city.timezone), chance)
        used: set[str] = set()
        assistant = "Nora" if chance.random() < 0.6 else "Felix"
        calls = []
        for stage, at in zip(stages, times, strict=True):
            outcome = weighted(chance, TRIES) if stage == "try" else stage
            if outcome in SILENT:
                calls.append(_unanswered(person, outcome, at, assistant, chance))
                continue
            script = self._choose(outcome, person, used, chance)
            calls.append(self._talk(script, person, at, assistant, chance))
        return calls

    def _choose(self, stage: str, person: Person, used: set[str], chance: random.Random) -> Script:
        """Return the script told least so far that this person could hold and has not held yet."""
        theirs = person.country.language
        languages = (theirs,) if theirs == "en" or chance.random() < 0.7 else ("en",)
        fitting = [
            script
            for language in (*languages, "en")
            for script in self._scripts
            if script.stage == stage and script.language == language and script.name not in used
        ] or [script for script in self._scripts if script.stage == stage]
        own = [script for script in fitting if script.language == fitting[0].language]
        script = min(own, key=lambda script: (self._told[script.name], chance.random()))
        self._told[script.name] += 1
        used.add(script.name)
        return script

    def _talk(
        self,
        script: Script,
        person: Person,
        at: dt.datetime,
        assistant: str,
        chance: random.Random,
    ) -> PlannedCall:
        caller = Caller(
            team=self._home.team,
            pitch=self._home.pitch.format(
                vehicles="lorries" if person.country.vehicle == "lorry" else "trucks"
            ),
            assistant=assistant,
            colleague=chance.choice(self._home.colleagues),
        )
        zone = zoneinfo.ZoneInfo(person.city.timezone)
        talk = speak(script, caller, person, at.astimezone(zone).date(), chance)
        outcome = script.facts.get("outcome", "connected")
        ended_by = script.facts["ended"]
        return PlannedCall(
            person=person,
            number=_number_of(person, chance),
            direction=script.facts.get("direction", "outbound"),
            status="completed",
            outcome=outcome,
            at=at,
            ended_at=at + dt.timedelta(seconds=talk.seconds),
            ended_by=ended_by,
            ended_reason="voicemail" if outcome == "voicemail" else ENDED_REASONS[ended_by],
            assistant=assistant,
            talk=talk,
            transferred_to=caller.colleague if outcome == "transferred" else "",
        )

    def _strangers(
        self, people: Sequence[Person], count: int, numbers: Numbers
    ) -> Iterator[PlannedCall]:
        """Calls from numbers that no contact has, and from a switchboard that two share."""
        locals_ = [p for p in people if p.country == people[0].country]
        for index in range(count):
            chance = dice(self._home.slug, "stranger", index)
            person = chance.choice(locals_)
            is_switchboard = index % 5 == 4
            stage = "switchboard" if is_switchboard else "stranger"
            person = people[0] if is_switchboard else person
            [call] = self._tell(person, [stage], chance)
            number = person.phone if is_switchboard else numbers.deal(person.city.landline)
            yield dataclasses.replace(call, person=None, number=number)


def _number_of(person: Person, chance: random.Random) -> str:
    """Return the number they were reached at, mostly the first."""
    return (
        person.phone_secondary if person.phone_secondary and chance.random() < 0.2 else person.phone
    )


def _unanswered(
    person: Person, outcome: str, at: dt.datetime, assistant: str, chance: random.Random
) -> PlannedCall:
    status, ended_by, reason, seconds = chance.choice(SILENT[outcome])
    return PlannedCall(
        person=person,
        number=_number_of(person, chance),
        direction="outbound",
        status=status,
        outcome=outcome,
        at=at,
        ended_at=at + dt.timedelta(seconds=seconds),
        ended_by=ended_by,
        ended_reason=reason,
        assistant=assistant,
        talk=None,
    )


def _times(
    now: dt.datetime, count: int, zone: zoneinfo.ZoneInfo, chance: random.Random
) -> list[dt.datetime]:
    """Return when they spoke, oldest first: on working days, at hours when the contact works."""
    latest = now - dt.timedelta(minutes=20)
    age = int(chance.random() ** 1.7 * (DAYS - 12))
    times: list[dt.datetime] = []
    for _ in range(count):
        latest = _working_time(now - dt.timedelta(days=age), latest, zone, chance)
        times.append(latest)
        latest -= dt.timedelta(hours=2)
        age = min(DAYS - 1, (now - latest).days + chance.randint(1, 8))
    return times[::-1]


def _working_time(
    about: dt.datetime, latest: dt.datetime, zone: zoneinfo.ZoneInfo, chance: random.Random
) -> dt.datetime:
    day = about.astimezone(zone).date()
    time = dt.time(chance.randint(8, 16), chance.randrange(60), chance.randrange(60))
    while True:
        moment = dt.datetime.combine(day, time, zone)
        if day.weekday() < 5 and moment <= latest:
            return moment
        day -= dt.timedelta(days=1)
