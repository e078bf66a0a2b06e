"""A team's own field, from its first line to another type and back, by keyboard and mouse."""

import pytest
from playwright.sync_api import Page, expect

from crm.teams.models import Role
from tests.browser.kit import assert_accessible, sign_in
from tests.browser.world import World
from tests.factories import member_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_field_is_added_filled_converted_and_brought_back(page: Page, world: World) -> None:
    sign_in(page, member_of(world.team, Role.ADMIN))
    page.goto(world.url("settings/fields"))
    assert_accessible(page)
    page.get_by_role("link", name="Add the first field").click()
    page.get_by_label("Label").fill("Budget")
    page.get_by_label("Help text").fill("A year, in euros.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Budget")).to_be_visible()
    assert_accessible(page)

    page.goto(world.url(f"contacts/{world.ada.pk}/edit"))
    page.get_by_label("Budget").fill("soon")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_title("soon")).to_be_visible()

    page.goto(world.url("settings/fields"))
    page.get_by_role("link", name="Budget").click()
    assert_accessible(page)
    page.get_by_role("link", name="Change the type").click()
    page.get_by_label("New type").select_option("Number")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("0 of 1 values convert, 1 does not")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Change to number").click()
    expect(page.get_by_text("0 of 1 values were converted")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Undo: make it a text again").click()
    expect(page.get_by_text("1 of 1 values were converted")).to_be_visible()
    page.goto(world.url(f"contacts/{world.ada.pk}"))
    expect(page.get_by_title("soon")).to_be_visible()
