"""The pages of a team's own fields."""

import pytest

from crm.records.models import CustomField
from crm.teams.models import Role, Team
from tests.factories import ContactFactory, CustomFieldFactory, TeamFactory
from tests.pages import Reader, words


@pytest.fixture
def team(db: None) -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team, Role.ADMIN)


def test_fields_are_added_and_listed_in_order(reader: Reader, team: Team) -> None:
    assert "Fields of your own" in words(reader.get("records:fields"))
    url = reader.url("records:field_create") + "?for=company"
    data = {"label": "Tier", "field_type": "select", "option_names": "Gold\n\nSilver "}
    assert reader.client.post(url, data)["Location"].endswith("settings/fields?for=company")
    field = team.custom_fields.get()
    assert (field.entity_type, field.key, field.choices) == ("company", "tier", ["Gold", "Silver"])
    listed = words(reader.get("records:fields", **{"for": "company"}))
    assert "Tier tier Choice" in listed
    assert "Tier" not in words(reader.get("records:fields"))


def test_what_is_wrong_stands_beside_its_field(reader: Reader) -> None:
    page = reader.post("records:field_create", label="Email", field_type="text")
    assert "Every contact has a field “Email” already." in words(page)
    page = reader.post("records:field_create", label="Tier", field_type="select")
    assert page.context["form"].errors == {"option_names": ["Name at least one option to choose."]}


def test_fields_move_up_and_down(reader: Reader, team: Team) -> None:
    for key in ("one", "two", "three"):
        CustomFieldFactory.create(team=team, key=key)
    reader.post("records:fields", key="three", up="")
    reader.post("records:fields", key="one", down="")
    reader.post("records:fields", key="two", down="")
    keys = team.custom_fields.order_by("position").values_list("key", flat=True)
    assert list(keys) == ["three", "one", "two"]


def test_a_field_is_edited_archived_restored_and_deleted(reader: Reader, team: Team) -> None:
    field = CustomFieldFactory.create(team=team, label="Plan", key="plan")
    data = {"label": "Level", "description": "What they pay for.", "required": "on", "version": "1"}
    assert reader.post("records:field", field.pk, **data).status_code == 302
    field.refresh_from_db()
    assert (field.label, field.required, field.field_type) == ("Level", True, "text")
    reader.post("records:field_archive", field.pk)
    assert "Archived 1 Level" in words(reader.get("records:fields"))
    reader.post("records:field_archive", field.pk, restore="")
    contact = ContactFactory.create(team=team, custom_fields={"plan": "x"})
    refused = reader.post("records:field_delete", field.pk, follow=True)
    assert "1 contact has a value in Level. Archive the field instead" in words(refused)
    contact.delete()
    assert "Level was deleted." in words(reader.post("records:field_delete", field.pk, follow=True))
    assert not team.custom_fields.exists()


def test_another_type_is_shown_first_then_taken_and_undone(reader: Reader, team: Team) -> None:
    field = CustomFieldFactory.create(team=team, label="Budget", key="budget")
    for text in ("1,204", "soon"):
        ContactFactory.create(team=team, last_name=text, custom_fields={"budget": text})
    shown = words(reader.get("records:field_type", field.pk, to="number"))
    assert "1 of 2 values convert, 1 does not" in shown
    assert "soon soon “soon” is not a number." in shown
    assert CustomField.objects.get().field_type == "text"
    done = reader.post("records:field_type", field.pk, to="number", follow=True)
    assert "1 of 2 values were converted" in words(done)
    assert "Undo: make it a text again" in words(done)
    undone = reader.client.post(done.redirect_chain[-1][0], follow=True)
    assert "2 of 2 values were converted" in words(undone)
    held = team.contacts.values_list("custom_fields", flat=True)
    assert {each["budget"] for each in held} == {"1,204", "soon"}


def test_a_choice_takes_its_options_from_the_values(reader: Reader, team: Team) -> None:
    field = CustomFieldFactory.create(team=team, label="Tier", key="tier")
    ContactFactory.create(team=team, custom_fields={"tier": "Gold"})
    assert "Options: Gold" in words(reader.get("records:field_type", field.pk, to="select"))
    reader.post("records:field_type", field.pk, to="select", options="Gold\nSilver")
    assert team.custom_fields.get().choices == ["Gold", "Silver"]


def test_an_option_is_renamed_in_all_values(reader: Reader, team: Team) -> None:
    field = CustomFieldFactory.create(
        team=team, key="tier", field_type="select", options=["Gold", "Silver"]
    )
    ContactFactory.create(team=team, custom_fields={"tier": "Gold"})
    page = reader.post("records:option_rename", field.pk, old="Gold", new=" Platinum ", follow=True)
    assert page.status_code == 200
    assert team.contacts.get().custom_fields == {"tier": "Platinum"}
    refused = reader.post(
        "records:option_rename", field.pk, old="Platinum", new="silver", follow=True
    )
    assert "There are two options “Silver”." in words(refused)


def test_members_do_not_shape_the_fields(team: Team) -> None:
    assert Reader(team).get("records:fields").status_code == 403
