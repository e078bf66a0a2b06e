import pytest

from contacts.imports.views import EXAMPLE
from contacts.operations import save_contact
from crm.history.models import Change
from crm.history.recording import Author
from tests.contacts.imports.kit import HEADER
from tests.contacts.imports.pages import Browser, words
from tests.factories import CallFactory, ContactFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_upload_to_undo_with_one_mapping_corrected() -> None:
    browser = Browser()
    ContactFactory.create(
        team=browser.team, first_name="Bob", last_name="Chen", email="bob@acme.example"
    )
    page = browser.upload(f"{HEADER},Rolle im Team\nAnna,Berg,Acme,nobody,,Boss\n"
                          "Bob,Chen,Acme,bob@acme.example,,Buyer\n")  # fmt: skip
    assert "6 columns: 5 matched, 1 left out" in words(page)
    page = browser.columns(page, column_6="jobTitle", on_duplicate="update")
    assert "Nothing is written yet" in words(page)
    assert "“nobody” is not an email address." in words(page)
    updated = browser.look("?show=updated")
    assert "Job title empty Buyer" in words(updated)
    page = browser.press("start")
    assert "The import is finished." in words(page)
    bob = browser.team.contacts.get()
    assert bob.job_title == "Buyer"
    assert set(Change.objects.filter(record_id=bob.pk, verb="updated").values_list("origin")) == {
        ("import",)
    }
    listed = browser.client.get(f"/t/{browser.team.slug}/contacts?importId={browser.run.pk}")
    assert "Bob Chen" in words(listed)
    rejected = b"".join(browser.get(f"/{browser.run.pk}/rejected.csv").streaming_content)
    page = browser.press("undo")
    assert "The import was undone." in words(page)
    bob.refresh_from_db()
    assert bob.job_title == ""
    # The rejected rows, corrected, are taken as they are; the column is remembered.
    page = browser.upload(rejected.decode().replace("nobody", "anna@acme.example"))
    page = browser.columns(page)
    assert page.context["run"].rejected == 0
    page = browser.press("start")
    assert browser.team.contacts.get(first_name="Anna").job_title == "Boss"


def test_a_row_that_updates_an_earlier_one_says_who_that_is() -> None:
    browser = Browser()
    page = browser.upload(f"{HEADER},Title\nAnna,Berg,Acme,a@acme.example,,Boss\n,,,,,\n"
                          "Anna,Berg,Acme,a@acme.example,,Buyer\n")  # fmt: skip
    page = browser.columns(page, on_duplicate="update")
    assert "2 of 2 rows" in words(page)
    assert "2 Anna Berg Job title Boss Buyer" in words(browser.look("?show=updated"))


def test_the_example_imports_without_a_warning() -> None:
    browser = Browser()
    assert browser.get("/contacts-example.csv").content.decode() == f"\ufeff{EXAMPLE}"
    browser.columns(browser.upload(EXAMPLE))
    run = browser.run
    assert (run.created, run.rejected, run.warned) == (2, 0, 0)


def test_what_is_said_of_the_whole_file_goes_to_new_contacts() -> None:
    browser = Browser()
    page = browser.upload("Name;Telefon\nAnna Berg;030 123456\n")
    browser.columns(page)
    page = browser.get(f"/{browser.run.pk}/columns")
    browser.columns(page, default_company_name="Acme", default_region="DE",
                    lead_status="contacted", source="Fair", tags="vip, fair")  # fmt: skip
    browser.press("start")
    anna = browser.team.contacts.get()
    assert (anna.phone, anna.lead_status, anna.source, anna.company.name) == (
        "+4930123456", "contacted", "Fair", "Acme",
    )  # fmt: skip
    assert anna.tag_links.count() == 2


def test_a_file_that_is_no_table_is_refused_on_the_page() -> None:
    browser = Browser()
    page = browser.upload("%PDF-1.7\n")
    assert "This is a PDF, not a table." in words(page)
    assert browser.team.imports.count() == 0


def test_pressing_twice_starts_once_and_cancelling_stops() -> None:
    browser = Browser()
    browser.columns(browser.upload(f"{HEADER}\nAnna,Berg,Acme,,\n"))
    browser.post(f"/{browser.run.pk}/start")
    page = browser.post(f"/{browser.run.pk}/start")
    assert "Importing. You can leave this page." in words(page)
    assert "meanwhile" not in words(page)
    asked = browser.get(f"/{browser.run.pk}/cancel")
    assert "0 of 1 rows are done." in words(asked)
    browser.post(f"/{browser.run.pk}/cancel")
    page = browser.look()
    assert "The import was cancelled." in words(page)
    assert browser.team.contacts.count() == 0


def test_an_uploaded_file_waits_for_its_columns() -> None:
    browser = Browser()
    browser.upload(f"{HEADER}\nAnna,Berg,Acme,,\n")
    page = browser.get(f"/{browser.run.pk}")
    assert page.redirect_chain[-1][0].endswith("/columns")
    assert "people.csv Columns are being chosen" in words(browser.get(""))


def test_an_extension_that_goes_to_the_notes_is_reviewed() -> None:
    browser = Browser()
    page = browser.columns(browser.upload(f"{HEADER}\nAnna,Berg,Acme,,+1 415 555 0182 x12\n"))
    assert "Notes empty Extension of +14155550182: 12" in words(page)


def test_a_file_that_nobody_wants_is_discarded_after_a_question() -> None:
    browser = Browser()
    browser.upload(f"{HEADER}\nAnna,Berg,Acme,,\n")
    page = browser.get(f"/{browser.run.pk}/discard")
    assert "people.csv has not been imported" in words(page)
    page = browser.post(f"/{browser.run.pk}/discard")
    assert "people.csv was discarded." in words(page)
    assert not browser.team.imports.exists()


def test_skipped_rows_say_who_they_are_and_why() -> None:
    browser = Browser()
    known = ContactFactory.create(team=browser.team, first_name="Anna", email="a@x.example")
    browser.columns(browser.upload(f"{HEADER}\nAnna,Neu,Acme,a@x.example,\n"))
    page = browser.look("?show=skipped")
    assert f"1 Anna Neu {known.name} has this email address. Show the contact" in words(page)
    assert f"contacts/{known.pk}" in page.content.decode()


def test_undoing_says_before_and_after_what_it_does() -> None:
    browser = Browser()
    for name in ("old", "called"):
        ContactFactory.create(team=browser.team, first_name=name, last_name="X",
                              email=f"{name}@x.example")  # fmt: skip
    rows = [f"{name},X,Acme,{name}@x.example,,Boss" for name in ("old", "called", "new", "changed")]
    page = browser.upload("\n".join([f"{HEADER},Title", *rows]))
    browser.columns(page, on_duplicate="update")
    browser.press("start")
    CallFactory.create(contact=browser.team.contacts.get(first_name="called"))
    changed = browser.team.contacts.get(first_name="changed")
    changed.notes = "Mine"
    save_contact(changed, by=Author.person(browser.user))
    asked = words(browser.get(f"/{browser.run.pk}/undo"))
    assert "1 contact that it added will be removed." in asked
    assert "1 contact that it changed will be put back as it was before." in asked
    assert "2 contacts will stay" in asked
    page = browser.press("undo")
    assert "1 Removed 1 Put back 2 Kept" in words(page)
    assert "changed X Kept: changed since" in words(page)
    assert "called X Kept: called since" in words(page)
    assert f"contacts/{changed.pk}" in page.content.decode()


def test_a_review_that_is_no_longer_true_starts_nothing() -> None:
    browser = Browser()
    page = browser.columns(browser.upload(f"{HEADER}\nAnna,Berg,Acme,a@x.example,\n"))
    reviewed = page.context["run"].revision
    assert f'name="reviewed" value="{reviewed}"' in page.content.decode()
    browser.columns(browser.get(f"/{browser.run.pk}/columns"), column_4="")
    page = browser.post(f"/{browser.run.pk}/start", reviewed=reviewed)
    assert "The rows were checked again meanwhile." in words(page)
    assert browser.run.status == "reviewing"
    reviewed = browser.run.revision
    browser.press("start", reviewed=reviewed)
    assert browser.team.contacts.get().email == ""
    # A second click, or a colleague's: the page shows that it is done.
    page = browser.post(f"/{browser.run.pk}/start", reviewed=reviewed)
    assert "The import is finished." in words(page)
    assert "meanwhile" not in words(page)


def test_what_is_given_for_the_whole_file_is_reviewed_with_each_row() -> None:
    browser = Browser()
    page = browser.columns(
        browser.upload(f"{HEADER}\nAnna,Berg,Acme,,\n"),
        lead_status="contacted", source="Fair", tags="vip",
    )  # fmt: skip
    assert [(line.field, line.new) for line in page.context["lines"]] == [
        ("Company", "Acme"),
        ("First name", "Anna"),
        ("Last name", "Berg"),
        ("Status", "Contacted"),
        ("Lead source", "Fair"),
        ("Tags", "vip"),
    ]
