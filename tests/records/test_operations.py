"""Custom fields: adding, changing, ordering, archiving and deleting them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author
from crm.records.catalog import custom_fields, fields_of
from crm.records.models import CustomField
from crm.records.operations import (
    FieldHasValues,
    delete_custom_field,
    order_custom_fields,
    save_custom_field,
)
from crm.teams.models import Team
from tests.factories import ContactFactory, CustomFieldFactory, TeamFactory

BY = Author(Origin.MANUAL)


@pytest.fixture
def team(db: None) -> Team:
    return TeamFactory.create()


def refused(field: CustomField) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        save_custom_field(field, by=BY)
    return error.value.message_dict


def test_a_new_field_gets_a_key_a_place_and_a_change(team: Team) -> None:
    first = CustomFieldFactory.create(team=team, label="Größe des Deals (€)")
    second = CustomFieldFactory.create(team=team, label="Grosse des Deals")
    other = CustomFieldFactory.create(team=team, label="2nd budget", entity_type="company")
    assert [first.key, second.key, other.key] == [
        "grosse_des_deals",
        "grosse_des_deals_2",
        "field_2nd_budget",
    ]
    assert [first.position, second.position, other.position] == [1, 2, 1]
    assert Change.objects.filter(record_type="customfield", verb=Verb.CREATED).count() == 3


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"label": ""}, {"label"}),
        ({"label": "E-Mail", "key": "Email"}, {"key"}),
        ({"label": "email"}, {"label"}),
        ({"label": "PLAN "}, {"label"}),
        ({"label": "Other", "key": "plan"}, {"key"}),
        ({"label": "Tier", "field_type": "select"}, {"options"}),
        ({"label": "Tier", "field_type": "colour"}, {"field_type"}),
    ],
)
def test_what_is_wrong_with_a_field_is_told(
    team: Team, values: dict[str, Any], names: set[str]
) -> None:
    CustomFieldFactory.create(team=team, label="Plan", key="plan")
    field = CustomField(**{"team": team, "entity_type": "contact", "label": "New", **values})
    assert set(refused(field)) == names


@pytest.mark.parametrize("names", [["Gold", "gold "], ["", "Gold"], ["x" * 101]])
def test_options_are_checked(team: Team, names: list[str]) -> None:
    field = CustomField(team=team, entity_type="contact", label="Tier", field_type="select")
    field.set_options(names)
    assert set(refused(field)) == {"options"}


def test_an_option_left_out_is_retired(team: Team) -> None:
    field = CustomFieldFactory.create(team=team, field_type="select", options=["Gold", "Silver"])
    field.set_options(["Bronze", "Gold"])
    save_custom_field(field, by=BY)
    field.refresh_from_db()
    assert (field.choices, field.names) == (["Bronze", "Gold"], ["Bronze", "Gold", "Silver"])


def test_the_key_never_changes(team: Team) -> None:
    field = CustomFieldFactory.create(team=team, key="plan")
    field.key = "other"
    assert set(refused(field)) == {"key"}


def test_an_archived_label_may_be_taken(team: Team) -> None:
    field = CustomFieldFactory.create(team=team, label="Plan")
    field.active = False
    save_custom_field(field, by=BY)
    CustomFieldFactory.create(team=team, label="Plan")
    field.active = True
    assert set(refused(field)) == {"label"}


def test_a_field_with_values_stays(team: Team) -> None:
    field = CustomFieldFactory.create(team=team, label="Plan", key="plan")
    contact = ContactFactory.create(team=team, custom_fields={"plan": "Gold"})
    with pytest.raises(FieldHasValues, match="1 contact has a value in Plan"):
        delete_custom_field(field, by=BY)
    contact.delete()
    gone = field.pk
    delete_custom_field(field, by=BY)
    assert not custom_fields(team.pk, "contact")
    assert Change.objects.get(record_id=gone, verb=Verb.DELETED).fields["label"][0] == "Plan"


def test_fields_are_put_in_order(team: Team) -> None:
    for key in ("one", "two", "three"):
        CustomFieldFactory.create(team=team, key=key)
    order_custom_fields(team, "contact", ["three", "one"], by=BY)
    assert [field.key for field in custom_fields(team.pk, "contact")] == ["three", "one", "two"]


def test_the_catalogue_knows_built_in_and_custom_fields(team: Team) -> None:
    CustomFieldFactory.create(team=team, key="budget", label="Budget", field_type="number")
    CustomFieldFactory.create(key="theirs")
    fields = fields_of(team, "contact")
    assert "custom_fields.theirs" not in fields
    shown = {
        "first_name": ("First name", "firstName", "Anna", "Anna"),
        "lead_status": ("Status", "leadStatus", "do_not_contact", "Do Not Contact"),
        "phone": ("Phone", "phone", "+14155550182", "(415) 555-0182"),
        "do_not_call": ("Do not call", "doNotCall", False, "No"),
        "tags": ("Tags", "tags", ["a", "b"], "a, b"),
        "email": ("Email", "email", "", ""),
        "custom_fields.budget": ("Budget", "customFields.budget", 1200, "1,200"),
    }
    for name, (label, api_name, value, words) in shown.items():
        field = fields[name]
        assert (field.label, field.api_name) == (label, api_name)
        assert field.show(value, "US") == words
