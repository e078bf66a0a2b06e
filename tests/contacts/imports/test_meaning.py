"""What dates and phone numbers mean that a row alone does not say."""

from typing import Any

import pytest

from tests.contacts.imports.kit import HEADER, Importer, counts
from tests.factories import CustomFieldFactory, TeamFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def british() -> Importer:
    team = TeamFactory.create(region="GB")
    CustomFieldFactory.create(team=team, key="renewal", label="Renewal", field_type="date")
    return Importer(team)


def dates(importer: Importer, *texts: str) -> tuple[list[Any], Any]:
    """Return what dates are read as, and what is said of them."""
    rows = [f"P{number},X,Acme,{text}" for number, text in enumerate(texts)]
    text = "\n".join(["First name,Last name,Company,Renewal", *rows])
    said = importer.check(text)
    importer.run(text)
    people = importer.team.contacts.order_by("first_name").values_list("custom_fields", flat=True)
    return [each.get("renewal") for each in people], said


def test_dates_are_read_as_their_column_shows(british: Importer) -> None:
    read, said = dates(british, "04/05/2027", "04/15/2027 10:30", "2027-01-02")
    assert read == ["2027-04-05", "2027-04-15", "2027-01-02"]
    assert (said["notices"], said["warnings"]) == ([], [])


def test_dates_that_nothing_tells_apart_are_read_as_in_the_region_and_that_is_said(
    british: Importer,
) -> None:
    read, said = dates(british, "04/05/2027", "1.2.2027")
    assert read == ["2027-05-04", "2027-02-01"]
    [notice] = said["notices"]
    assert (notice["field"], notice["code"]) == ("customFields.renewal", "date_order")
    assert "It is read as 4 May 2027, as dates are written in United Kingdom." in notice["detail"]


def test_dates_of_both_orders_in_one_column_are_not_guessed(british: Importer) -> None:
    read, said = dates(british, "04/05/2027", "04/15/2027", "15/04/2027")
    assert read == [None, "2027-04-15", "2027-04-15"]
    [warning] = said["warnings"]
    assert (warning["code"], warning["value"]) == ("ambiguous", "04/05/2027")
    assert "some dates are written day first, others month first" in said["notices"][0]["detail"]


def phones(importer: Importer, *rows: str, **form: Any) -> tuple[list[str], Any]:
    """Return the numbers of the rows' people, and what is said of them."""
    text = "\n".join(["First name,Last name,Company,Phone,Country", *rows])
    said = importer.check(text, **form)
    importer.run(text, **form)
    people = importer.team.contacts.order_by("first_name").values_list("phone", flat=True)
    return list(people), said


def test_numbers_are_read_as_of_the_country_that_the_row_names(british: Importer) -> None:
    read, said = phones(
        british,
        "A,X,Acme,030 23125100,Germany",
        "B,X,Acme,(415) 555-0182,USA",
        "C,X,Acme,020 7946 0018,",
        "D,X,Acme,+33 1 70 18 99 00,Germany",
        "E,X,Acme,020 7946 0019,Nowhere",
        # An American company, but a British number.
        "F,X,Acme,020 7946 0017,US",
    )
    assert read == [
        "+493023125100",
        "+14155550182",
        "+442079460018",
        "+33170189900",
        "+442079460019",
        "+442079460017",
    ]
    assert said["notices"] == []


def test_numbers_that_are_none_of_their_country_are_noticed(british: Importer) -> None:
    read, said = phones(british, "A,X,Acme,(415) 555-0182,", "B,X,Acme,020 7946 0018,")
    assert read == ["+444155550182", "+442079460018"]
    [notice] = said["notices"]
    assert (notice["field"], notice["code"]) == ("phone", "phone_region")
    assert "1 of 2 numbers without a country code" in notice["detail"]
    assert "“(415) 555-0182” in United Kingdom" in notice["detail"]


def test_a_first_line_with_somebody_in_it_is_no_header(importer: Importer) -> None:
    rows = [f"P{n},X,Acme,p{n}@x.example,+1 415 555 018{n}" for n in range(4)]
    mapping = '{"1": "firstName", "2": "lastName", "3": "companyName"}'
    said = importer.check("\n".join(rows), mapping=mapping)
    assert (said["headerRow"], said["total"], said["created"]) == (0, 4, 4)
    fields = [column["field"] for column in said["mapping"]]
    assert fields == ["firstName", "lastName", "companyName", "email", "phone"]
    assert importer.check("\n".join([HEADER, *rows]))["headerRow"] == 1


def test_of_several_numbers_or_addresses_in_a_cell_the_first_is_taken(importer: Importer) -> None:
    said = importer.run(
        f"{HEADER}\nAl,Li,Co,al@g.example ::: al2@g.example,+1 415-555-0171 ::: +1 415-555-0172\n"
    )
    assert counts(said) == (1, 0, 0, 0, 0)
    contact = importer.team.contacts.get()
    assert (contact.email, contact.phone) == ("al@g.example", "+14155550171")
    assert [(each["field"], each["code"], each["value"]) for each in said["warnings"]] == [
        ("email", "several", "al2@g.example"),
        ("phone", "several", "+1 415-555-0172"),
    ]


def test_a_text_that_is_too_long_is_told_with_its_column(importer: Importer) -> None:
    said = importer.check(f"{HEADER},Notes\nAl,Li,Co,,,{'x' * 200_000}\n")
    assert [(each["field"], each["detail"]) for each in said["warnings"]] == [
        ("notes", "Notes may have at most 20,000 characters; this has 200,000.")
    ]
