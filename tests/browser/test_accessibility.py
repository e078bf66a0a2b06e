"""axe on every page of a team, in each of its states, light and dark, wide and narrow."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from companies.models import Company
from crm.teams.models import Role, Team
from tests.browser.kit import assert_accessible, sign_in
from tests.browser.world import World
from tests.calls.providers.kit import keep
from tests.calls.providers.scripts import json_message
from tests.factories import CompanyFactory, LineFactory, TeamFactory, member_of

pytestmark = pytest.mark.django_db(transaction=True)


def look_at(page: Page, *addresses: str) -> None:
    for address in addresses:
        page.goto(address)
        assert_accessible(page)


def test_the_table_of_contacts(signed_in: Page, world: World) -> None:
    page = signed_in
    look_at(
        page,
        world.url("contacts"),
        world.url("contacts?search=nobody"),
        world.url("contacts/columns"),
        world.url("contacts?leadStatus=qualified&hasPhone=true&leadStatus=x&search=a"),
    )
    page.locator("summary", has_text="Filter").click()
    expect(page.get_by_label("Has phone", exact=True)).to_be_visible()
    assert_accessible(page)


def test_the_panel_of_a_contact(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    page.get_by_role("cell", name="Ada Lovelace").click()
    panel = page.get_by_role("dialog")
    panel.locator("summary", has_text="Transcript").click()
    expect(panel.get_by_text("We ship frozen berries.")).to_be_visible()
    assert_accessible(page)
    panel.locator("summary", has_text="Qualified").click()
    expect(panel.get_by_role("button", name="Churned")).to_be_visible()
    assert_accessible(page)


def test_the_pages_of_a_contact(signed_in: Page, world: World) -> None:
    contact = f"contacts/{world.ada.pk}"
    look_at(signed_in, *map(world.url, (contact, f"{contact}/edit", f"{contact}/delete")))


def test_adding_a_contact(signed_in: Page, world: World) -> None:
    page = signed_in
    look_at(page, world.url("contacts/new"))
    page.get_by_label("Company").press_sequentially("Mer")
    expect(page.get_by_role("option", name="Meridian Last Mile")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_label("Phone", exact=True).fill("12")
    page.locator("summary", has_text="More fields").click()
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_label("First name")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)


def test_the_pages_of_companies(signed_in: Page, world: World) -> None:
    page = signed_in
    lonely: Company = CompanyFactory.create(team=world.team, name="Lonely & Sons")
    company = f"companies/{world.company.pk}"
    addresses = (
        "companies",
        company,
        f"{company}/edit",
        f"{company}/delete",
        f"{company}/contacts",
        f"companies/{lonely.pk}/delete",
    )
    look_at(page, *map(world.url, addresses), world.url("companies/new"))
    page.get_by_role("button", name="Add company").click()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    assert_accessible(page)
    page.goto(world.url("companies"))
    page.get_by_role("cell", name="Meridian Last Mile").click()
    expect(page.get_by_role("dialog").get_by_text("Ada Lovelace")).to_be_visible()
    assert_accessible(page)


def test_the_pages_of_calls(signed_in: Page, world: World) -> None:
    page = signed_in
    addresses = ("calls?search=berries", f"calls/{world.call.pk}?search=berries", "calls")
    look_at(page, world.url(f"calls/{world.unmatched.pk}"), *map(world.url, addresses))
    page.get_by_role("article").filter(has_text="(212) 555-0199").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="Facts")).to_be_visible()
    assert_accessible(page)


def test_a_team_in_which_nothing_is_yet(page: Page, transactional_db: None) -> None:
    team = TeamFactory.create(slug="new")
    sign_in(page, member_of(team, Role.OWNER))
    look_at(page, "/t/new/contacts", "/t/new/companies", "/t/new/calls", "/t/new/contacts/new")
    sign_in(page, member_of(team, Role.VIEWER))
    look_at(page, "/t/new/contacts", "/t/new/calls")


@pytest.mark.expects_console_error("40[34]")
def test_pages_that_say_no(page: Page, world: World) -> None:
    sign_in(page, world.person(Role.VIEWER))
    look_at(page, world.url("contacts/new"), world.url("nothing"), "/t/elsewhere/contacts")
    assert page.title() == "There is nothing here · Callbook"


def test_the_menus_of_the_frame(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("settings"))
    page.locator("summary", has_text="switch team").click()
    assert_accessible(page)
    page.locator("summary", has_text="your account").click()
    expect(page.get_by_role("group", name="Theme")).to_be_visible()
    assert_accessible(page)


def test_the_pages_of_voice_platforms(page: Page, world: World) -> None:
    sign_in(page, world.person(Role.ADMIN))
    line = LineFactory.create(team=world.team, provider="vapi")
    connection = f"settings/voice/{line.connection.pk}"
    keep(line.connection, json_message([]))
    addresses = ("settings/voice", "settings/voice/new", connection, f"{connection}/access")
    look_at(page, *map(world.url, addresses), world.url(f"settings/voice/lines/{line.pk}"))
    # Two days from now, it is outside the calling hours everywhere.
    Team.objects.update(calling_days=str((timezone.now().isoweekday() + 1) % 7 + 1))
    look_at(page, world.url(f"contacts/{world.ada.pk}/dial"))
    expect(page.get_by_role("alert")).to_contain_text("outside the calling hours")
