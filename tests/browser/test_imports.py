"""A file's way from upload to undo in a real browser, with and without JavaScript."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from crm.api.naming import camel
from crm.jobs.worker import Worker
from tests.browser.kit import assert_accessible
from tests.browser.world import World
from tests.contacts.imports.styles import RIGHT, STYLES, WRONG, Style
from tests.counts import counts
from tests.factories import ContactFactory

pytestmark = pytest.mark.django_db(transaction=True)

GERMAN = "Vorname,Nachname,Firma,E-Mail,Telefon,Status,Betreuer,Rolle im Team"
PEOPLE = """First Name,Last Name,Associated Company,Email,Phone Number,Lead Status,Owner,Team role
Grete,Hahn,Acme Logistics,grete@acme.example,+49 30 23125100,Qualified,Kenji,Dispatcher
Bo,Li,Li Brothers,bo@li.example,call me,open,Kenji,Buyer
Karin,Öberg,,karin(at)post.example,,,Kenji,
"""
#: As HubSpot exports it, and as a German Excel saves it.
FILES = {
    True: (PEOPLE.encode(), "Team role"),
    False: (
        PEOPLE.replace(PEOPLE.partition("\n")[0], GERMAN).replace(",", ";").encode("cp1252"),
        "Rolle im Team",
    ),
}
EMAILS = ["bo@li.example", "grete@acme.example", RIGHT]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_from_upload_to_undo(
    signed_in: Page, world: World, javascript: bool, tmp_path: Path
) -> None:
    page = signed_in
    ContactFactory.create(
        team=world.team, first_name="Bo", last_name="Li", email="bo@li.example", job_title="Owner"
    )
    page.goto(world.url("imports"))
    page.get_by_role("link", name="Import contacts").first.click()
    looks(page, javascript)
    data, unsure = FILES[javascript]
    choose(page, data, tmp_path)
    expect(page.get_by_text("8 columns: 6 matched, 2 left out")).to_be_visible()
    page.get_by_label(f"Field for {unsure}").select_option(label="Job title")
    page.get_by_label("Update the contact").check()
    looks(page, javascript)
    page.get_by_role("button", name="Review 3 rows").click()
    work(page, javascript, "All rows are checked. Nothing is written yet.")
    looks(page, javascript)
    page.get_by_role("link", name="1 Updated").click()
    expect(page.get_by_role("row", name="Job title Owner Buyer")).to_be_visible()
    looks(page, javascript)
    page.get_by_role("button", name="Import 2 rows").click()
    work(page, javascript, "The import is finished.")
    looks(page, javascript)
    with page.expect_download() as download:
        page.get_by_role("link", name="rejected.csv").click()
    fixed = (
        Path(download.value.path())
        .read_text()
        .replace("(at)", "@")
        .replace("Öberg,,", "Öberg,P,")
        .replace("Öberg;;", "Öberg;P;")
    )
    page.get_by_role("link", name="Import another file").click()
    choose(page, fixed.encode(), tmp_path)
    page.get_by_role("button", name="Review 1 row").click()
    work(page, javascript, "All rows are checked. Nothing is written yet.")
    expect(page.get_by_role("link", name="0 Rejected")).to_be_visible()
    page.get_by_role("button", name="Import 1 row").click()
    work(page, javascript, "The import is finished.")
    assert world.team.contacts.filter(last_name="Öberg").exists()
    page.get_by_role("link", name="Undo the import").click()
    expect(page.get_by_text("1 contact that it added will be removed.")).to_be_visible()
    looks(page, javascript)
    page.get_by_role("button", name="Undo the import").click()
    work(page, javascript, "The import was undone.")
    assert not world.team.contacts.filter(last_name="Öberg").exists()
    page.goto(world.url("imports"))
    looks(page, javascript)


def test_the_page_of_columns_says_at_once_what_a_choice_does(
    signed_in: Page, world: World, tmp_path: Path
) -> None:
    page = signed_in
    page.goto(world.url("imports/new"))
    choose(page, b"First name,Last name,Company,City,Role in team\nAnna,Berg,Acme,Bonn,Boss\n",
           tmp_path)  # fmt: skip
    count = page.locator("#mapping-counts")
    expect(count).to_have_text("3 matched, 1 left out, 1 not imported")
    page.get_by_label("Import and update company fields").check()
    expect(count).to_have_text("4 matched, 1 left out")
    role = page.get_by_label("Field for Role in team")
    role.select_option("companyCity")
    twice = page.get_by_text("Two columns are Company city. Choose one of them.")
    expect(twice).to_have_count(2)
    role.select_option("jobTitle")
    expect(twice).to_have_count(0)
    expect(count).to_have_text("5 matched, 0 left out")
    expect(page.get_by_role("row", name="Role in team")).to_contain_text("Your choice")
    # Enter in a field goes on; it does not read the file again.
    page.get_by_label("Tags for all rows").press("Enter")
    expect(page.get_by_text("Every row is being checked.")).to_be_visible()


@pytest.mark.parametrize("javascript", counts([False], [True, False]))
@pytest.mark.parametrize("style", counts(STYLES[4:5], STYLES), ids=lambda style: style.name)
def test_a_file_of_each_style(
    signed_in: Page, world: World, style: Style, javascript: bool, tmp_path: Path
) -> None:
    page = signed_in
    page.goto(world.url("imports/new"))
    choose(page, style.data, tmp_path)
    field = page.get_by_label(f"Field for {style.unsure}")
    expect(field).to_have_value("")
    field.select_option(camel(style.meaning))
    page.get_by_role("button", name="Review 3 rows").click()
    work(page, javascript, "All rows are checked. Nothing is written yet.")
    expect(page.get_by_role("link", name="1 Rejected")).to_be_visible()
    page.get_by_role("button", name="Import 2 rows").click()
    work(page, javascript, "The import is finished.")
    with page.expect_download() as download:
        page.get_by_role("link", name="rejected.csv").click()
    fixed = Path(download.value.path()).read_bytes().replace(WRONG.encode(), RIGHT.encode())
    page.get_by_role("link", name="Import another file").click()
    choose(page, fixed, tmp_path)
    page.get_by_role("button", name="Review 1 row").click()
    work(page, javascript, "All rows are checked. Nothing is written yet.")
    expect(page.get_by_role("link", name="0 Rejected")).to_be_visible()
    page.get_by_role("button", name="Import 1 row").click()
    work(page, javascript, "The import is finished.")
    people: Any = Contact.objects.filter(team=world.team, email__in=EMAILS).order_by("email")
    assert list(people.values_list("email", flat=True)) == EMAILS
    assert all(people.values_list(style.meaning, flat=True))


def choose(page: Page, data: bytes, folder: Path) -> None:
    """Upload a file."""
    path = folder / "people.csv"
    path.write_bytes(data)
    page.get_by_label("CSV file").set_input_files(path)
    page.get_by_role("button", name="Upload and match columns").click()


def work(page: Page, javascript: bool, until: str) -> None:
    """Let the worker work; the page finds out by itself, or is asked to look again."""
    stops = page.get_by_role("button", name="Stop, and back to the columns")
    cancels = page.get_by_role("link", name="Cancel the import")
    expect(stops.or_(cancels).or_(page.get_by_text("Undoing"))).to_be_visible()
    Worker().run_waiting()
    if not javascript:
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text(until)).to_be_visible()


def looks(page: Page, javascript: bool) -> None:
    """Ask axe, which needs JavaScript itself."""
    if javascript:
        assert_accessible(page)
