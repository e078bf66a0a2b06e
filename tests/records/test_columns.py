"""Which columns a person sees in a team's table: their own choice, kept for that team."""

import re
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact
from crm.records.models import CustomField
from crm.teams.models import Membership, Role, Team
from tests.contacts.worlds import add_fields
from tests.factories import CompanyFactory, ContactFactory, CustomFieldFactory, TeamFactory
from tests.pages import HTMX, Reader, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]

USUAL = ["Name", "Title", "Company", "Status", "Phone", "Email", "Tags", "Last call"]
VALUES = {
    "nickname": "<b>Ada</b>",
    "budget": 1234.5,
    "start": "2026-02-10",
    "renews": False,
    "plan": "Gold",
    "story": "one\ntwo " + "x" * 300,
}


@pytest.fixture
def team() -> Team:
    team = TeamFactory.create(region="US")
    add_fields(team)
    ContactFactory.create(team=team, first_name="Ada", last_name="King", custom_fields=VALUES)
    return team


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


def choose(reader: Reader, *names: str, where: str = "contacts", **button: str) -> Any:
    return reader.post(f"{where}:columns", show=names, **button)


def headings(reader: Reader, where: str = "contacts") -> list[str]:
    return [heading.label for heading in reader.get(f"{where}:list").context["headings"]]


def cells(reader: Reader, where: str = "contacts") -> list[str]:
    """Return the cells, as markup, of a table that has one row."""
    (row,) = re.findall(r"<tr data-href.*?</tr>", reader.get(f"{where}:list").content.decode())
    return re.findall(r"<td[^>]*>(.*?)</td>", row)


def test_a_table_has_the_usual_columns_until_somebody_chooses(reader: Reader) -> None:
    assert headings(reader) == USUAL
    page = words(reader.get("contacts:columns"))
    assert "Shown Name always shown Title" in page
    assert "Hidden Nickname Budget Start Renews Plan Story" in page


def test_chosen_columns_stand_in_their_order_after_the_name(reader: Reader) -> None:
    choose(reader, "custom_fields.budget", "custom_fields.nickname", "company", "name")
    assert headings(reader) == ["Name", "Budget", "Nickname", "Company"]
    name, budget, nickname, _company = cells(reader)
    assert "Ada King" in name
    assert (budget, nickname) == ("1,234.5", "&lt;b&gt;Ada&lt;/b&gt;")


def test_a_value_of_each_type_has_its_cell(reader: Reader) -> None:
    choose(reader, *(f"custom_fields.{key}" for key in ("start", "renews", "plan", "story")))
    _name, start, renews, plan, story = cells(reader)
    assert (start, renews, plan) == ("10 Feb 2026", "No", "Gold")
    assert story.startswith("one two x")
    assert len(story) <= 201


def test_what_is_stored_in_another_form_is_shown_as_it_is(reader: Reader, team: Team) -> None:
    Contact.objects.filter(team=team).update(custom_fields={"start": "soon", "budget": "much"})
    choose(reader, "custom_fields.start", "custom_fields.budget")
    assert cells(reader)[1:] == ["soon", "much"]


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ({"up": "company"}, ["Name", "Company", "Title", "Email"]),
        ({"down": "company"}, ["Name", "Title", "Email", "Company"]),
        ({"up": "title"}, ["Name", "Title", "Company", "Email"]),
        ({"down": "email"}, ["Name", "Title", "Company", "Email"]),
        ({"up": "name"}, ["Name", "Title", "Company", "Email"]),
        ({"down": "nonsense"}, ["Name", "Title", "Company", "Email"]),
        ({"reset": "1"}, USUAL),
    ],
)
def test_buttons_move_a_column_and_take_the_choice_back(
    reader: Reader, button: dict[str, str], expected: list[str]
) -> None:
    choose(reader, "title", "company", "email", **button)
    assert headings(reader) == expected


def test_all_but_the_name_can_be_hidden(reader: Reader) -> None:
    choose(reader)
    assert headings(reader) == ["Name"]


def test_what_is_no_column_is_not_kept(reader: Reader) -> None:
    choose(reader, "title", "custom_fields.nothing", "<b>", "title")
    assert headings(reader) == ["Name", "Title"]
    kept = Membership.objects.get(user=reader.user).columns
    assert kept == {"contact": ["name", "title"]}


def test_an_archived_field_comes_back_to_its_place(reader: Reader, team: Team) -> None:
    choose(reader, "custom_fields.plan", "title")
    field = CustomField.objects.filter(team=team, key="plan")
    field.update(active=False)
    assert headings(reader) == ["Name", "Title"]
    field.update(active=True)
    assert headings(reader) == ["Name", "Plan", "Title"]


def test_the_choice_is_ones_own_in_that_team_and_table(reader: Reader, team: Team) -> None:
    choose(reader, "title")
    choose(reader, "phone", where="companies")
    assert headings(reader) == ["Name", "Title"]
    CompanyFactory.create(team=team)
    assert headings(reader, "companies") == ["Name", "Phone"]
    assert headings(Reader(team)) == USUAL
    elsewhere = TeamFactory.create()
    ContactFactory.create(team=elsewhere)
    Membership.objects.create(team=elsewhere, user=reader.user, role=Role.MEMBER)
    reader.team = elsewhere
    assert headings(reader) == USUAL


def test_a_companys_own_fields_are_columns_too(reader: Reader, team: Team) -> None:
    CustomFieldFactory.create(team=team, entity_type="company", key="segment", label="Segment")
    Contact.objects.filter(team=team).delete()
    company = team.companies.get()
    company.custom_fields = {"segment": "SMB"}
    company.save()
    choose(reader, "custom_fields.segment", "contacts", where="companies")
    assert cells(reader, "companies")[1:] == [
        "SMB",
        '0<span class="only-phone"> contacts</span>',
    ]
    found = reader.get("companies:list", **{"customFields.segment": "sm"})
    assert "Segment contains sm" in words(found)


def test_the_way_back_keeps_search_and_filters(reader: Reader) -> None:
    page = reader.get("contacts:list", search="ada", leadStatus="new").content.decode()
    query = "?search=ada&amp;leadStatus=new"
    assert f'href="{reader.url("contacts:columns")}{query}"' in page
    chooser = reader.get("contacts:columns", search="ada", leadStatus="new").content.decode()
    assert chooser.count(f'href="{reader.url("contacts:list")}{query}"') == 2


def test_with_scripts_the_form_alone_comes_back(reader: Reader) -> None:
    headers = HTMX | {"HX-Target": "columns-form"}
    address = reader.url("contacts:columns")
    answer = reader.client.post(address, {"show": ["title", "email"]}, headers=headers)
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith("<form")
    assert "Shown Name always shown Title Email Hidden Company" in words(answer)


def test_a_heading_sorts_by_its_column(reader: Reader) -> None:
    choose(reader, "custom_fields.budget")
    page = reader.get("contacts:list", sort="customFields.budget")
    (_name, budget) = page.context["headings"]
    assert (budget.direction, budget.url) == ("ascending", "?sort=-customFields.budget")
    assert ("customFields.budget", "Budget, lowest first", True) in page.context["sort_options"]


def test_own_columns_cost_no_query_more(
    reader: Reader, team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    choose(reader, *(f"custom_fields.{key}" for key in VALUES))
    asked = {"customFields.plan": "Gold", "customFields.budget.from": "1"}
    with django_assert_num_queries(8):
        reader.get("contacts:list", sort="customFields.start", **asked)
    for _ in range(49):
        ContactFactory.create(team=team, custom_fields=VALUES)
    with django_assert_num_queries(8):
        page = reader.get("contacts:list", sort="customFields.start", **asked)
        assert len(page.context["page"].rows) == 50


def test_a_fragment_without_anything_custom_asks_for_no_fields(
    reader: Reader, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):
        reader.get_part("contacts:list", sort="name")
