"""Shaping a table by keyboard: its columns, filters and order, and taking it along as a file."""

import csv
import io

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Origin
from crm.history.recording import Author
from tests.browser.chromium import NARROW, WIDE
from tests.browser.kit import assert_accessible
from tests.browser.world import World
from tests.contacts.worlds import add_fields

pytestmark = pytest.mark.django_db(transaction=True)

BUDGETS = {"Lovelace": 500, "Hopper": 90_000, "Turing": 7000}


@pytest.fixture
def world(world: World) -> World:
    """A team with fields of its own; three people have a budget."""
    add_fields(world.team)
    for name, budget in BUDGETS.items():
        contact = Contact.objects.get(last_name=name)
        contact.custom_fields = {"budget": budget, "plan": "Gold"}
        save_contact(contact, by=Author(Origin.DEMO))
    return world


def rows(page: Page) -> Locator:
    return page.locator("#results tr[data-href]")


def open_filters(page: Page) -> None:
    page.locator("summary", has_text="Filter").press("Enter")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_whole_way_by_keyboard(signed_in: Page, world: World, viewport: ViewportSize) -> None:
    page, is_wide = signed_in, viewport == WIDE
    page.goto(world.url("contacts"))
    choose_columns(page, is_wide=is_wide)
    filter_by_budget(page)
    sort_by_budget(page, is_wide=is_wide)
    expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_contain_text("Grace Hopper")
    page.get_by_role("link", name="Remove filter Budget is at least 1,000").press("Enter")
    expect(rows(page)).to_have_count(6)
    expect(rows(page).nth(2)).to_contain_text("Ada Lovelace")
    take_along(page)


def choose_columns(page: Page, *, is_wide: bool) -> None:
    opener = page.get_by_role("link", name="Choose columns")
    opener.press("Enter")
    panel = page.get_by_role("dialog")
    budget = panel.get_by_label("Budget", exact=True)
    budget.press("Space")
    expect(panel.get_by_role("button", name="Move Budget up")).to_be_visible()
    expect(panel.get_by_label("Budget", exact=True)).to_be_focused()
    up = panel.get_by_role("button", name="Move Budget up")
    for place in range(6, -1, -1):
        up.press("Enter")
        expect(panel.locator("ol li").nth(place + 1)).to_contain_text("Budget")
        expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")
    assert_accessible(page, [page.viewport_size or WIDE])
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()
    expect_order(page, "Newest first")
    if is_wide:
        expect(page.get_by_role("columnheader").nth(1)).to_have_text("Budget")
        expect(page.get_by_role("row", name="Ada Lovelace").get_by_text("500")).to_be_visible()


def filter_by_budget(page: Page) -> None:
    open_filters(page)
    budget = page.get_by_role("group", name="Budget")
    budget.get_by_label("From").fill("1,000")
    budget.get_by_label("From").press("Enter")
    expect(page.get_by_text("Budget is at least 1,000")).to_be_visible()
    expect(rows(page)).to_have_count(2)
    assert_accessible(page, [page.viewport_size or WIDE])
    page.keyboard.press("Escape")


def sort_by_budget(page: Page, *, is_wide: bool) -> None:
    if is_wide:
        page.get_by_role("columnheader", name="Budget").get_by_role("link").press("Enter")
        expect(rows(page).first).to_contain_text("Alan Turing")
        page.get_by_role("columnheader", name="Budget").get_by_role("link").press("Enter")
    else:
        page.get_by_label("Order").select_option("Budget, highest first")
    expect(rows(page).first).to_contain_text("Grace Hopper")
    expect_order(page, "Budget, highest first")


def expect_order(page: Page, name: str) -> None:
    expect(page.get_by_label("Order").locator("option:checked")).to_have_text(name)


def take_along(page: Page) -> None:
    page.get_by_label("Export").press("Enter")
    expect(page.get_by_text("6 rows as CSV")).to_be_visible()
    assert_accessible(page, [page.viewport_size or WIDE])
    with page.expect_download() as download:
        page.get_by_role("link", name="Columns shown").press("Enter")
    text = download.value.path().read_text(encoding="utf-8-sig")
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    assert header[:3] == ["First name", "Last name", "Budget"]
    assert [line[2] for line in lines] == ["90000", "7000", "500", "", "", ""]
