"""Somebody is invited, comes in by another browser, gets another role and is removed."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from crm.teams.models import Role
from tests.browser.kit import assert_accessible, sign_in
from tests.browser.world import World
from tests.factories import member_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_somebody_is_invited_comes_in_and_goes(page: Page, browser: Browser, world: World) -> None:
    sign_in(page, member_of(world.team, Role.OWNER, name="Ada Owner"))
    page.goto(world.url("settings"))
    page.get_by_label("Calling hours end").fill("08:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose a time after the start.")).to_be_visible()
    assert_accessible(page)

    page.goto(world.url("settings/members"))
    page.get_by_role("link", name="Invite").click()
    assert_accessible(page)
    page.get_by_label("Email").fill("bo@example.com")
    page.get_by_label("Viewer").check()
    page.keyboard.press("Enter")
    link = page.get_by_label("The link", exact=True).input_value()
    assert_accessible(page)
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("bo@example.com", exact=True)).to_be_visible()

    context = browser.new_context(base_url=page.url, reduced_motion="reduce")
    guest = context.new_page()
    guest.goto(urlsplit(link).path)
    assert_accessible(guest)
    guest.get_by_label("Name").fill("Bo Li")
    guest.get_by_label("Password", exact=True).fill("a long sentence nobody guesses")
    guest.keyboard.press("Enter")
    expect(guest.get_by_text("Welcome to Acme Sales.")).to_be_visible()

    page.reload()
    assert_accessible(page)
    page.get_by_role("link", name="Change Bo Li").click()
    assert_accessible(page)
    page.get_by_label("Member", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Bo Li: member.")).to_be_visible()
    guest.goto(world.url("contacts"))
    expect(guest.get_by_role("link", name="Add contact")).to_be_visible()

    page.get_by_role("link", name="Change Bo Li").click()
    page.get_by_role("link", name="Remove Bo Li").click()
    page.get_by_role("button", name="Remove Bo Li").click()
    expect(page.get_by_text("Bo Li no longer belongs to the team.")).to_be_visible()
    assert guest.goto(world.url("contacts")).status == 404
    context.close()
