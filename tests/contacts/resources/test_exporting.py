import pytest
import tablib
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact
from contacts.resources import join_tags, split_tags
from crm.teams.models import Team
from tests.contacts.resources.kit import resource, totals
from tests.factories import (
    ContactFactory,
)

pytestmark = pytest.mark.django_db


def export(team: Team) -> tablib.Dataset:
    return resource(team).export(queryset=Contact.objects.order_by("id"))


def test_an_export_holds_one_team_and_reads_back_as_nothing_new(team: Team) -> None:
    contacts = [
        ContactFactory.create(
            team=team,
            phone="+14155550182",
            lead_status="customer",
            do_not_call=True,
            preferred_contact_method="email",
            timezone="Europe/Berlin",
            notes="=HYPERLINK()\nsecond line",
            external_id="A1",
            tags=["a, b", 'say "c"', "d"],
        ),
        ContactFactory.create(team=team),
    ]
    ContactFactory.create(first_name="Zanzibar")
    exported = export(team)
    assert exported["id"] == [str(contact.pk) for contact in contacts]
    assert exported["company_name"] == [contact.company.name for contact in contacts]
    assert exported["tags"][0] == '"a, b", d, "say ""c"""'
    assert (exported["do_not_call"], exported["lead_status"]) == (
        ["yes", "no"],
        ["customer", "new"],
    )
    assert exported["created_at"][0] == f"{contacts[0].created_at:%Y-%m-%dT%H:%M:%SZ}"
    assert totals(resource(team).import_data(exported)) == {"skip": 2}


def test_an_export_asks_as_often_for_fifty_rows_as_for_one(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(50):
        ContactFactory.create(team=team, tags=[f"t{number}"])
    narrow = Contact.objects.only("first_name").order_by("id")
    # the team's own fields, the contacts, their tags
    with django_assert_num_queries(3):
        assert len(resource(team).export(queryset=narrow)) == 50


@given(st.lists(st.text(alphabet='ab ,"', min_size=1).map(str.strip).filter(bool)))
def test_tags_in_one_cell_come_back(names: list[str]) -> None:
    assert split_tags(join_tags(names)) == names


def test_tags_may_be_a_list_in_json() -> None:
    assert split_tags(["a, b", "c"]) == ["a, b", "c"]
    assert split_tags(None) == split_tags("") == []
