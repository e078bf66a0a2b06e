"""Files whose columns were seen before, above all those that an import has given back."""

from typing import Any

import pytest

from contacts.imports.given_back import header_of
from contacts.operations import delete_contact
from crm.history.recording import Author
from crm.records.models import CustomField
from crm.teams.models import Role
from tests.contacts.imports.kit import Importer
from tests.contacts.imports.pages import Browser, words
from tests.factories import ContactFactory, CustomFieldFactory, ImportFactory

pytestmark = pytest.mark.django_db(transaction=True)


def file(page: Any) -> str:
    data: bytes = b"".join(page.streaming_content)
    return data.decode()


@pytest.mark.parametrize("header", ["Vorname;Nachname;Firma;Telefon;Notiz;Notiz;Status", ""])
def test_rejected_rows_are_taken_as_their_import_was(header: str) -> None:
    browser = Browser(Role.ADMIN)
    rows = ["Anna;Berg;;030 23125100;eins;zwei;heiß", "Bo;Li;Acme;030 23125101;eins;zwei;heiß"]
    browser.upload("\n".join(filter(None, [header, *rows])))
    if not header:
        browser.post(f"/{browser.run.pk}/reading", header_row="1", no_header="on")
    page = browser.get(f"/{browser.run.pk}/columns")
    names = ("firstName", "lastName", "companyName", "phone", "", "notes", "leadStatus")
    columns = {f"column_{number}": name for number, name in enumerate(names, 1)}
    browser.columns(page, **columns, default_region="DE", on_duplicate="update", tags="fair")
    browser.choose(("leadStatus", "heiß", "qualified"))
    browser.press("start")
    given_back = file(browser.get(f"/{browser.run.pk}/rejected.csv"))
    assert given_back.count(";") == 2 * 7
    # Another import in between changes nothing.
    browser.columns(browser.upload("First name,Last name,Company\nEve,Doe,Acme\n"))
    browser.press("start")
    page = browser.upload(given_back.replace("Berg;;", "Berg;Acme;"))
    assert "All choices are those of people.csv" in words(page)
    page = browser.columns(page)
    assert (page.context["run"].created, page.context["run"].rejected) == (1, 0)
    browser.press("start")
    anna = browser.team.contacts.get(first_name="Anna")
    assert (anna.phone, anna.notes, anna.lead_status) == ("+493023125100", "zwei", "qualified")
    assert anna.tag_links.get().tag.name == "fair"


def test_rows_with_warnings_are_given_back_to_be_updated() -> None:
    browser = Browser()
    page = browser.upload(
        "First name,Last name,Company,Email,Phone\nAnna,Berg,Acme,a@x.example,call me\n"
    )
    browser.columns(page)
    browser.press("start")
    given_back = file(browser.get(f"/{browser.run.pk}/warnings.csv"))
    page = browser.columns(browser.upload(given_back.replace("call me,", "").replace(
        "a@x.example,call me", "a@x.example,+14155550182")))  # fmt: skip
    assert page.context["run"].updated == 1
    browser.press("start")
    assert browser.team.contacts.get().phone == "+14155550182"


def test_the_same_over_rest_but_for_what_is_said(importer: Importer) -> None:
    ContactFactory.create(team=importer.team, first_name="Anna", last_name="Berg",
                          email="a@x.example")  # fmt: skip
    said = importer.run(
        "Vorname,Nachname,Firma,Email,Wert\nAnna,Berg,,a@x.example,030 23125100\n",
        mapping='{"Wert": "phone"}', defaultRegion="DE", onDuplicate="update",
    )  # fmt: skip
    answer = importer.client.get(f"/api/crm/imports/{said['id']}/rejected.csv")
    fixed = file(answer).replace("Berg,,", "Berg,Acme,")
    assert importer.check(fixed, onDuplicate="skip")["skipped"] == 1
    assert importer.run(fixed)["updated"] == 1
    assert importer.team.contacts.get().phone == "+493023125100"


def test_a_file_with_the_same_columns_is_offered_the_same_choices() -> None:
    browser = Browser(Role.ADMIN)
    CustomFieldFactory.create(
        team=browser.team, key="plan", label="Plan", field_type="select", options=["Gold"]
    )
    text = "First name,Last name,Company,Plan\n{},Berg,Acme,Platin\n"
    browser.columns(browser.upload(text.format("Anna")), on_duplicate="update", default_region="DE",
                    tags="fair", lead_status="contacted")  # fmt: skip
    browser.choose(("customFields.plan", "Platin", "Gold"))
    browser.press("start")
    page = browser.upload(text.format("Bo"))
    form = page.context["form"]
    assert "The choices are those of people.csv" in words(page)
    assert "As before" in words(page)
    assert form["on_duplicate"].value() == "update"
    assert form["default_region"].value() == "DE"
    # What was said of that file alone is not said of this one.
    assert (form["tags"].value(), form["lead_status"].value()) == ("", "")
    page = browser.columns(page)
    assert page.context["run"].warned == 0
    browser.press("start")
    assert browser.team.contacts.get(first_name="Bo").custom_fields == {"plan": "Gold"}


@pytest.mark.parametrize("kind", ["rejected", "warnings"])
def test_dates_of_rows_that_come_back_are_read_as_their_import_found(kind: str) -> None:
    browser = Browser()
    CustomFieldFactory.create(team=browser.team, key="renewal", label="Renewal", field_type="date")
    browser.team.region = "DE"
    browser.team.save()
    wrong = "Anna,Berg,,call me" if kind == "rejected" else "Anna,Berg,Acme,call me"
    rows = [f"{wrong},04/06/2027", "Bo,Li,Acme,+14155550182,04/15/2027"]
    page = browser.upload("\n".join(["First name,Last name,Company,Phone,Renewal", *rows]))
    browser.columns(page)
    browser.press("start")
    given_back = file(browser.get(f"/{browser.run.pk}/{kind}.csv"))
    right = given_back.replace("Berg,,", "Berg,Acme,").replace(",call me,", ",+14155550199,")
    browser.columns(browser.upload(right))
    browser.press("start")
    anna = browser.team.contacts.get(first_name="Anna")
    assert (anna.phone, anna.custom_fields) == ("+14155550199", {"renewal": "2027-04-06"})


def test_a_row_with_a_warning_is_its_contact_s_though_nothing_else_says_it() -> None:
    browser = Browser()
    page = browser.upload("First name,Last name,Company,Phone\nNoa,Berg,Acme,call me\n"
                          "Eve,Doe,Acme,call me\n")  # fmt: skip
    browser.columns(page)
    browser.press("start")
    ContactFactory.create(team=browser.team, first_name="Somebody", phone="")
    delete_contact(browser.team.contacts.get(first_name="Eve"), by=Author.person(browser.user))
    given_back = file(browser.get(f"/{browser.run.pk}/warnings.csv"))
    page = browser.columns(
        browser.upload(given_back.replace("Berg,Acme,call me", "Berg,Acme,+14155550182"))
    )
    # Whoever is gone comes anew.
    run = page.context["run"]
    assert (run.updated, run.created) == (1, 1)
    browser.press("start")
    assert browser.team.contacts.get(first_name="Noa").phone == "+14155550182"
    again = browser.columns(browser.upload(given_back), on_duplicate="skip")
    assert (again.context["run"].skipped, again.context["run"].created) == (1, 1)
    assert "This row has been imported already." in words(browser.look("?show=skipped"))


def test_rejected_rows_of_a_review_keep_the_fields_that_were_to_be_made() -> None:
    browser = Browser(Role.ADMIN)
    page = browser.upload("First name,Last name,Company,Score\nAnna,Berg,,7\n")
    browser.columns(page, column_4="new:number")
    given_back = file(browser.get(f"/{browser.run.pk}/rejected.csv"))
    page = browser.upload(given_back.replace("Berg,,", "Berg,Acme,"))
    assert page.context["form"]["column_5"].value() == "new:number"
    browser.columns(page)
    browser.press("start")
    assert browser.team.contacts.get().custom_fields == {"score": 7}


def test_fields_are_not_made_over_rest_because_somebody_was_going_to(importer: Importer) -> None:
    run = ImportFactory.create(
        team=importer.team, text="First name,Last name,Company,Score\nA,B,,7\n"
    )
    run.mapping[3] |= {"field": "customFields.score", "new": "number"}
    run.save()
    header = header_of(run, warned=False)
    said = importer.run(f"{header},First name,Last name,Company,Score\nRow 1:,A,B,Acme,7\n")
    assert said["mapping"][4]["field"] is None
    assert not CustomField.objects.exists()


def test_an_import_that_was_undone_teaches_nothing() -> None:
    browser = Browser()
    text = "First name,Last name,Company,Email\nAnna,Berg,Acme,a@x.example\n"
    browser.columns(browser.upload(text), column_4="", on_duplicate="create")
    browser.press("start")
    browser.press("undo")
    for other in (text, text.replace("Company", "Firma")):
        form = browser.upload(other).context["form"]
        assert (form["column_4"].value(), form["on_duplicate"].value()) == ("email", "skip")
