"""History in the panel: what changed stands last, and an earlier value is one key away."""

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from crm.teams.models import Role
from tests.browser.kit import assert_accessible, sign_in
from tests.browser.world import World
from tests.factories import member_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_earlier_value_comes_back(page: Page, world: World) -> None:
    sign_in(page, member_of(world.team, Role.OWNER))
    page.goto(world.url("contacts"))
    page.get_by_role("cell", name="Ada Lovelace").click()
    panel = page.get_by_role("dialog")
    title = Contact.objects.get(pk=world.ada.pk).job_title
    panel.get_by_role("link", name="Change job title").click()
    panel.get_by_role("textbox", name="Job title").fill("Admiral")
    page.keyboard.press("Enter")
    history = panel.locator("#history")
    expect(history.locator("li").first).to_contain_text("Admiral")
    assert_accessible(page)
    restore = history.get_by_role("button", name="Restore Job title").first
    restore.focus()
    page.keyboard.press("Enter")
    expect(history.locator("del").first).to_have_text("Admiral")
    assert Contact.objects.get(pk=world.ada.pk).job_title == title

    page.goto(world.url("settings/audit"))
    expect(page.locator("tbody tr, li").filter(has_text="Admiral").first).to_be_visible()
    assert_accessible(page)
