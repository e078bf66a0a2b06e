"""A number that nobody has gets its contact, by keyboard; and what is new here looked at by axe."""

import pytest
from playwright.sync_api import Page, expect

from calls.models import Call
from tests.browser.kit import assert_accessible
from tests.browser.world import World
from tests.factories import CallFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_unmatched_calls_get_their_contact(signed_in: Page, world: World) -> None:
    page, number = signed_in, world.unmatched.contact_number
    CallFactory.create(team=world.team, direction="inbound", from_number=number)
    page.goto(world.url("calls"))
    page.get_by_role("link", name="Unmatched 2").press("Enter")
    caller = page.get_by_role("region")
    expect(caller.get_by_text("2 calls")).to_be_visible()
    assert_accessible(page)

    caller.get_by_role("link", name="Assign to a contact").press("Enter")
    panel = page.get_by_role("dialog", name="Call")
    whose = panel.get_by_role("combobox", name="Contact")
    whose.press_sequentially("love")
    expect(panel.get_by_role("option", name="Ada Lovelace")).to_be_visible()
    assert_accessible(page)
    whose.press("ArrowDown")
    whose.press("Enter")
    expect(whose).to_have_value("Ada Lovelace")
    expect(panel.locator("[data-combobox-note]")).to_contain_text("Meridian Last Mile")
    expect(panel.get_by_label("Also the other call of this number")).to_be_checked()
    whose.press("Enter")
    expect(panel.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(page.get_by_text("2 calls were assigned to Ada Lovelace.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="No call waits for its contact")).to_be_visible()
    assert_accessible(page)
    assert not Call.objects.filter(contact=None).exists()
