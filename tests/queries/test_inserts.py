import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from calls.models import Call
from contacts.models import Contact
from crm.history.models import Change, Origin, Verb
from crm.queries.inserts import insert
from tests.factories import CallFactory, CompanyFactory, ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db


def a_contact() -> Contact:
    company = CompanyFactory.create()
    return Contact(team=company.team, company=company, first_name="Ada", last_name="Lovelace")


def values(instance: Any) -> dict[str, Any]:
    fields = instance._meta.concrete_fields
    return {field.attname: getattr(instance, field.attname) for field in fields}


def a_change() -> Change:
    changed = {"lead_status": ["new", "customer"], "notes": ["", "ü “quoted”"]}
    return Change(
        team=TeamFactory.create(),
        record_type="contact",
        record_id=uuid.uuid4(),
        verb=Verb.UPDATED,
        fields=changed,
        origin=Origin.DEMO,
    )


def a_call() -> Call:
    call = CallFactory.create(extracted_data={"a": [1, None]}, cost_amount="0.125", success=True)
    call.pk, call.provider_call_id = uuid.uuid4(), "another"
    return call


@pytest.mark.parametrize("make", [a_contact, a_change, a_call])
def test_an_inserted_row_is_the_saved_one(make: Any) -> None:
    instance = make()
    insert(instance)
    assert values(type(instance).objects.get(pk=instance.pk)) == values(instance)


def test_an_inserted_row_is_no_new_one_any_more(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    contact = a_contact()
    with django_assert_num_queries(1):
        insert(contact)
    assert not contact._state.adding
    assert contact._state.db == connection.alias
    contact.last_name = "King"
    contact.save()
    assert Contact.objects.get(pk=contact.pk).last_name == "King"


def test_a_row_that_is_there_already_is_refused() -> None:
    contact = ContactFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(contact)
