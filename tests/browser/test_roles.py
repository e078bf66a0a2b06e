"""Who may only look is offered nothing else."""

import pytest
from playwright.sync_api import Page, expect

from crm.teams.models import Role
from tests.browser.kit import sign_in
from tests.browser.world import World

pytestmark = pytest.mark.django_db(transaction=True)

WRITING = (
    *("Add contact", "Add company", "Edit", "Delete", "Save", "Log a call"),
    *("Create key", "API keys"),
)


def see_no_way_to_write(page: Page) -> None:
    for name in WRITING:
        for role in ("link", "button"):
            expect(page.get_by_role(role, name=name, include_hidden=True)).to_have_count(0)
    # Signing out is all that they may send.
    forms = page.locator("form[method=post]:not([action='/sign-out'])")
    expect(forms).to_have_count(0)


def test_a_viewer_is_offered_nothing_to_write(page: Page, world: World) -> None:
    sign_in(page, world.person(Role.VIEWER))
    for address, words in (
        ("contacts", "Ada Lovelace"),
        (f"contacts/{world.ada.pk}", "Ships frozen berries"),
        ("companies", "Meridian Last Mile"),
        (f"companies/{world.company.pk}", "Ada Lovelace"),
        ("calls", "Ships frozen berries"),
        (f"calls/{world.call.pk}", "We ship frozen berries."),
        (f"calls/{world.unmatched.pk}", "(212) 555-0199"),
        ("settings", "Calling hours"),
        ("settings/members", "Viewer Person"),
    ):
        page.goto(world.url(address))
        expect(page.get_by_role("main").get_by_text(words).first).to_be_visible()
        see_no_way_to_write(page)


def test_nor_in_the_panel(page: Page, world: World) -> None:
    sign_in(page, world.person(Role.VIEWER))
    page.goto(world.url("contacts"))
    page.get_by_role("cell", name="Ada Lovelace").click()
    expect(page.get_by_role("dialog").get_by_text("Ships frozen berries")).to_be_visible()
    see_no_way_to_write(page)


def test_a_member_is_offered_it_all_but_the_keys(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url(f"contacts/{world.ada.pk}"))
    expect(page.get_by_role("link", name="Edit", exact=True)).to_be_visible()
    page.goto(world.url("settings"))
    expect(page.get_by_role("link", name="API keys")).to_have_count(0)
