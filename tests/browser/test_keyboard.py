"""Every list, panel, form and menu by keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from contacts.models import Contact, LeadStatus
from tests.browser.world import World

pytestmark = pytest.mark.django_db(transaction=True)

IN_THE_TABLE = ("Ada Lovelace", "Hedy Lamarr", "Kurt Gödel")


def name_of(page: Page, name: str) -> Locator:
    return page.get_by_role("table").get_by_role("link", name=name)


@pytest.mark.parametrize(("down", "up"), [("j", "k"), ("ArrowDown", "ArrowUp")])
def test_walking_through_the_rows(signed_in: Page, world: World, down: str, up: str) -> None:
    page, (first, second, third) = signed_in, IN_THE_TABLE
    page.goto(world.url("contacts"))
    page.keyboard.press("j")
    expect(name_of(page, first)).to_be_focused()
    for key, name in ((down, second), (down, third), (up, second), (up, first), (up, first)):
        page.keyboard.press(key)
        expect(name_of(page, name)).to_be_focused()


def test_the_panel_takes_the_focus_and_gives_it_back(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    name_of(page, "Ada Lovelace").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Contact")
    expect(panel.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(panel.locator("#panel-content")).to_be_focused()
    page.keyboard.press("j")
    expect(panel.get_by_role("heading", name="Hedy Lamarr")).to_be_visible()
    expect(panel.get_by_text("2 of 6")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(name_of(page, "Hedy Lamarr")).to_be_focused()


def test_tab_stays_in_the_panel(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    name_of(page, "Ada Lovelace").press("Enter")
    panel = page.get_by_role("dialog", name="Contact")
    expect(panel.locator("#panel-content")).to_be_focused()
    seen = go_round(page, "Tab")
    assert go_round(page, "Shift+Tab") == seen
    assert seen >= {"Next", "Close", "Play", "Download the recording"}


def go_round(page: Page, key: str) -> set[str]:
    """Press the key until the first place comes round again; the names of the places seen."""
    place = """() => {
        const here = document.activeElement;
        return here.closest("dialog") && (here.ariaLabel || here.innerText.trim() || here.tagName);
    }"""
    page.keyboard.press(key)
    first = here = page.evaluate(place)
    seen: set[str] = set()
    while here not in seen or here != first:
        assert here, f"{key} left the panel"
        seen.add(here)
        page.keyboard.press(key)
        here = page.evaluate(place)
    return seen


def test_a_recording_by_keyboard(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url(f"calls/{world.call.pk}"))
    bar = page.get_by_role("slider", name="Position in the recording")
    bar.press("End")
    expect(bar).to_have_attribute("aria-valuenow", "6")
    bar.press("ArrowLeft")
    expect(bar).to_have_attribute("aria-valuenow", "1")
    expect(bar).to_have_attribute("aria-valuetext", "0:01 of 0:06")
    bar.press("Home")
    expect(bar).to_have_attribute("aria-valuenow", "0")
    bar.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    bar.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_a_moment_of_the_transcript_is_heard(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url(f"calls/{world.call.pk}"))
    page.get_by_role("link", name="Play from 0:02").press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="frozen berries")).to_have_class(
        re.compile("is-now")
    )
    assert page.locator("audio").evaluate("audio => audio.currentTime") >= 2


def test_the_company_field(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts/new"))
    company = page.get_by_role("combobox", name="Company")
    company.press_sequentially("meri")
    option = page.get_by_role("option", name="Meridian Last Mile")
    expect(option).to_be_visible()
    company.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(company).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "-")
    company.press("Enter")
    expect(company).to_have_value("Meridian Last Mile")
    expect(option).to_be_hidden()
    company.fill("Northwind Foods")
    new = page.get_by_role("option", name="Create “Northwind Foods”")
    expect(new).to_be_visible()
    company.press("ArrowUp")
    company.press("Enter")
    expect(page.get_by_text("“Northwind Foods” is new and will be created")).to_be_visible()
    company.press("ArrowDown")
    expect(new).to_be_visible()
    company.press("Escape")
    expect(new).to_be_hidden()
    expect(company).to_have_value("Northwind Foods")


def test_the_status_menu(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    name_of(page, "Ada Lovelace").press("Enter")
    panel = page.get_by_role("dialog", name="Contact")
    menu = panel.locator("summary", has_text="Qualified")
    menu.press("Enter")
    expect(panel.get_by_role("button", name="Customer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel.get_by_role("button", name="Customer")).to_be_hidden()
    expect(menu).to_be_focused()
    menu.press("Enter")
    panel.get_by_role("button", name="Customer").press("Enter")
    expect(panel.locator("summary", has_text="Customer")).to_be_focused()
    expect(page.get_by_role("row", name="Ada Lovelace").get_by_text("Customer")).to_be_visible()
    assert Contact.objects.get(pk=world.ada.pk).lead_status == LeadStatus.CUSTOMER


def test_search_and_filter_menu(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.keyboard.type("lovelace")
    expect(page.get_by_role("row", name="Hedy Lamarr")).to_be_hidden()
    expect(name_of(page, "Ada Lovelace")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?.*search=lovelace"))
    page.keyboard.press("Escape")
    expect(name_of(page, "Hedy Lamarr")).to_be_visible()
    page.locator("summary", has_text="Filter").press("Enter")
    page.get_by_label("Has phone").select_option("No")
    expect(name_of(page, "Ada Lovelace")).to_be_hidden()
    page.get_by_role("link", name="Remove filter Has phone").press("Enter")
    expect(name_of(page, "Ada Lovelace")).to_be_visible()


def test_the_way_past_the_frame(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("companies"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
