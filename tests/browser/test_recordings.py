"""From a question to the second in which it was answered; and recordings that are not there."""

import re

import pytest
from playwright.sync_api import Page, expect

from calls.operations import Sound
from calls.recordings.models import RecordingCopy
from crm.history.models import Change, Verb
from tests.browser.kit import assert_accessible, without_javascript
from tests.browser.test_main_line import play
from tests.browser.world import TURNS, World, recorded_call
from tests.factories import CallFactory

pytestmark = pytest.mark.django_db(transaction=True)

TALK = [
    *TURNS,
    {"speaker": "assistant", "text": "Our pricing is by vehicle.", "startSeconds": 8},
    {"speaker": "contact", "text": "What is the price for ten?", "startSeconds": 12},
    {"speaker": "assistant", "text": "Thirty dollars each.", "startSeconds": 16},
]
QUESTION = "who asked about pricing?"


def test_a_question_leads_to_the_second(signed_in: Page, world: World) -> None:
    page = signed_in
    call = recorded_call(world.ada, seconds=30, turns=TALK)
    page.goto(world.url("calls"))
    page.get_by_role("searchbox").fill(QUESTION)
    expect(page.get_by_text("Calls about pricing")).to_be_visible()
    rows = page.locator(".call-row")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("0:12 Ada: What is the price for ten?")
    rows.get_by_role("link", name="Ada Lovelace").click()
    panel = page.get_by_role("dialog", name="Call")
    card = panel.get_by_role("article")
    slider = card.get_by_role("slider", name="Position in the recording")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^0:12 of"))
    spoken = card.locator(".turn.is-now")
    expect(spoken).to_contain_text("What is the price for ten?")
    expect(spoken).to_be_in_viewport()
    # It was looked at, not heard.
    listened = Change.objects.filter(record_id=call.pk, verb=Verb.LISTENED)
    assert not listened.exists()
    audio = play(card)
    assert audio.evaluate("audio => audio.currentTime") >= 12
    assert listened.count() == 1
    panel.get_by_role("searchbox", name="Search in what was said").fill("berries")
    expect(card.get_by_text("1 turn:")).to_be_visible()
    card.locator(".turn-hits").get_by_role("link", name="0:02").click()
    expect(spoken).to_contain_text("We ship frozen berries.")
    page.wait_for_function("document.querySelector('audio').currentTime < 8")
    audio.evaluate("audio => audio.pause()")
    assert_accessible(page)
    assert listened.count() == 1


def test_a_recording_that_was_not_fetched_is_asked_for_again(signed_in: Page, world: World) -> None:
    page = signed_in
    sound = Sound(source_url="https://platform.example/1.wav")
    call = CallFactory.create(contact=world.ada, sound=sound)
    reason = "The platform does not have it (404)."
    RecordingCopy.objects.update(status="failed", reason=reason)
    page.goto(world.url(f"calls/{call.pk}"))
    expect(page.get_by_text(f"The recording could not be fetched. {reason}")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Try again").click()
    expect(
        page.get_by_role("status").get_by_text("The recording is being fetched.")
    ).not_to_have_count(0)
    assert RecordingCopy.objects.get().status == "waiting"


@without_javascript
def test_without_scripts_a_question_leads_there_too(signed_in: Page, world: World) -> None:
    page = signed_in
    recorded_call(world.ada, seconds=30, turns=TALK)
    page.goto(world.url("calls"))
    page.get_by_role("searchbox").fill(QUESTION)
    page.get_by_role("searchbox").press("Enter")
    row = page.locator(".call-row")
    expect(row).to_contain_text("What is the price for ten?")
    row.get_by_role("link", name="Ada Lovelace").click()
    expect(page.locator(".turn.is-now")).to_contain_text("What is the price for ten?")
    expect(page.locator("audio")).to_have_attribute("src", re.compile(r"#t=12(\.0)?$"))
    search = page.get_by_role("searchbox", name="Search in what was said")
    search.fill("berries")
    search.press("Enter")
    expect(page.locator(".turn-hits").get_by_role("link", name="0:02")).to_be_visible()
