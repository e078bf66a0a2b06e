"""Changing the type of a field that has values, there and back again."""

import random
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django_tasks_db.models import DBTaskResult

from contacts.models import Contact
from contacts.operations import delete_contact, save_contact, save_contacts
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records.conversions import operations as conversions
from crm.records.conversions.operations import (
    FieldIsBusy,
    change_type,
    preview_type,
    rename_option,
    undo,
)
from crm.records.conversions.tasks import convert
from crm.records.models import ConvertedValue, CustomField, FieldConversion
from crm.records.values import FieldType
from crm.teams.models import Team
from tests.counts import counts
from tests.factories import CompanyFactory, ContactFactory, CustomFieldFactory, TeamFactory

BY = Author(Origin.MANUAL)
PAIRS = [(a, b) for a in FieldType.values for b in FieldType.values if a != b]
OPTIONS = ["Gold", "Yes", "12", "2026-11-22", "Très cher"]


@pytest.fixture
def team(db: None) -> Team:
    return TeamFactory.create(region="US")


def some_value(kind: str, chance: random.Random) -> Any:
    """A value of the type; some of them have a form in other types."""
    words = ["soon", "Gold", "gold ", "yes", "No", "12", "1.50", "1,204", "2026-11-22", "5/6/2026"]
    match kind:
        case "text":
            return chance.choice([*words, "two words", "Ünïcode", "x" * 400])
        case "textarea":
            return chance.choice([*words, "one\ntwo", "  indented\n\nlines", "y" * 900])
        case "number":
            return chance.choice([0, 1, -3, 12, 2.5, 1e-7, 999_999_999_999_999, 20261122])
        case "date":
            return chance.choice(["2026-11-22", "1999-01-02", "0999-12-31"])
        case "boolean":
            return chance.random() < 0.5
    return chance.choice(OPTIONS)


def field_with_values(team: Team, kind: str, number: int) -> CustomField:
    """A field of the type, with so many contacts that hold a value and a few that hold none."""
    options = OPTIONS if kind == "select" else []
    field = CustomFieldFactory.create(team=team, key="it", field_type=kind, options=options)
    company, chance = CompanyFactory.create(team=team), random.Random(kind)  # noqa: S311
    contacts = [
        Contact(
            team=team,
            company=company,
            first_name="A",
            last_name="B",
            custom_fields={"it": some_value(kind, chance)} if place < number else {},
        )
        for place in range(number + 3)
    ]
    assert not save_contacts(contacts, by=BY).errors
    return field


def values(team: Team) -> dict[uuid.UUID, Any]:
    """What each contact holds, told apart as JSON tells it (1 is not true)."""
    rows = team.contacts.values_list("pk", "custom_fields")
    return {pk: (type(held.get("it")), held.get("it")) for pk, held in rows}


@pytest.mark.parametrize(("there", "back"), PAIRS)
def test_there_and_back_again(team: Team, there: str, back: str) -> None:
    field = field_with_values(team, back, counts(200, 100_000))
    before = values(team)
    preview = preview_type(field, there)
    assert values(team) == before
    done = finished(change_type(field, there, by=BY))
    assert (done.total, done.converted, done.kept) == (
        preview.total,
        preview.convertible,
        preview.kept,
    )
    assert preview.total == sum(value is not None for _type, value in before.values())
    assert len(preview.examples) == min(preview.kept, conversions.MOST_EXAMPLES)
    held = [value for _type, value in values(team).values() if value is not None]
    assert len(held) == preview.convertible
    returned = preview_type(field, back)
    assert (returned.total, returned.kept) == (preview.total, 0)
    finished(change_type(field, back, by=BY))
    assert values(team) == before
    assert not ConvertedValue.objects.exists()


def finished(conversion: FieldConversion) -> FieldConversion:
    """Let the worker do what was left to it; return the conversion as it ended."""
    if conversion.is_running:
        convert.call(str(conversion.team_id), str(conversion.pk))
        conversion.refresh_from_db()
    conversion.field.refresh_from_db()
    assert not conversion.is_running
    assert not conversion.field.converting
    return conversion


def test_values_go_through_a_third_type_and_come_back(team: Team) -> None:
    field = field_with_values(team, "text", 60)
    before = values(team)
    for kind in ("number", "boolean", "date", "select", "textarea", "text"):
        change_type(field, kind, by=BY)
    assert values(team) == before


def test_what_somebody_wrote_meanwhile_is_theirs(team: Team) -> None:
    field = CustomFieldFactory.create(team=team, key="it")
    soon, later, old = (
        ContactFactory.create(team=team, custom_fields={"it": text})
        for text in ("soon", "later", "1.50")
    )
    change_type(field, "number", by=BY)
    soon.refresh_from_db()
    assert soon.custom_fields == {}
    soon.custom_fields = {"it": 7}
    save_contact(soon, by=BY)
    old.refresh_from_db()
    old.custom_fields = {"it": 2}
    save_contact(old, by=BY)
    change_type(field, "text", by=BY)
    for contact, held in ((soon, "7"), (later, "later"), (old, "2")):
        contact.refresh_from_db()
        assert contact.custom_fields == {"it": held}


def test_a_change_of_type_is_told_once_and_undone(team: Team) -> None:
    field = CustomFieldFactory.create(
        team=team, key="it", field_type="select", options=["Gold", "Old"]
    )
    contact = ContactFactory.create(team=team, custom_fields={"it": "Old"})
    field.set_options(["Gold"])
    done = change_type(field, "number", by=BY)
    change = Change.objects.filter(record_type="customfield", verb="updated").get()
    assert change.fields["field_type"] == ["select", "number"]
    assert not Change.objects.filter(record_type="contact", verb="updated").exists()
    contact.refresh_from_db()
    assert (contact.custom_fields, contact.version) == ({}, 2)
    undo(done, by=BY)
    field.refresh_from_db()
    contact.refresh_from_db()
    assert (field.field_type, contact.custom_fields) == ("select", {"it": "Old"})


def test_a_choice_gets_the_options_that_its_values_are(team: Team) -> None:
    field = CustomFieldFactory.create(team=team, key="it")
    for text in ("Silver", "gold", "Gold"):
        ContactFactory.create(team=team, custom_fields={"it": text})
    assert preview_type(field, "select").options == ["gold", "Silver"]
    assert preview_type(field, "select", ["Silver"]).kept == 2
    change_type(field, "select", by=BY)
    assert field.choices == ["gold", "Silver"]
    change_type(field, "text", by=BY)
    assert {held for _type, held in values(team).values()} == {"Silver", "gold", "Gold"}


def test_an_option_s_new_name_is_in_all_values(team: Team) -> None:
    field = CustomFieldFactory.create(
        team=team, key="it", field_type="select", options=["Gold", "Silver"]
    )
    contact = ContactFactory.create(team=team, custom_fields={"it": "Gold"})
    other = ContactFactory.create(team=team, custom_fields={"it": "Silver"})
    rename_option(field, "Gold", "Platinum", by=BY)
    for each, held in ((contact, "Platinum"), (other, "Silver")):
        each.refresh_from_db()
        assert each.custom_fields == {"it": held}
    assert field.choices == ["Platinum", "Silver"]
    with pytest.raises(ValidationError):
        rename_option(field, "Platinum", "silver", by=BY)


def test_many_values_are_left_to_the_worker(
    team: Team, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(conversions, "AT_ONCE", 10)
    monkeypatch.setattr(conversions, "CHUNK", 7)
    field = field_with_values(team, "number", 30)
    before = values(team)
    with django_capture_on_commit_callbacks(execute=True):
        conversion = change_type(field, "text", by=BY)
    assert (conversion.is_running, conversion.total, conversion.done) == (True, 30, 0)
    assert DBTaskResult.objects.count() == 1
    with pytest.raises(FieldIsBusy):
        change_type(CustomField.objects.get(pk=field.pk), "date", by=BY)
    contact = team.contacts.exclude(custom_fields={}).first()
    contact.custom_fields = {"it": "other"}
    with pytest.raises(ValidationError, match="being converted"):
        save_contact(contact, by=BY)
    finished(conversion)
    assert (conversion.done, conversion.percent) == (30, 100)
    finished(change_type(CustomField.objects.get(pk=field.pk), "number", by=BY))
    assert values(team) == before


def test_what_is_kept_aside_goes_with_its_contact(team: Team) -> None:
    field = CustomFieldFactory.create(team=team, key="it")
    contact = ContactFactory.create(team=team, custom_fields={"it": "soon"})
    change_type(field, "date", by=BY)
    assert ConvertedValue.objects.exists()
    contact.refresh_from_db()
    delete_contact(contact, by=BY)
    assert not ConvertedValue.objects.exists()


def test_another_team_s_values_stay(team: Team) -> None:
    field = CustomFieldFactory.create(team=team, key="it")
    CustomFieldFactory.create(key="it")
    theirs = ContactFactory.create(team=CustomField.objects.exclude(pk=field.pk).get().team)
    theirs.custom_fields = {"it": "12"}
    save_contact(theirs, by=BY)
    change_type(field, "number", by=BY)
    theirs.refresh_from_db()
    assert theirs.custom_fields == {"it": "12"}
