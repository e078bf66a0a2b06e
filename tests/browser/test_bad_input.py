"""What cannot be stored is said beside its field, keeps what was typed, and is never run."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from companies.models import Company
from contacts.models import Contact
from tests.browser.world import SCRIPT, World
from tests.factories import CallFactory, CompanyFactory, ContactFactory

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = {
    "First name": "Emmy",
    "Last name": SCRIPT,
    "Company": "Nobody & Co",
    "Phone": "12",
    "Email": "emmy at example",
    "Notes": "Two\nlines",
}
SAID = {
    "Phone": "is not a phone number",
    "Email": "is not an email address",
    "Company": "No company is called “Nobody & Co” yet.",
}


def fill(form: Page | Locator) -> None:
    for label, text in TYPED.items():
        form.get_by_label(label, exact=True).fill(text)


def see_what_is_wrong(form: Page | Locator) -> None:
    for label, text in TYPED.items():
        expect(form.get_by_label(label, exact=True)).to_have_value(text)
    for label, words in SAID.items():
        field = form.get_by_label(label, exact=True)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re_of(words))


def re_of(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words))


def test_a_form_keeps_what_was_typed(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts/new"))
    fill(page)
    page.get_by_role("button", name="Add contact").click()
    see_what_is_wrong(page)
    assert Contact.objects.count() == len(world.others) + 1
    assert not Company.objects.filter(name="Nobody & Co").exists()


def test_so_does_a_form_in_the_panel(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    page.get_by_role("link", name="Add contact").click()
    panel = page.get_by_role("dialog", name="Contact")
    fill(panel)
    panel.get_by_role("button", name="Add contact").click()
    see_what_is_wrong(panel)
    panel.get_by_label("Phone", exact=True).fill("(212) 555-0148")
    panel.get_by_label("Email").fill("emmy@example.com")
    panel.get_by_role("button", name="Add contact").click()
    expect(panel.get_by_role("heading", name=f"Emmy {SCRIPT}")).to_be_visible()
    expect(panel.get_by_role("link", name="Nobody & Co")).to_be_visible()
    expect(page.get_by_role("row", name="Emmy")).to_contain_text(SCRIPT)


def test_somebody_else_saved_meanwhile(signed_in: Page, world: World) -> None:
    page = signed_in
    page.goto(world.url(f"companies/{world.company.pk}/edit"))
    Company.objects.filter(pk=world.company.pk).update(industry="Freight", version=2)
    page.get_by_label("Industry").fill("Logistics")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("while you were editing")
    expect(page.get_by_label("Industry")).to_have_accessible_description("Stored now: Freight")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Meridian Last Mile was saved.")).to_be_visible()
    assert Company.objects.get(pk=world.company.pk).industry == "Logistics"


@pytest.fixture
def hostile(world: World) -> Contact:
    """A contact, a company and a call in which every text is a script."""
    company = CompanyFactory.create(
        team=world.team, name=SCRIPT, industry=SCRIPT, notes=SCRIPT, city=SCRIPT
    )
    contact = ContactFactory.create(
        company=company,
        first_name=SCRIPT,
        last_name=SCRIPT,
        job_title=SCRIPT,
        phone="+12125550166",
        source=SCRIPT,
        notes=SCRIPT,
        external_id=SCRIPT,
        tags=[SCRIPT],
    )
    CallFactory.create(
        contact=contact,
        summary=SCRIPT,
        assistant_name=SCRIPT,
        ended_reason=SCRIPT,
        transferred_to=SCRIPT,
        recorded=True,
        turns=[{"speaker": "contact", "text": SCRIPT, "startSeconds": 0}],
    )
    return contact


def test_a_script_is_text_everywhere(signed_in: Page, world: World, hostile: Contact) -> None:
    page, call = signed_in, hostile.calls.get()
    company = f"companies/{hostile.company_id}"
    for address in (
        "contacts",
        f"contacts?search={SCRIPT}&leadStatus={SCRIPT}&tag={SCRIPT}&company={SCRIPT}",
        f"contacts/{hostile.pk}",
        f"contacts/{hostile.pk}/edit",
        f"contacts/{hostile.pk}/delete",
        f"contacts?companyId={hostile.company_id}",
        "companies",
        company,
        f"{company}/edit",
        f"{company}/delete",
        f"{company}/contacts",
        "calls",
        f"calls?search={SCRIPT}",
        f"calls/{call.pk}",
        f"calls/{call.pk}?search={SCRIPT}",
    ):
        page.goto(world.url(address))
        see_that_nothing_ran(page)


def see_that_nothing_ran(page: Page) -> None:
    assert page.get_by_text("taken over").or_(page.locator("[value*='taken over']")).count()
    assert page.locator("script", has_text="taken over").count() == 0, page.url
    assert page.title() != "taken over"


def test_nor_does_one_run_in_the_panel(signed_in: Page, world: World, hostile: Contact) -> None:
    page = signed_in
    page.goto(world.url("contacts"))
    page.get_by_role("cell", name="(212) 555-0166").click()
    panel = page.get_by_role("dialog", name="Contact")
    panel.locator("summary", has_text="Transcript").click()
    expect(panel.locator(".transcript").get_by_role("listitem")).to_contain_text(SCRIPT)
    CallFactory.create(contact=hostile, summary=f"Again {SCRIPT}")
    expect(panel.get_by_text(f"Again {SCRIPT}")).to_be_visible()
    see_that_nothing_ran(page)


def test_nor_among_suggestions(signed_in: Page, world: World, hostile: Contact) -> None:
    page = signed_in
    page.goto(world.url("contacts/new"))
    page.get_by_label("Company").press_sequentially("<script>")
    expect(page.get_by_role("option")).to_contain_text([SCRIPT, "Create “<script>”"])
    see_that_nothing_ran(page)
