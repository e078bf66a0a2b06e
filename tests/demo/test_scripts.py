"""The conversations as written: every one can be told, and says what it should."""

import datetime as dt
import re

import pytest

from crm.demo.cast import Person
from crm.demo.chance import dice
from crm.demo.plots import STORIES
from crm.demo.scripts import Script, all_scripts
from crm.demo.seeding import RECORDED_SECONDS
from crm.demo.speaking import Caller, Conversation, speak
from tests.demo.planning import Plan

pytestmark = pytest.mark.once

CALLER = Caller(team="Tidewater Fleet", pitch="boxes", assistant="Nora", colleague="Maya Lindholm")
DAY = dt.date(2026, 11, 20)


def tell(script: Script, person: Person, time: int) -> Conversation:
    return speak(script, CALLER, person, DAY, dice(script.name, time))


def fitting_people(script: Script, plan: Plan) -> list[Person]:
    team = "demo" if script.fits("demo") else "acme"
    language = script.language
    people = plan.people[team] if language == "en" else plan.all_people()
    return [person for person in people if language in ("en", person.country.language)]


def test_there_are_many_and_no_two_of_a_name() -> None:
    names = [script.name for script in all_scripts()]
    assert len(names) >= 100
    assert len(names) == len(set(names))


@pytest.mark.parametrize("script", all_scripts(), ids=lambda script: script.name)
def test_each_can_be_told_to_anybody(script: Script, plan: Plan) -> None:
    for time, person in enumerate(fitting_people(script, plan)[:25]):
        told = tell(script, person, time)
        words = [*(turn["text"] for turn in told.turns), told.summary, *told.learned.values()]
        assert not any(re.search(r"[{}\[\]|]|\s\s", str(text)) for text in words)
        assert all(turn["text"] for turn in told.turns)
        assert told.summary.count(".") >= 1


@pytest.mark.parametrize("script", all_scripts(), ids=lambda script: script.name)
def test_turns_follow_each_other_without_overlap(script: Script, plan: Plan) -> None:
    told = tell(script, fitting_people(script, plan)[0], 1)
    times = [time for turn in told.turns for time in (turn["startSeconds"], turn["endSeconds"])]
    assert times == sorted(times)
    assert times[-1] <= told.seconds


@pytest.mark.parametrize(
    "script", [each for each in all_scripts() if each.is_short], ids=lambda script: script.name
)
def test_what_is_called_short_fits_a_recording(script: Script, plan: Plan) -> None:
    for time, person in enumerate(fitting_people(script, plan)[:25]):
        assert tell(script, person, time).seconds <= RECORDED_SECONDS


@pytest.mark.parametrize("team", ["demo", "acme"])
def test_every_stage_has_an_english_script(team: str) -> None:
    stages = {
        stage
        for stories in STORIES.values()
        for story in stories
        for place in story.replace("*", "").split()
        for stage in place.split("|")
    }
    told = {s.stage for s in all_scripts() if s.fits(team) and s.language == "en"}
    needed = (stages - {"try"}) | {"voicemail", "silence", "stranger", "switchboard"}
    assert not needed - told


def test_the_same_dice_tell_the_same(plan: Plan) -> None:
    script, person = all_scripts()[0], plan.people["demo"][0]
    assert tell(script, person, 1) == tell(script, person, 1)
    assert tell(script, person, 1) != tell(script, person, 2)
