"""Everybody reads times in their own timezone."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from crm.accounts.models import User
from crm.teams.models import Role
from tests.browser.kit import sign_in
from tests.browser.world import World
from tests.factories import CallFactory

pytestmark = pytest.mark.django_db(transaction=True)


def read_time(page: Page, world: World) -> str:
    """The time of the call in the list, and all of it as a hover shows it."""
    page.goto(world.url("calls?search=midnight"))
    time = page.get_by_role("article").locator("time")
    return f"{time.inner_text()} {time.get_attribute('title')}"


def test_two_viewers_read_two_times(
    browser: Browser, live_server: LiveServer, world: World
) -> None:
    moment = timezone.now().replace(month=1, day=15, hour=23, minute=30) - dt.timedelta(days=365)
    CallFactory.create(contact=world.ada, started_at=moment, summary="Rang before midnight.")
    day = moment.date()
    chosen: User = world.person(Role.VIEWER)
    chosen.timezone = "Asia/Tokyo"
    chosen.save()
    for viewer, zone, shown in (
        (world.member, "America/New_York", f"18:30 {day:%a} {day.day} Jan {day.year}, 18:30 EST"),
        (world.member, "Europe/Berlin", tomorrow(day, "00:30", "CET")),
        # What they have chosen goes before what their browser says.
        (chosen, "Europe/Berlin", tomorrow(day, "08:30", "JST")),
    ):
        context = browser.new_context(base_url=live_server.url, timezone_id=zone)
        page = context.new_page()
        sign_in(page, viewer)
        page.goto(world.url("contacts"))  # tells the server the browser's zone
        expect(page.get_by_role("row", name="Ada Lovelace")).to_be_visible()
        assert read_time(page, world) == shown
        context.close()


def tomorrow(day: dt.date, clock: str, zone: str) -> str:
    day += dt.timedelta(days=1)
    return f"{clock} {day:%a} {day.day} Jan {day.year}, {clock} {zone}"
