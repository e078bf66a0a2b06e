"""Whose call it is that a platform tells of, and what follows for whose it is."""

import pytest

from calls.operations import save_call
from calls.providers.registry import PLATFORMS
from contacts.models import Contact
from contacts.operations import delete_contact, save_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from tests.calls.providers.kit import connect, tell
from tests.calls.providers.scripts import SCRIPTS, THEIRS, Message
from tests.counts import counts
from tests.factories import ContactFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]

ORDERS = counts(20, 500)
PROVIDERS = pytest.mark.parametrize("provider", list(PLATFORMS))
MANUAL = Author(Origin.MANUAL)


# Whose call it is


@PROVIDERS
def test_our_id_is_carried_along(provider: str) -> None:
    connection = connect(provider)
    contact = ContactFactory.create(team=connection.team)
    ContactFactory.create(team=connection.team, phone=THEIRS)
    call = tell(connection, *SCRIPTS[provider](contact_id=str(contact.pk)))
    assert call.contact_id == contact.pk


def test_vapi_carries_our_id_as_the_customers_external_id() -> None:
    connection = connect("vapi")
    contact = ContactFactory.create(team=connection.team)
    message = SCRIPTS["vapi"]()[0]
    number = f'"customer":{{"number":"{THEIRS}"'
    body = message.body.decode().replace(number, f'{number},"externalId":"{contact.pk}"')
    assert tell(connection, Message(body.encode())).contact_id == contact.pk


@PROVIDERS
@pytest.mark.parametrize("column", ["phone", "phone_secondary"])
def test_without_our_id_the_number_tells(provider: str, column: str) -> None:
    connection = connect(provider)
    contact = ContactFactory.create(team=connection.team, **{column: THEIRS})
    assert tell(connection, *SCRIPTS[provider]()).contact_id == contact.pk


@pytest.mark.parametrize("kind", ["theirs", "gone", "no id"])
def test_an_id_that_is_none_of_ours_is_passed_over(kind: str) -> None:
    connection = connect("retell")
    known = ContactFactory.create(team=connection.team, phone=THEIRS)
    other = ContactFactory.create(**({} if kind == "theirs" else {"team": connection.team}))
    if kind == "gone":
        delete_contact(other, by=MANUAL)
    contact_id = "7" if kind == "no id" else str(other.pk)
    assert tell(connection, *SCRIPTS["retell"](contact_id=contact_id)).contact_id == known.pk


def test_a_call_of_nobody_waits_on_the_unmatched_page() -> None:
    connection = connect("retell")
    call = tell(connection, *SCRIPTS["retell"]())
    assert list(connection.team.calls.unmatched()) == [call]


def test_a_persons_link_stays() -> None:
    connection = connect("retell")
    started, ended, analyzed = SCRIPTS["retell"]()
    ContactFactory.create(team=connection.team, phone=THEIRS)
    call = tell(connection, started)
    chosen = ContactFactory.create(team=connection.team)
    call.contact = chosen
    save_call(call, by=MANUAL)
    assert tell(connection, ended, analyzed).contact_id == chosen.pk


# Do not call


DNC = "user_requested_dnc"


def reload(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def test_who_asks_not_to_be_called_is_not_called_again() -> None:
    connection = connect("retell")
    contact = ContactFactory.create(team=connection.team, phone=THEIRS)
    tell(connection, *SCRIPTS["retell"](reason=DNC))
    assert reload(contact).do_not_call
    (change,) = Change.objects.filter(record_id=contact.pk, verb="updated")
    assert (change.origin, change.fields) == ("call", {"do_not_call": [False, True]})


def test_only_a_person_clears_it_and_then_the_same_call_is_not_asked_again() -> None:
    connection = connect("retell")
    contact = ContactFactory.create(team=connection.team, phone=THEIRS)
    started, ended, analyzed = SCRIPTS["retell"](reason=DNC)
    tell(connection, started, ended)
    cleared = reload(contact)
    cleared.do_not_call = False
    save_contact(cleared, by=Author(Origin.CALL))
    assert reload(contact).do_not_call
    cleared = reload(contact)
    cleared.do_not_call = False
    save_contact(cleared, by=MANUAL)
    tell(connection, analyzed)
    assert not reload(contact).do_not_call


def test_the_wish_goes_with_the_call_to_whose_it_is() -> None:
    connection = connect("retell")
    call = tell(connection, *SCRIPTS["retell"](reason=DNC))
    assert call.asked_not_to_be_called
    contact = ContactFactory.create(team=connection.team)
    call.contact = contact
    save_call(call, by=MANUAL)
    assert reload(contact).do_not_call
