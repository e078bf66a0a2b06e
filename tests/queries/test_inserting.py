import copy
import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.base import ModelState
from pytest_django import DjangoAssertNumQueries

from calls.models import Call
from contacts.models import Contact
from crm.history.models import Change, Origin, Verb
from crm.queries.inserting import FEW, insert_many
from tests.factories import CallFactory, CompanyFactory, ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db


def a_contact(**kwargs: Any) -> Contact:
    company = CompanyFactory.create()
    return Contact(
        team=company.team, company=company, first_name="Ada", last_name="Lovelace", **kwargs
    )


def a_change() -> Change:
    return Change(
        team=TeamFactory.create(),
        record_type="contact",
        record_id=uuid.uuid4(),
        verb=Verb.UPDATED,
        fields={"lead_status": ["new", "customer"], "notes": ["", "ü “quoted” 100%"]},
        origin=Origin.DEMO,
    )


def a_call() -> Call:
    call = CallFactory.create(extracted_data={"a": [1, None]}, cost_amount="0.125", success=True)
    call.pk, call.provider_call_id, call._state.adding = uuid.uuid4(), "another", True
    return call


def values(instance: Any) -> dict[str, Any]:
    fields = instance._meta.concrete_fields
    return {field.attname: getattr(instance, field.attname) for field in fields}


@pytest.mark.parametrize("make", [a_contact, a_change, a_call])
def test_an_inserted_row_is_the_saved_one(make: Any) -> None:
    instance = make()
    instance.save(force_insert=True)
    assert values(type(instance).objects.get(pk=instance.pk)) == values(instance)


def test_an_inserted_row_is_no_new_one_any_more(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    contact = a_contact()
    with django_assert_num_queries(1):
        contact.save(force_insert=True)
    assert not contact._state.adding
    assert contact._state.db == connection.alias
    contact.last_name = "King"
    contact.save()
    assert Contact.objects.get(pk=contact.pk).last_name == "King"


def test_an_inserted_row_never_changes_its_team() -> None:
    contact = a_contact()
    contact.save(force_insert=True)
    contact.team = TeamFactory.create()
    with pytest.raises(ValueError, match="never changes its team"):
        contact.save()


def test_a_row_that_is_there_already_is_refused() -> None:
    contact = ContactFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        contact.save(force_insert=True)


def test_an_expression_is_inserted_as_what_it_says() -> None:
    contact = a_contact(job_title=Value("Engineer"))
    contact.save(force_insert=True)
    assert Contact.objects.get(pk=contact.pk).job_title == "Engineer"


def test_raw_values_are_inserted_as_they_are() -> None:
    moment = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    contact = a_contact(updated_at=moment)
    contact.save_base(raw=True, force_insert=True)
    assert Contact.objects.get(pk=contact.pk).updated_at == moment


ODD = ("", "\\", "\\N", "\\.", "\\t", "a\tb", "a\nb\r\nc\r", '“ü” "x" 😀', "\x0b\x1f\x7f")


@pytest.mark.parametrize("make", [a_contact, a_change, a_call])
def test_many_inserted_rows_are_the_saved_ones(make: Any) -> None:
    first = make()
    name = {"contact": "notes", "change": "fields", "call": "summary"}[first._meta.model_name]
    rows = []
    for number in range(FEW + len(ODD)):
        row, text = copy.copy(first), ODD[number % len(ODD)]
        row._state = ModelState()
        row.pk = uuid.uuid4()
        setattr(row, name, {"a": [text, None, True, 0.1]} if name == "fields" else text)
        if isinstance(row, Call):
            row.provider_call_id = str(number)
            row.cost_amount = number % 2 or None
        rows.append(row)
    insert_many(rows)
    assert not any(row._state.adding for row in rows)
    stored = type(first).objects.in_bulk([row.pk for row in rows])
    assert [values(stored[row.pk]) for row in rows] == [values(row) for row in rows]
