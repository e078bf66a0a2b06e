"""The panel and the browser around it: addresses, Back, new tabs, calls that come in meanwhile."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from contacts.models import Contact
from tests.browser.chromium import NARROW
from tests.browser.world import World, recorded_call
from tests.factories import CallFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 5_000  # milliseconds in which a call has to show up


def open_panel(page: Page, world: World) -> Locator:
    page.goto(world.url("contacts"))
    page.get_by_role("cell", name="Ada Lovelace").click()
    panel = page.get_by_role("dialog", name="Contact")
    expect(panel.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    return panel


def test_its_address_is_a_page(signed_in: Page, world: World) -> None:
    page = signed_in
    panel = open_panel(page, world)
    expect(page).to_have_url(re.compile(f"/t/acme/contacts/{world.ada.pk}$"))
    page.reload()
    expect(panel).to_have_count(0)
    expect(page.get_by_role("heading", name="Ada Lovelace", level=1)).to_be_visible()
    expect(page.get_by_text("Ships frozen berries")).to_be_visible()


def test_back_closes_and_forward_opens_it(signed_in: Page, world: World) -> None:
    page = signed_in
    panel = open_panel(page, world)
    page.get_by_role("row", name="Hedy Lamarr").click()
    expect(panel.get_by_role("heading", name="Hedy Lamarr")).to_be_visible()
    page.go_back()
    expect(panel).to_be_hidden()
    expect(page).to_have_url(re.compile("/t/acme/contacts$"))
    page.go_forward()
    expect(panel.get_by_role("heading", name="Hedy Lamarr")).to_be_visible()


def test_the_table_keeps_its_place_and_filters(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts?search=a&sort=name"))
    page.get_by_role("cell", name="Ada Lovelace").click()
    panel = page.get_by_role("dialog", name="Contact")
    expect(panel.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(page.get_by_role("row", name="Ada Lovelace")).to_have_class(re.compile("is-open"))
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?search=a&sort=name$"))


@pytest.mark.parametrize("modifier", ["Control", "Shift"])
def test_with_a_modifier_a_row_opens_elsewhere(
    signed_in: Page, world: World, modifier: str
) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    with page.context.expect_page() as opened:
        page.get_by_role("cell", name="Head of Logistics").click(modifiers=[modifier])
    heading = opened.value.get_by_role("heading", name="Ada Lovelace", level=1)
    expect(heading).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_link_with_control_opens_a_tab(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Ada Lovelace").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", name="Ada Lovelace", level=1)).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_editing_in_it_changes_the_row(signed_in: Page, world: World) -> None:
    page = signed_in
    panel = open_panel(page, world)
    panel.get_by_role("link", name="Edit", exact=True).click()
    panel.get_by_role("textbox", name="Job title").fill("Chief Baker")
    page.keyboard.press("Escape")
    expect(panel.get_by_role("textbox", name="Job title")).to_have_value("Chief Baker")
    panel.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Ada Lovelace was saved.")).to_be_visible()
    expect(page.get_by_role("cell", name="Chief Baker")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/t/acme/contacts/{world.ada.pk}$"))
    assert Contact.objects.get(pk=world.ada.pk).job_title == "Chief Baker"


def test_a_call_that_is_the_first(signed_in: Page, world: World) -> None:
    page, hedy = signed_in, world.others[-1]
    page.goto(world.url("contacts"))
    page.get_by_role("row", name="Hedy Lamarr").click()
    panel = page.get_by_role("dialog", name="Contact")
    expect(panel.get_by_text("No calls yet.")).to_be_visible()
    recorded_call(hedy)
    card = panel.get_by_role("article")
    expect(card).to_be_visible(timeout=AT_ONCE)
    expect(panel.get_by_text("No calls yet.")).to_be_hidden()
    card.get_by_role("button", name="Play").click()
    expect(card.get_by_role("button", name="Pause")).to_be_visible()
    card.locator("summary", has_text="Transcript").click()
    expect(card.get_by_text("We ship frozen berries.")).to_be_visible()


def test_calls_come_in_on_the_page_too(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url(f"contacts/{world.ada.pk}"))
    CallFactory.create(contact=world.ada, summary="Called again.")
    expect(page.get_by_text("Called again.")).to_be_visible(timeout=AT_ONCE)


@pytest.mark.parametrize("viewport", [NARROW], ids=["narrow"])
def test_on_a_phone_it_covers_the_table(signed_in: Page, world: World) -> None:
    page = signed_in
    panel = open_panel(page, world)
    assert panel.bounding_box() == {"x": 0, "y": 0, **NARROW}
    expect(page.locator(".app")).to_have_attribute("inert", "")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(page.locator(".app")).not_to_have_attribute("inert", "")


@pytest.mark.expects_console_error("404")
def test_what_was_deleted_meanwhile(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    hedy = world.others[-1]
    Contact.objects.filter(pk=hedy.pk).delete()
    page.get_by_role("row", name="Hedy Lamarr").click()
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
