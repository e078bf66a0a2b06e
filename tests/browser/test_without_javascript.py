"""The main line for who has switched scripts off."""

import re

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact, LeadStatus
from tests.browser.kit import without_javascript
from tests.browser.world import World
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), without_javascript]


def test_signing_in(page: Page, world: World) -> None:
    page.goto(world.url("contacts"))
    page.get_by_label("Email").fill(world.member.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("row")).to_have_count(7)


def test_searching_filtering_and_sorting(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    page.get_by_role("searchbox").fill("lovelace")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Has phone", exact=True).select_option("No")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("lovelace")
    page.get_by_role("link", name="Clear search and filters").click()
    page.get_by_role("columnheader", name="Name").get_by_role("link").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Kurt Gödel")


def test_a_row_leads_to_the_contact_and_its_calls(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    # The name's link covers its whole row, which Playwright would take for an obstacle.
    page.get_by_role("cell", name="Head of Logistics").click(force=True)
    expect(page.get_by_role("heading", name="Ada Lovelace", level=1)).to_be_visible()
    card = page.get_by_role("article").filter(has_text="Ships frozen berries")
    expect(card.locator("audio")).to_be_visible()
    with page.expect_download() as download:
        card.get_by_role("link", name="Download the recording").click()
    assert download.value.path().stat().st_size > 100_000
    card.locator("summary", has_text="Transcript").click()
    card.get_by_role("link", name="Read it on the page of the call").click()
    expect(page.get_by_text("We ship frozen berries.")).to_be_visible()


def test_adding_a_contact_with_its_company(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    page.get_by_role("link", name="Add contact").click()
    page.get_by_label("First name").fill("Emmy")
    page.get_by_label("Last name").fill("Noether")
    page.get_by_label("Company").fill("Northwind Foods")
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_text("No company is called “Northwind Foods” yet.")).to_be_visible()
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_role("heading", name="Emmy Noether", level=1)).to_be_visible()
    page.get_by_role("link", name="Northwind Foods").click()
    page.get_by_role("link", name="Show the contacts").click()
    expect(page.get_by_role("link", name="Emmy Noether")).to_be_visible()


def test_editing_a_contact_and_its_status(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url(f"contacts/{world.ada.pk}"))
    page.locator("summary", has_text="Qualified").click()
    page.get_by_role("button", name="Customer").click()
    expect(page.locator("summary", has_text="Customer")).to_be_visible()
    page.get_by_role("link", name="Edit", exact=True).last.click()
    page.get_by_label("Job title").fill("Chief Baker")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_title("Chief Baker")).to_be_visible()
    stored = Contact.objects.get(pk=world.ada.pk)
    assert (stored.job_title, stored.lead_status) == ("Chief Baker", LeadStatus.CUSTOMER)


def test_deleting_a_contact(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url(f"contacts/{world.ada.pk}"))
    page.locator("summary").and_(page.get_by_label("More")).click()
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_text("2 calls stay in the list of calls")).to_be_visible()
    page.get_by_role("button", name="Delete Ada Lovelace").click()
    expect(page).to_have_url(re.compile("/t/acme/contacts$"))
    expect(page.get_by_text("Ada Lovelace was deleted.")).to_be_visible()
    assert not Contact.objects.filter(pk=world.ada.pk).exists()
