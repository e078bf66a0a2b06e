"""What Callbook is for, in one go: people, their calls as they come in, and what was said."""

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from calls.models import Call
from contacts.models import Contact
from crm.teams.models import Role, Team
from tests.browser.world import recorded_call
from tests.factories import PASSWORD, ApiKeyFactory, CallFactory, TeamFactory, member_of

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 5_000  # milliseconds in which a call has to show up


@pytest.fixture
def team(transactional_db: None) -> Team:
    team = TeamFactory.create(name="Acme Sales", slug="acme")
    member_of(team, Role.OWNER, email="ada@example.com", name="Ada Byron")
    return team


def test_from_signing_in_to_hearing_a_call(
    page: Page, team: Team, browser: Browser, live_server: LiveServer
) -> None:
    come_in(page)
    add_company(page)
    add_contact_with_new_company(page)
    row = page.get_by_role("row", name="Grace Hopper")
    contact = Contact.objects.get()
    recorded_call(contact, seconds=30)
    CallFactory.create_batch(15, contact=contact, started_at=timezone.now() - dt.timedelta(days=2))
    row.get_by_text("(212) 555-0147").click()
    panel = page.get_by_role("dialog", name="Contact")
    card = panel.get_by_role("article").filter(has_text="frozen berries")
    audio = play(card)
    post_call(browser, live_server, team)
    see_it_arrive(panel, card, audio)
    seek_and_speed(card, audio)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(row.get_by_role("link")).to_be_focused()
    expect(page).to_have_url(re.compile("/t/acme/contacts$"))


def come_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Everyone you call, in one table")).to_be_visible()


def add_company(page: Page) -> None:
    page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Companies").click()
    page.get_by_role("main").get_by_role("link", name="Add company").last.click()
    page.get_by_label("Name").fill("Meridian Last Mile")
    page.get_by_role("button", name="Add company").click()
    expect(page.get_by_role("heading", name="Meridian Last Mile", level=1)).to_be_visible()


def add_contact_with_new_company(page: Page) -> None:
    page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Contacts").click()
    page.get_by_role("main").get_by_role("link", name="Add contact").first.click()
    panel = page.get_by_role("dialog", name="Contact")
    panel.get_by_label("First name").fill("Grace")
    panel.get_by_label("Last name").fill("Hopper")
    panel.get_by_label("Company").press_sequentially("Northwind Foods")
    panel.get_by_role("option", name="Create “Northwind Foods”").click()
    panel.get_by_label("Phone", exact=True).fill("212 555 0147")
    panel.get_by_role("button", name="Add contact").click()
    expect(panel.get_by_role("heading", name="Grace Hopper")).to_be_visible()
    expect(panel.get_by_role("link", name="Northwind Foods")).to_be_visible()
    expect(page.get_by_text("Grace Hopper was added.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def play(card: Locator) -> Locator:
    """Start the recording and wait until it is heard."""
    card.get_by_role("button", name="Play").click()
    expect(card.locator("[data-now]")).not_to_have_text("0:00")
    audio = card.locator("audio")
    assert audio.evaluate("audio => !audio.paused && audio.currentTime >= 1")
    return audio


def post_call(browser: Browser, live_server: LiveServer, team: Team) -> None:
    """Tell of a call as another system does: no cookies, a bearer key."""
    client = browser.new_context(base_url=live_server.url)
    body: dict[str, Any] = {
        "teamId": str(team.pk),
        "direction": "inbound",
        "status": "completed",
        "outcome": "connected",
        "fromNumber": "+12125550147",
        "summary": "Called back about the pallets.",
        "durationSeconds": 75,
    }
    headers = {"Authorization": f"Bearer {ApiKeyFactory.create(team=team).secret}"}
    answer = client.request.post("/api/crm/calls", data=body, headers=headers)
    assert answer.status == 201, answer.text()
    client.close()


def see_it_arrive(panel: Locator, card: Locator, audio: Locator) -> None:
    """The new call shows up by itself; what is looked at and listened to stays as it is."""
    card.evaluate("card => card.closest('.panel-content').scrollBy(0, card.offsetTop + 20)")
    where = card.bounding_box()
    heard = audio.evaluate("audio => { audio.dataset.same = 'yes'; return audio.currentTime }")
    arrived = panel.get_by_role("article").filter(has_text="about the pallets")
    expect(arrived).to_be_attached(timeout=AT_ONCE)
    assert Call.objects.get(summary__contains="pallets").contact == Contact.objects.get()
    expect(panel.locator("[data-live-count]")).to_have_text("17")
    assert card.bounding_box() == where
    expect(audio).to_have_attribute("data-same", "yes")
    assert audio.evaluate("audio => !audio.paused && audio.currentTime") > heard


def seek_and_speed(card: Locator, audio: Locator) -> None:
    bar = card.get_by_role("slider", name="Position in the recording")
    width = bar.bounding_box()["width"]
    bar.click(position={"x": width * 0.6, "y": 20})
    expect(bar).to_have_attribute("aria-valuenow", re.compile("^(1[89]|2.)$"))
    assert audio.evaluate("audio => audio.currentTime") > 17
    card.get_by_label("Speed").select_option("2")
    assert audio.evaluate("audio => audio.playbackRate") == 2
    card.get_by_role("button", name="Pause").click()
    assert audio.evaluate("audio => audio.paused")
