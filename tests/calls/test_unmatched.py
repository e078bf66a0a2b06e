"""Calls without a contact: the page that shows them by their number, and whom it suggests."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from calls.models import CONTACT_NUMBER, Call
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Origin
from crm.history.recording import Author
from crm.teams.models import Role, Team
from tests.calls.numbers import NUMBER, OTHER_NUMBER, OURS, inbound, outbound
from tests.factories import CallFactory, ContactFactory
from tests.pages import Reader, words

pytestmark = pytest.mark.django_db

BY = Author(Origin.DEMO)


def shown(response: Any) -> list[tuple[str, int, list[Any]]]:
    return [
        (row["title"], row["count"], [call["id"] for call in row["calls"]])
        for row in response.context["page"].rows
    ]


# The number at the other end


@pytest.mark.parametrize(
    ("direction", "from_number", "to_number", "expected"),
    [
        ("inbound", NUMBER, OURS, NUMBER),
        ("outbound", OURS, NUMBER, NUMBER),
        ("inbound", "", OURS, ""),
        ("outbound", OURS, "", ""),
        ("inbound", "anonymous", OURS, "anonymous"),
        ("unknown", NUMBER, "", NUMBER),
        ("unknown", "", NUMBER, NUMBER),
        ("unknown", NUMBER, OURS, ""),
        ("unknown", "", "", ""),
    ],
)
def test_the_database_reckons_the_other_number_as_python_does(
    team: Team, direction: str, from_number: str, to_number: str, expected: str
) -> None:
    numbers = {"from_number": from_number, "to_number": to_number}
    call = CallFactory.create(team=team, direction=direction, **numbers)
    assert call.contact_number == expected
    assert Call.objects.values_list(CONTACT_NUMBER, flat=True).get() == expected
    assert list(team.calls.of_number(expected)) == [call]
    assert not team.calls.of_number("+19995550100").exists()


# The page


def test_calls_without_a_contact_stand_under_their_number_the_last_first(
    reader: Reader, team: Team, ada: Contact
) -> None:
    late, old = inbound(team, hours=1), outbound(team, hours=9)
    between = inbound(team, OTHER_NUMBER, hours=5, summary="About the pallets.")
    CallFactory.create(contact=ada)
    response = reader.get("calls:unmatched")
    assert shown(response) == [
        ("(212) 555-0199", 2, [late.pk, old.pk]),
        ("(212) 555-0147", 1, [between.pk]),
    ]
    page = words(response)
    for text in ("Unmatched 3", "2 calls", "About the pallets.", "1–2 of 2 numbers"):
        assert text in page
    assert "<html" not in reader.get_part("calls:unmatched").content.decode()


def test_of_many_calls_of_a_number_the_newest_are_shown(reader: Reader, team: Team) -> None:
    calls = [inbound(team, hours=hours) for hours in range(5)]
    response = reader.get("calls:unmatched")
    assert shown(response) == [("(212) 555-0199", 5, [call.pk for call in calls[:3]])]
    link = f"{reader.url('calls:list')}?unmatched=true&amp;search=%2B12125550199"
    assert link in response.content.decode()
    assert len(reader.get("calls:list", unmatched="true", search=NUMBER).context["page"].rows) == 5


def test_without_a_number_each_call_stands_alone(reader: Reader, team: Team) -> None:
    for number in ("anonymous", "anonymous", "", "sip:anna@example.com"):
        inbound(team, number)
    CallFactory.create(team=team, direction="unknown", from_number=NUMBER, to_number=OURS)
    rows = shown(reader.get("calls:unmatched"))
    assert [count for _title, count, _calls in rows] == [1] * 5
    assert {title for title, *_rest in rows} == {
        *("anonymous", "Unknown number", "sip:anna@example.com", "(757) 555-0100")
    }


def test_who_has_the_number_is_named(reader: Reader, team: Team, ada: Contact) -> None:
    inbound(team)
    ada.phone = NUMBER
    save_contact(ada, by=BY)
    ContactFactory.create(team=team, phone_secondary=NUMBER, first_name="Bo", last_name="Li")
    ContactFactory.create(phone=NUMBER, first_name="Not", last_name="Ours")
    page = words(reader.get("calls:unmatched"))
    assert "Number of Bo Li , Ada Lovelace" in page
    assert "Not Ours" not in page


def test_pages_hold_twenty_five_numbers(reader: Reader, team: Team) -> None:
    for number in range(26):
        inbound(team, f"+1212555{number:04}", hours=number)
    first = reader.get("calls:unmatched")
    assert len(shown(first)) == 25
    assert "1–25 of 26 numbers" in words(first)
    assert 'href="?page=2"' in first.content.decode()
    second = reader.get("calls:unmatched", page=2)
    assert [title for title, *_rest in shown(second)] == ["(212) 555-0025"]
    assert "Nothing more here" in words(reader.get("calls:unmatched", page=3))


def test_the_page_asks_the_database_as_often_for_fifty_as_for_one(
    reader: Reader, team: Team, ada: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    inbound(team, hours=100)
    # session, user, memberships · counts, callers, their newest calls, contacts of the numbers
    with django_assert_num_queries(7):
        reader.get("calls:unmatched")
    ContactFactory.create(company=ada.company, phone=NUMBER)
    for number in range(50):
        inbound(team, f"+1212555{number % 25:04}", hours=number)
    with django_assert_num_queries(7):
        assert len(shown(reader.get("calls:unmatched"))) == 25


def test_with_nothing_to_match_the_page_says_so(
    reader: Reader, team: Team, ada: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CallFactory.create(contact=ada)
    assert "No call waits for its contact" in words(reader.get("calls:unmatched"))
    assert "Unmatched" not in words(reader.get("calls:list"))


def test_the_list_of_calls_leads_there_while_there_are_any(reader: Reader, team: Team) -> None:
    inbound(team)
    inbound(team, OTHER_NUMBER)
    for page in (reader.get("calls:list"), reader.get_part("calls:list")):
        assert "Unmatched 2" in words(page)
        assert f'href="{reader.url("calls:unmatched")}"' in page.content.decode()


def test_a_viewer_sees_and_is_offered_nothing(team: Team) -> None:
    inbound(team)
    page = Reader(team, Role.VIEWER).get("calls:unmatched")
    assert "(212) 555-0199" in words(page)
    assert "Assign" not in words(page)
    assert "Add as a contact" not in words(page)


# Suggestions


def suggested(reader: Reader, typed: str) -> list[str]:
    page = reader.get("contacts:options", q=typed).content.decode()
    return [part.split('"', 1)[0] for part in page.split('data-value="')[1:]]


def test_contacts_are_found_by_name_email_and_number(
    reader: Reader, team: Team, ada: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ada.email, ada.phone = "ada@meridian.example", OTHER_NUMBER
    save_contact(ada, by=BY)
    ContactFactory.create(team=team, first_name="Adam", last_name="Ant")
    ContactFactory.create(first_name="Ada", last_name="Elsewhere")
    # session, user, memberships · hits, contacts
    with django_assert_num_queries(5):
        assert suggested(reader, "ada") == ["Adam Ant", "Ada Lovelace"]
    for typed in ("LOVE ada", "meridian", "(212) 555-0147", "ada  lovelace"):
        assert suggested(reader, typed) == ["Ada Lovelace"]
    assert suggested(reader, "") == ["Adam Ant", "Ada Lovelace"]
    assert suggested(reader, "pelican") == []
    assert suggested(reader, "a\0") == []
    page = reader.get("contacts:options", q="love").content.decode()
    assert f'data-id="{ada.pk}" data-note="Meridian Last Mile, (212) 555-0147"' in page


def test_who_is_called_exactly_so_comes_first(reader: Reader, team: Team, ada: Contact) -> None:
    ContactFactory.create(team=team, first_name="Ada", last_name="Byron Lovelace")
    assert suggested(reader, "ada lovelace") == ["Ada Lovelace", "Ada Byron Lovelace"]
