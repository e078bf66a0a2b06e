"""A table as a CSV: what is filtered, in its order, and safe to open in a spreadsheet."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact
from crm.records.catalog import RecordField
from crm.records.files import stream_csv, unescape_cell
from crm.records.models import CustomField
from crm.records.values import TYPES
from crm.teams.models import Role, Team
from tests.contacts.imports.kit import Importer, counts
from tests.contacts.worlds import add_fields, fill_customs
from tests.factories import CompanyFactory, ContactFactory, CustomFieldFactory, TeamFactory
from tests.pages import Reader

pytestmark = pytest.mark.django_db

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "＝1"]


@pytest.fixture
def team() -> Team:
    team = TeamFactory.create(region="US", slug="acme")
    add_fields(team)
    return team


def export(reader: Reader, where: str = "contacts", **query: Any) -> list[list[str]]:
    """The file's lines, as a spreadsheet sees them."""
    response = reader.get(f"{where}:export", **query)
    assert response.streaming
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))


def test_the_file_is_called_by_table_team_and_day(team: Team) -> None:
    disposition = Reader(team, Role.VIEWER).get("contacts:export")["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="contacts-acme-\d{4}-\d\d-\d\d\.csv"', disposition)


def test_it_holds_the_columns_that_are_shown(team: Team) -> None:
    ContactFactory.create(
        company=CompanyFactory.create(team=team, name="Meridian"),
        first_name="Ada",
        last_name="King",
        phone="+14155550182",
        tags=["vip", "a, b"],
        do_not_call=True,
        custom_fields={"budget": 1234.5, "renews": True, "start": "2026-02-10"},
    )
    reader = Reader(team)
    header, _row = export(reader)
    assert header == [
        *("First name", "Last name", "Job title", "Company", "Status", "Phone", "Email"),
        *("Tags", "Last call"),
    ]
    names = ["tags", "custom_fields.start", "company", "phone", "custom_fields.renews"]
    reader.post("contacts:columns", show=names)
    header, row = export(reader)
    assert header == ["First name", "Last name", "Tags", "Start", "Company", "Phone", "Renews"]
    expected = ["Ada", "King", '"a, b", vip', "2026-02-10", "Meridian", "'+14155550182", "Yes"]
    assert row == expected


def test_all_fields_are_what_the_team_has(team: Team) -> None:
    CustomFieldFactory.create(team=team, key="added", label="Added")
    CustomFieldFactory.create(team=team, key="old", label="Old", active=False)
    ContactFactory.create(team=team, custom_fields={"added": "red"})
    header, row = export(Reader(team), fields="all")
    values = dict(zip(header, row, strict=True))
    assert values["customFields.added"] == "red"
    assert values["Do not call"] == "No"
    assert "Old" not in values
    assert {"Notes", "External ID", "Added", "Changed", "Story"} <= values.keys()


def test_it_holds_every_row_that_passes_in_the_tables_order() -> None:
    team = fill_customs(120, 3)
    query = {"customFields.plan": "Gold", "sort": "-customFields.budget"}
    reader = Reader(team)
    shown = reader.get("contacts:list", **query).context["page"]
    assert shown.next_url == ""
    rows = export(reader, **query)[1:]
    assert [f"{first} {last}" for first, last, *_ in rows] == [row["name"] for row in shown.rows]
    assert len(export(reader)) == 121
    assert (
        len(export(reader, search="number 11"))
        == len([n for n in range(120) if str(n).startswith("11")]) + 1
    )


PRINTABLE = st.characters(exclude_categories=["Cs", "Cc"])
TEXTS = st.text(PRINTABLE) | st.builds("{}{}".format, st.sampled_from(FORMULAS), st.text(PRINTABLE))
OF_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "textarea": st.lists(TEXTS, max_size=3).map("\n".join),
    "number": st.integers(-(10**15) + 1, 10**15 - 1) | st.floats(-1e14, 1e14),
    "date": st.dates().map(str),
    "boolean": st.booleans(),
    "select": st.sampled_from(FORMULAS),
}


@pytest.mark.once
@pytest.mark.parametrize("kind", OF_TYPE)
@given(data=st.data())
def test_a_cell_reads_back_as_its_value(kind: str, data: st.DataObject) -> None:
    """What a file holds of a value is the same value again, whatever a spreadsheet might think."""
    try:
        value = TYPES[kind].read(data.draw(OF_TYPE[kind]), FORMULAS)
    except ValidationError:
        assume(False)
    field = RecordField("x", "X", custom=CustomField(field_type=kind))
    parts = stream_csv([["header"], [field.write(value)]], "x.csv").streaming_content
    lines = b"".join(parts).decode()[1:]
    _header, (cell,) = csv.reader(io.StringIO(lines, newline=""), strict=True)
    assert cell[:1] not in tuple("=+-@\t\r＝")
    read = TYPES[kind].parse(unescape_cell(cell), FORMULAS, "US")
    assert (read, type(read)) == (value, type(value))


@pytest.mark.django_db(transaction=True)
def test_what_is_exported_can_be_imported_as_it_was(team: Team) -> None:
    source, target = fill_customs(60, 5), team
    for number, formula in enumerate(FORMULAS):
        ContactFactory.create(
            company=CompanyFactory.create(team=source, name=f"{formula} Ltd"),
            first_name=f"F{number}",
            last_name="Ormula",
            job_title=formula,
            phone="+4930901820",
            lead_status="qualified",
            preferred_contact_method="sms",
            timezone="Europe/Berlin",
            notes=f"{formula}\nand more",
            source=formula,
            do_not_call=True,
            external_id=f"{formula}-{number}",
            tags=[f"{formula} tag", "a, b"],
            custom_fields={"nickname": formula, "story": f"{formula}\n{formula}", "budget": -3.5},
        )
    lines = Reader(source).get("contacts:export", fields="all").streaming_content
    said = Importer(target).run(b"".join(lines))
    assert counts(said)[0] == said["total"] == 66
    assert said["warnings"] == []
    assert values_of(target) == values_of(source)


def values_of(team: Team) -> list[Any]:
    """What a person has entered for each contact."""
    told = {
        "id",
        "team",
        "version",
        "created_at",
        "updated_at",
        "last_call_at",
        "search",
        "company",
    }
    names = [f.name for f in Contact._meta.concrete_fields if f.name not in told]
    rows = Contact.objects.filter(team=team).order_by("last_name", "first_name")
    return [
        [getattr(row, name) for name in names]
        + [row.company.name, sorted(row.tag_links.values_list("tag__name", flat=True))]
        for row in rows
    ]


def test_no_cell_begins_like_a_formula(team: Team) -> None:
    for formula in FORMULAS:
        ContactFactory.create(
            team=team, job_title=formula, custom_fields={"story": formula, "nickname": formula}
        )
    header, *rows = export(Reader(team), fields="all")
    for row in rows:
        assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r＝")]
        values = dict(zip(header, row, strict=True))
        assert unescape_cell(values["Nickname"]) == unescape_cell(values["Job title"])


def test_companies_are_exported_too(team: Team) -> None:
    CustomFieldFactory.create(team=team, entity_type="company", key="segment", label="Segment")
    company = CompanyFactory.create(
        team=team, name="Meridian", city="Uppsala", country="SE", custom_fields={"segment": "SMB"}
    )
    ContactFactory.create(company=company)
    header, row = export(Reader(team), "companies", fields="all")
    values = dict(zip(header, row, strict=True))
    expected = {"Name": "Meridian", "Country": "SE", "Segment": "SMB", "Contacts": "1"}
    assert expected.items() <= values.items()
    header, _row = export(Reader(team), "companies")
    assert header[:5] == ["Name", "Industry", "Size", "City", "Country"]


def test_it_asks_the_database_once_for_a_thousand_rows(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = Reader(team)
    for count in (1, 49):
        company = CompanyFactory.create(team=team)
        for _ in range(count):
            ContactFactory.create(company=company, tags=["vip"])
        # session, user, memberships · the team's own fields · the rows · their tags
        with django_assert_num_queries(6):
            export(reader, fields="all")


def test_there_is_no_empty_file_of_a_table_without_rows(team: Team) -> None:
    assert len(export(Reader(team))) == 1
