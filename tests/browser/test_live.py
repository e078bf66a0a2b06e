"""Calls as they go: what a page shows of them by itself, and what it leaves alone."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.kit import sign_in
from tests.browser.test_main_line import AT_ONCE, play
from tests.browser.world import World, recorded_call
from tests.factories import ApiKeyFactory, CallFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Platform:
    """Tells of one call step by step, over REST."""

    def __init__(self, world: World) -> None:
        self.team = world.team
        self.headers = {"Authorization": f"Bearer {ApiKeyFactory.create(team=world.team).secret}"}

    def tell(self, call: str, status: str, **values: Any) -> None:
        body = {
            "teamId": str(self.team.pk),
            "direction": "inbound",
            "provider": "dialer",
            "providerCallId": call,
            "fromNumber": "+12125550147",
            "status": status,
            **values,
        }
        answer = Client().post(
            "/api/crm/calls", body, content_type="application/json", headers=self.headers
        )
        assert answer.status_code in (200, 201), answer.text


def soon(locator: Locator, text: str) -> None:
    expect(locator).to_contain_text(text, timeout=AT_ONCE)


def test_a_call_goes_on_in_the_panel_and_in_the_table_behind_it(
    signed_in: Page, world: World
) -> None:
    page, platform = signed_in, Platform(world)
    long = recorded_call(world.ada, seconds=90, started_at=timezone.now() - dt.timedelta(minutes=9))
    CallFactory.create_batch(
        15, contact=world.ada, started_at=timezone.now() - dt.timedelta(days=9)
    )
    page.goto(world.url("contacts"))
    row = page.get_by_role("row", name="Ada Lovelace")
    row.get_by_text("(212) 555-0147").click()
    panel = page.get_by_role("dialog", name="Contact")
    notes = panel.get_by_role("link", name="Change notes")
    notes.click()
    typed = panel.get_by_role("textbox", name="Notes")
    typed.fill("Half a sentence, not yet")
    card = panel.locator(f"#call-{long.pk}")
    audio = play(card)
    typed.focus()
    card.evaluate("card => card.closest('.panel-content').scrollBy(0, card.offsetTop + 20)")
    where = card.bounding_box()
    heard = audio.evaluate("audio => { audio.dataset.same = 'yes'; return audio.currentTime }")

    newest = panel.get_by_role("article").first
    for status, words in (("ringing", "Ringing"), ("in_progress", "In progress")):
        platform.tell("one", status)
        soon(newest, words)
        soon(row, words)
    platform.tell("one", "completed", outcome="transferred", summary="Wants pallets on Friday.")
    soon(newest, "Wants pallets on Friday.")
    soon(newest, "Transferred")
    soon(row, "Transferred")

    expect(typed).to_have_value("Half a sentence, not yet")
    expect(typed).to_be_focused()
    assert card.bounding_box() == where
    expect(audio).to_have_attribute("data-same", "yes")
    assert audio.evaluate("audio => !audio.paused && audio.currentTime") > heard


def test_a_call_goes_on_in_the_list_of_calls_and_when_it_is_open(
    signed_in: Page, world: World
) -> None:
    page, platform = signed_in, Platform(world)
    page.goto(world.url("calls"))
    rows = page.locator("#results article")
    shown = rows.count()
    platform.tell("two", "ringing")
    soon(rows.first, "Ringing")
    expect(rows).to_have_count(shown + 1)
    expect(page.locator("#count")).to_have_text(str(shown + 1))
    rows.first.get_by_role("link").click()
    panel = page.get_by_role("dialog", name="Call")
    expect(panel.get_by_role("article")).to_contain_text("Ringing")
    turns = [{"speaker": "contact", "text": "Pallets, please."}]
    platform.tell("two", "completed", outcome="connected", turns=turns)
    soon(panel.get_by_role("article"), "Connected")
    expect(panel.get_by_text("Pallets, please.")).to_be_visible()
    soon(rows.first, "Connected")
    expect(rows.first).to_have_class(re.compile("is-open"))


def test_a_page_that_nobody_looks_at_asks_nothing(
    browser: Browser, live_server: LiveServer, world: World
) -> None:
    # Its clock is its context's, and stays with it.
    context = browser.new_context(base_url=live_server.url)
    page, asked = context.new_page(), []
    sign_in(page, world.member)
    page.clock.install()
    page.goto(world.url("calls"))
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        """() => Object.defineProperty(
            document, "visibilityState", {get: () => window.isSeen ? "visible" : "hidden"})"""
    )
    page.clock.run_for(60_000)
    assert not [url for url in asked if "/calls/live" in url]
    with page.expect_request("**/calls/live?*"):
        page.evaluate("window.isSeen = true; document.dispatchEvent(new Event('visibilitychange'))")
    context.close()
