import json
import uuid

import pytest
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from contacts.imports import api, uploads
from contacts.imports.api import ImportContacts
from contacts.imports.models import ColumnMapping, Import
from contacts.models import Contact
from crm.history.models import Change, Origin
from crm.jobs.worker import Worker
from crm.teams.models import Team
from tests.api.client import errors
from tests.contacts.imports.kit import HEADER, Importer, counts
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CustomFieldFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

TWO = f"{HEADER}\nAnna,Berg,Acme,Anna@Acme.example,(415) 555-0182\nBob,Chen,acme,,call me\n"


def written() -> QuerySet[Change]:
    """What history says of contacts and companies."""
    return Change.objects.filter(record_type__in=("contact", "company"))


def people(team: Team) -> list[str]:
    return [contact.name for contact in team.contacts.order_by("first_name")]


def test_a_dry_run_says_what_would_be_and_writes_nothing(importer: Importer) -> None:
    said = importer.check(TWO)
    assert counts(said) == (2, 0, 0, 0, 0)
    assert (said["status"], said["headerRow"], said["encoding"], said["delimiter"]) == (
        "reviewing", 1, "utf-8", ",",
    )  # fmt: skip
    assert said["mapping"][0] == {
        "column": 1, "header": "First name", "field": "firstName", "confidence": 0.98,
    }  # fmt: skip
    assert [
        (each["row"], each["line"], each["field"], each["value"]) for each in said["warnings"]
    ] == [(2, 3, "phone", "call me")]
    assert not Contact.objects.exists()
    assert not written().exists()


def test_a_run_writes_contacts_companies_and_history(importer: Importer) -> None:
    said = importer.run(TWO)
    assert counts(said) == (2, 0, 0, 0, 0)
    assert said["status"] == "finished"
    anna, bob = importer.team.contacts.order_by("first_name")
    assert (anna.email, anna.phone, bob.phone) == ("anna@acme.example", "+14155550182", "")
    assert anna.company == bob.company
    changes = written().values_list("origin", "actor_key", "verb")
    assert set(changes) == {(Origin.IMPORT, importer.key.pk, "created")}
    assert len(changes) == 3
    assert not default_storage.exists(Import.objects.get().file_path)


def test_rows_are_rejected_for_what_a_contact_cannot_be_without(importer: Importer) -> None:
    rows = ["Anna,,Acme,,", ",Berg,Acme,,", "Anna,Berg,,,", "Anna,Berg,Acme,nobody,", ",,,,",
            "Anna,Berg,Acme,,,too much", "A\x00nna,Berg,Acme,,", f"{'A' * 101},Berg,Acme,,",
            "A\x07nna,Berg,Acme,,", "\u200b,Berg,Acme,,"]  # fmt: skip
    said = importer.check("\n".join([HEADER, *rows]))
    assert counts(said) == (0, 0, 0, 9, 1)
    found = [(each["row"], each["errors"][0]["field"], each["errors"][0]["code"])
             for each in said["rejectedRows"]]  # fmt: skip
    assert found == [
        (1, "lastName", "required"),
        (2, "firstName", "required"),
        (3, "companyName", "required"),
        (4, "email", "email"),
        (5, None, "extra_cells"),
        (6, None, "nul"),
        (7, "firstName", "max_length"),
        (8, "firstName", "control_character"),
        (9, "firstName", "required"),
    ]


def test_what_else_cannot_be_read_is_left_out_with_a_warning(importer: Importer) -> None:
    fields = {"score": "number", "since": "date", "plan": "select"}
    for key, kind in fields.items():
        options = ["Gold"] if kind == "select" else ()
        CustomFieldFactory.create(
            team=importer.team, key=key, label=key.title(), field_type=kind, options=options
        )
    header = "First name,Last name,Company,Status,Timezone,Country,Score,Since,Plan,Do not call"
    text = f"{header}\nAnna,Berg,Acme,hot,Mars,Nowhere,many,soon,Silver,maybe\n"
    said = importer.run(
        text, importCompanyFields="true", mapping=json.dumps({"Do not call": "doNotCall"})
    )
    assert counts(said) == (1, 0, 0, 0, 0)
    assert {each["field"]: each["value"] for each in said["warnings"]} == {
        "leadStatus": "hot",
        "timezone": "Mars",
        "companyCountry": "Nowhere",
        "customFields.score": "many",
        "customFields.since": "soon",
        "customFields.plan": "Silver",
        "doNotCall": "maybe",
    }
    anna = Contact.objects.get()
    assert (anna.lead_status, anna.timezone, anna.custom_fields) == ("new", "", {})


def test_values_are_read_by_their_field(importer: Importer) -> None:
    CustomFieldFactory.create(team=importer.team, key="budget", label="Budget", field_type="number")
    CustomFieldFactory.create(team=importer.team, entity_type="company", key="tier", label="Tier")
    header = "Name;Company;Status;Do not call;Tags;Phone;Notes;Budget;Tier;City"
    row = "Dr. Anna van Berg;Acme;Do Not Contact;;vip, berlin;030 123456 ext. 7;Hi;1.234,50;A;Bonn"
    said = importer.run(f"{header}\n{row}\n", defaultRegion="Germany", importCompanyFields="true")
    assert counts(said) == (1, 0, 0, 0, 0), said
    anna = Contact.objects.get()
    assert (anna.first_name, anna.last_name) == ("Anna", "van Berg")
    assert (anna.lead_status, anna.do_not_call) == ("do_not_contact", True)
    assert anna.phone == "+4930123456"
    assert anna.notes == "Hi\nExtension of +4930123456: 7"
    assert anna.custom_fields == {"budget": 1234.5}
    assert (anna.company.city, anna.company.custom_fields) == ("Bonn", {"tier": "A"})
    assert sorted(anna.tag_links.values_list("tag__name", flat=True)) == ["berlin", "vip"]


def test_companies_are_changed_by_a_key_that_may_change_companies(importer: Importer) -> None:
    importer.key.scopes = ["contacts:write"]
    importer.key.save()
    text = "First name,Last name,Company,Company website\nAnna,Berg,Acme,acme.example\n"
    response = importer.send(text, importCompanyFields="true")
    assert response.status_code == 403
    assert "companies:write" in response.json()["errors"][0]["detail"]
    assert not Import.objects.exists()
    assert importer.send(text).status_code == 202


def test_one_word_that_says_nothing_lets_nobody_be_called_who_may_not(importer: Importer) -> None:
    text = "First name,Last name,Company,Do not call\nAnna,Berg,Acme,yes\nBo,Li,Acme,by mail\n"
    said = importer.run(text)
    assert counts(said) == (2, 0, 0, 0, 0)
    assert [each["value"] for each in said["warnings"]] == ["by mail"]
    assert Contact.objects.get(first_name="Anna").do_not_call


@pytest.mark.parametrize("mapping", ['{"Email": "\\ud800"}', "[" * 5000, "{"])
def test_a_mapping_that_is_no_json_is_told(importer: Importer, mapping: str) -> None:
    response = importer.send("First name,Last name,Company\nAnna,Berg,Acme\n", mapping=mapping)
    assert response.status_code == 400
    assert errors(response) == {"mapping": "invalid"}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Neu", "new"),
        ("KUNDE", "customer"),
        ("nicht-qualifiziert", "unqualified"),
        ("Nicht kontaktieren", "do_not_contact"),
        ("do_not_contact", "do_not_contact"),
    ],
)
def test_a_status_is_read_in_english_and_german(importer: Importer, word: str, status: str) -> None:
    said = importer.run(f"Vorname;Nachname;Firma;Status\nAnna;Berg;Acme;{word}\n")
    assert (counts(said), said["warnings"]) == ((1, 0, 0, 0, 0), [])
    assert Contact.objects.get().lead_status == status


def test_details_of_companies_are_left_alone_unless_asked_for(importer: Importer) -> None:
    CompanyFactory.create(team=importer.team, name="Acme", city="Rome")
    text = "First name,Last name,Company,City,Website\nAnna,Berg,ACME,Bonn,\n"
    importer.run(text)
    assert importer.team.companies.get().city == "Rome"
    importer.run(text.replace("Anna", "Bob"), importCompanyFields="true")
    assert importer.team.companies.get().city == "Bonn"


def test_the_mapping_may_be_said_by_header_or_number(importer: Importer) -> None:
    text = "a,b,c,Email\nAnna,Berg,Acme,anna@acme.example\n"
    mapping = {"a": "firstName", "2": "lastName", "c": "companyName", "Email": None}
    said = importer.run(text, mapping=json.dumps(mapping))
    assert [each["field"] for each in said["mapping"]] == [
        "firstName", "lastName", "companyName", None,
    ]  # fmt: skip
    assert Contact.objects.get().email == ""
    # And next time it is known.
    assert counts(importer.check(text, onDuplicate="create")) == (1, 0, 0, 0, 0)
    assert ColumnMapping.objects.get(header_key="a").field == "firstName"


@pytest.mark.parametrize(
    ("form", "attr", "code"),
    [
        ({"mapping": "{"}, "mapping", "invalid"),
        ({"mapping": "[]"}, "mapping", "invalid"),
        ({"mapping": '{"Nope": "email"}'}, "mapping", "unknown_column"),
        ({"mapping": '{"1": "nope"}'}, "mapping", "unknown_field"),
        ({"mapping": '{"Company": null}'}, "mapping", "required_column"),
        ({"onDuplicate": "merge"}, "onDuplicate", "invalid_choice"),
        ({"dryRun": "yes"}, "dryRun", "invalid"),
        ({"defaultRegion": "Atlantis"}, "defaultRegion", "country"),
        ({"surprise": "1"}, "surprise", "unknown"),
        ({"teamId": "x"}, "teamId", "invalid"),
        ({"file": "no file"}, "file", "invalid"),
    ],
)
def test_a_request_that_is_wrong_stores_nothing(
    importer: Importer, form: dict[str, str], attr: str, code: str
) -> None:
    response = importer.send(TWO, **form)
    assert response.status_code == 400
    assert errors(response) == {attr: code}
    assert not Import.objects.exists()


def test_a_file_that_is_no_table_is_refused_in_one_sentence(importer: Importer) -> None:
    response = importer.send(b"%PDF-1.7")
    assert response.status_code == 400
    assert errors(response) == {"file": "unreadable"}
    assert not Import.objects.exists()


def test_another_team_is_refused(importer: Importer) -> None:
    assert importer.send(TWO, teamId=str(uuid.uuid4())).status_code == 403


def test_a_required_column_may_be_given_for_the_whole_file(importer: Importer) -> None:
    text = "First name,Last name\nAnna,Berg\n"
    assert errors(importer.send(text)) == {"mapping": "required_column"}
    assert counts(importer.check(text)) == (0, 0, 0, 1, 0)
    assert counts(importer.run(text, defaultCompanyName="Acme")) == (1, 0, 0, 0, 0)
    assert Contact.objects.get().company.name == "Acme"


def test_an_import_never_allows_calls_again(importer: Importer) -> None:
    ContactFactory.create(team=importer.team, email="a@b.example", do_not_call=True)
    text = "First name,Last name,Company,Email,Do not call\nAnna,Berg,Acme,a@b.example,no\n"
    importer.run(text, onDuplicate="update")
    assert Contact.objects.get().do_not_call


def test_rejected_rows_come_back_as_a_file_that_can_be_uploaded_again(importer: Importer) -> None:
    text = f"{HEADER}\n=Anna,Berg,,nobody,+14155550182\nBob,Chen,Acme,,\n"
    said = importer.run(text)
    response = importer.client.get(f"/api/crm/imports/{said['id']}/rejected.csv")
    file = b"".join(response.streaming_content).decode()
    assert file == (
        f"\ufeffImport problem ({said['id'][-12:]}),First name,Last name,Company,Email,Phone\r\n"
        "Row 1: “nobody” is not an email address. Write it like anna@example.com. "
        "Company is missing.,"
        "'=Anna,Berg,,nobody,'+14155550182\r\n"
    )
    fixed = file.replace(",nobody,", "Acme,,")
    assert counts(importer.run(fixed.replace("Berg,Acme", "Berg,Acme"))) == (1, 0, 0, 0, 0)
    assert Contact.objects.filter(first_name="=Anna", phone="+14155550182").exists()


def test_rows_are_listed_by_outcome(importer: Importer) -> None:
    said = importer.run(f"{HEADER}\nAnna,Berg,Acme,,\nBob,,Acme,,\n")
    created = importer.rows(said["id"], outcome="created")
    assert [(row["row"], row["line"]) for row in created] == [(1, 2)]
    assert created[0]["contactId"] == str(Contact.objects.get().pk)
    rejected = importer.rows(said["id"], outcome="rejected")
    assert rejected[0]["errors"][0]["detail"] == "Last name is missing."
    listed = importer.client.get("/api/crm/imports", query_params={"teamId": importer.team.pk})
    assert [row["id"] for row in listed.json()["results"]] == [said["id"]]


def test_a_file_that_is_too_large_is_413(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)
    assert importer.send(TWO * 2).status_code == 413
    monkeypatch.setattr(ImportContacts, "most_bytes", 100)
    assert importer.send(TWO).status_code == 413


def test_a_large_dry_run_is_worked_on_in_the_background(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_ROWS_AT_ONCE", 1)
    response = importer.send(TWO, dryRun="true")
    assert (response.status_code, response.json()["status"]) == (202, "running")
    assert response["Location"].endswith(f"/api/crm/imports/{response.json()['id']}")
    Worker().run_waiting()
    said = importer.read(response.json()["id"])
    assert (said["status"], said["progress"]) == ("reviewing", 100)
    assert counts(said) == (2, 0, 0, 0, 0)
