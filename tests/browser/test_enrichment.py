"""What a call tells arrives in the open panel by itself, with its words; is decided, and undone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from calls.enrichment import running, searching
from calls.enrichment.models import Proposal
from calls.enrichment.operations import start_runs
from calls.enrichment.searching import Search
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Origin
from crm.history.recording import Author
from crm.jobs import reaper
from crm.jobs.worker import Worker
from crm.teams.models import Role
from tests.api.client import Program
from tests.browser.kit import assert_accessible, sign_in
from tests.browser.world import World
from tests.calls.enrichment.kit import Script

pytestmark = pytest.mark.django_db(transaction=True)

#: Until a posted call is seen in the panel, in milliseconds.
SOON = 10_000
TURNS = [
    {"speaker": "assistant", "text": "Who am I talking to?", "startSeconds": 1},
    {"speaker": "contact", "text": "Well, let me tell you, I run it all.", "startSeconds": 4.5},
]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """What the extractor finds in every call."""
    script = Script()
    for module in (running, searching):
        monkeypatch.setattr(module, "get_extractor", lambda **_: script)
    monkeypatch.setattr(reaper, "_searches", [Search()])
    return script


def test_a_call_fills_the_open_panel_and_is_decided_and_undone(
    signed_in: Page, world: World, script: Script
) -> None:
    page = signed_in
    ada = Contact.objects.get(pk=world.ada.pk)
    ada.job_title, ada.email = "Mathematician", "ada@example.com"
    save_contact(ada, by=Author(Origin.API))
    page.goto(world.url("contacts"))
    page.get_by_role("cell", name="Ada Lovelace").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="Facts")).to_be_visible()

    script.values = {
        "preferred_contact_method": "Text message",
        "job_title": "Head of Engines",
        "email": "ada@engines.example",
    }
    post_call(world)
    way = panel.locator("#fact-preferred_contact_method")
    expect(way).to_contain_text("Text message", timeout=SOON)
    way.locator(".spark").focus()
    expect(way.get_by_role("tooltip")).to_contain_text("Well, let me tell you, I run it all.")
    expect(panel.get_by_text("Learned from this call")).to_be_visible()
    assert_accessible(page)

    title = panel.locator("[data-proposal]").filter(has_text="Head of Engines")
    title.get_by_role("button", name="Accept").focus()
    page.keyboard.press("a")
    expect(panel.locator("#fact-job_title")).to_contain_text("Head of Engines")
    email = panel.locator("[data-proposal]").filter(has_text="ada@engines.example")
    expect(email.get_by_role("button", name="Accept")).to_be_focused()
    page.keyboard.press("r")
    expect(panel.locator("[data-proposal]")).to_have_count(0)
    expect(panel.locator("#fact-email")).to_contain_text("ada@example.com")
    statuses = dict(Proposal.objects.values_list("field", "status"))
    assert statuses == {"job_title": "accepted", "email": "rejected"}

    panel.get_by_role("button", name="Undo this call’s changes").click()
    expect(panel.locator("#fact-preferred_contact_method")).not_to_contain_text("Text message")
    expect(panel.locator("#fact-job_title")).to_contain_text("Head of Engines")
    ada.refresh_from_db()
    assert (ada.preferred_contact_method, ada.job_title) == ("", "Head of Engines")


def post_call(world: World) -> None:
    """Post a call with its transcript, and let the worker find it; the others are not read."""
    start_runs(list(world.team.calls.all()), "script-1", in_background=False)
    posted: dict[str, Any] = {
        "teamId": str(world.team.pk),
        "contactId": str(world.ada.pk),
        "direction": "inbound",
        "turns": TURNS,
    }
    said = Program(world.team).post("calls", posted)
    assert said.status_code == 201, said.content
    Worker().look_round()


def test_the_pages_about_what_calls_tell(page: Page, world: World, script: Script) -> None:
    sign_in(page, world.person(Role.OWNER))
    script.values, script.facts = {"first_name": "Augusta"}, {"Team size": "forty"}
    post_call(world)
    page.goto(world.url("proposals"))
    expect(page.get_by_text("Augusta")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Accept First name Augusta").click()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    page.goto(world.url("settings/learning"))
    expect(page.get_by_role("link", name="Team size", exact=True)).to_be_visible()
    assert_accessible(page)
