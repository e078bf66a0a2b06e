"""Calls of a number are given to a contact, one that is there or one created for it."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from calls.incoming import IncomingCall
from calls.ingest import record_call
from calls.models import Call
from calls.operations import assign_calls, save_call
from contacts.models import Contact
from contacts.operations import delete_contact, save_contact
from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author
from crm.records.writing import StaleRecord, ValidationError
from crm.teams.models import Team
from tests.calls.numbers import NUMBER, OTHER_NUMBER, OURS, inbound, outbound
from tests.factories import ContactFactory, TeamFactory
from tests.pages import Reader, words

pytestmark = pytest.mark.django_db

BY = Author(Origin.DEMO)


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def owners(*calls: Call) -> list[Any]:
    found = dict(Call.objects.values_list("pk", "contact_id"))
    return [found[call.pk] for call in calls]


def test_a_number_s_calls_are_assigned_in_one_step(
    reader: Reader, team: Team, ada: Contact
) -> None:
    call, same, ours = inbound(team, hours=1), outbound(team, hours=2), inbound(team, hours=3)
    else_, theirs = inbound(team, OTHER_NUMBER), inbound(TeamFactory.create())
    page = words(reader.get("calls:assign", call.pk))
    assert "Also the 2 other calls of this number" in page
    sent = {"contact": "Ada Lovelace", "contact_id": ada.pk, "others": "on"}
    response = reader.post("calls:assign", call.pk, follow=True, **sent)
    assert response.redirect_chain == [(reader.url("calls:detail", call.pk), 302)]
    assert "3 calls were assigned to Ada Lovelace." in words(response)
    assert owners(call, same, ours, else_, theirs) == [ada.pk] * 3 + [None] * 2
    changes = Change.objects.filter(verb=Verb.UPDATED)
    assert {change.record_id for change in changes} == {call.pk, same.pk, ours.pk}
    for change in changes:
        assert change.fields == {"contact": [None, str(ada.pk)]}
        assert (change.origin, change.actor_user) == (Origin.MANUAL, reader.user)
    ada.refresh_from_db()
    assert (ada.last_call_at, ada.version) == (call.started_at, 1)


def test_the_others_stay_where_they_are_not_meant(reader: Reader, team: Team, ada: Contact) -> None:
    call, other = inbound(team), inbound(team)
    assert "Also the other call of this number" in words(reader.get("calls:assign", call.pk))
    response = reader.post("calls:assign", call.pk, follow=True, contact_id=ada.pk)
    assert "The call was assigned to Ada Lovelace." in words(response)
    assert owners(call, other) == [ada.pk, None]


@pytest.mark.parametrize("number", ["anonymous", "", "sip:anna@example.com"])
def test_without_a_number_only_this_one_is_assigned(
    reader: Reader, team: Team, ada: Contact, number: str
) -> None:
    call, other = inbound(team, number), inbound(team, number)
    assert "of this number" not in words(reader.get("calls:assign", call.pk))
    reader.post("calls:assign", call.pk, contact_id=ada.pk, others="on")
    assert owners(call, other) == [ada.pk, None]


def test_without_scripts_the_words_decide(reader: Reader, team: Team, ada: Contact) -> None:
    adam = ContactFactory.create(team=team, first_name="Adam", last_name="Ant")
    call = inbound(team)
    response = reader.post("calls:assign", call.pk, contact="ada")
    assert errors(response) == {"contact": ["Several contacts fit “ada”. Choose one below."]}
    page = response.content.decode()
    for contact in (ada, adam):
        assert f'name="choice" value="{contact.pk}">Choose' in page
    assert owners(call) == [None]
    reader.post("calls:assign", call.pk, contact="ADA lovelace")
    assert owners(call) == [ada.pk]
    sent = {"contact": "ada", "contact_before": ada.pk, "choice": adam.pk}
    reader.post("calls:assign", call.pk, **sent)
    assert owners(call) == [adam.pk]


def test_other_words_than_the_suggestion_that_was_taken_over_count(
    reader: Reader, team: Team, ada: Contact
) -> None:
    ContactFactory.create(team=team, first_name="Bo", last_name="Li")
    gone, call = ContactFactory.create(team=team), inbound(team)
    sent = {"contact": "ada", "contact_id": gone.pk}
    delete_contact(gone, by=BY)
    response = reader.post("calls:assign", call.pk, **sent)
    assert "not there any more" in errors(response)["contact"][0]
    assert not response.context["form"]["contact_id"].value()
    sent["contact_id"] = team.contacts.get(first_name="Bo").pk
    reader.post("calls:assign", call.pk, **sent)
    assert owners(call) == [ada.pk]


def test_whose_number_it_is_can_be_chosen_at_once(reader: Reader, team: Team, ada: Contact) -> None:
    call = inbound(team)
    ada.phone = NUMBER
    save_contact(ada, by=BY)
    page = reader.get("calls:assign", call.pk)
    assert "Who has this number" in words(page)
    assert f'name="choice" value="{ada.pk}">Choose' in page.content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Say whose call this is."),
        ({"contact": "pelican"}, "Nobody here fits “pelican”."),
        ({"contact": "Not Ours"}, "Nobody here fits “Not Ours”."),
        ({"contact_id": "theirs"}, "This contact is not there any more."),
    ],
)
def test_what_names_no_contact_of_the_team_is_refused(
    reader: Reader, team: Team, sent: dict[str, str], said: str
) -> None:
    theirs = ContactFactory.create(first_name="Not", last_name="Ours")
    call = inbound(team)
    if "contact_id" in sent:
        sent = {"contact_id": str(theirs.pk)}
    response = reader.post("calls:assign", call.pk, **sent)
    assert said in errors(response)["contact"][0]
    assert owners(call) == [None]


def test_an_id_that_is_none_is_said(reader: Reader, team: Team) -> None:
    response = reader.post("calls:assign", inbound(team).pk, contact_id="x")
    assert "Enter a valid UUID." in words(response)


def test_who_comes_second_is_told_and_may_insist(reader: Reader, team: Team, ada: Contact) -> None:
    bo = ContactFactory.create(team=team, first_name="Bo", last_name="Li")
    call = inbound(team)
    assign_calls([Call.objects.get(pk=call.pk)], bo, by=BY)
    response = reader.post("calls:assign", call.pk, contact_id=ada.pk)
    said = errors(response)["__all__"][0]
    assert said.startswith("Somebody assigned this call to Bo Li meanwhile.")
    assert owners(call) == [bo.pk]
    before = response.context["form"]["contact_before"].value()
    reader.post("calls:assign", call.pk, contact_id=ada.pk, contact_before=before)
    assert owners(call) == [ada.pk]


def test_a_call_is_moved_with_those_that_it_was_matched_with(
    reader: Reader, team: Team, ada: Contact
) -> None:
    bo = ContactFactory.create(team=team, first_name="Bo", last_name="Li")
    calls = [inbound(team, contact=bo) for _ in range(2)]
    nobodys = inbound(team)
    page = reader.get("calls:assign", calls[0].pk)
    assert "Move to another contact" in words(page)
    assert "now Bo Li's" in words(page)
    assert not page.context["form"]["others"].initial
    sent = {"contact_id": ada.pk, "contact_before": bo.pk, "others": "on"}
    reader.post("calls:assign", calls[0].pk, **sent)
    assert owners(*calls, nobodys) == [ada.pk, ada.pk, None]
    bo.refresh_from_db()
    assert bo.last_call_at is None


def test_a_call_that_changes_at_that_moment_is_not_written_over(
    reader: Reader, team: Team, ada: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, other = inbound(team), inbound(team)

    def stale(calls: Any, contact: Contact, **_ignored: Any) -> None:
        raise StaleRecord(calls[0])

    monkeypatch.setattr("calls.forms.assign_calls", stale)
    response = reader.post("calls:assign", call.pk, contact_id=ada.pk, others="on")
    assert "changed at this moment" in errors(response)["__all__"][0]
    sent = {"first_name": "G", "last_name": "H", "company": "Meridian Last Mile", "others": "on"}
    response = reader.post("calls:add_contact", call.pk, lead_status="new", **sent)
    assert "changed at this moment" in errors(response)["__all__"][0]
    assert owners(call, other) == [None, None]
    assert not team.contacts.filter(first_name="G").exists()


def test_calls_are_assigned_all_or_none(team: Team, ada: Contact) -> None:
    calls = [inbound(team), inbound(team)]
    changed = Call.objects.get(pk=calls[1].pk)
    changed.summary = "More is known now."
    save_call(changed, by=BY)
    with pytest.raises(StaleRecord):
        assign_calls(calls, ada, by=BY)
    assert owners(*calls) == [None, None]
    theirs = ContactFactory.create()
    with pytest.raises(ValidationError) as refused:
        assign_calls([Call.objects.get(pk=call.pk) for call in calls], theirs, by=BY)
    assert "There is no such contact in this team." in refused.value.messages
    assert owners(*calls) == [None, None]


def test_however_many_are_assigned_the_contact_is_looked_up_once(
    team: Team, ada: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, three = [inbound(team)], [inbound(team) for _ in range(3)]
    # begin and end, and for what is written in between · contact, an UPDATE a call, changes, last
    # call; the end of what is written in between
    with django_assert_num_queries(8):
        assign_calls(one, ada, by=BY)
    with django_assert_num_queries(10):
        assign_calls(three, ada, by=BY)


@pytest.mark.parametrize("named", [True, False])
def test_what_is_told_later_never_moves_a_persons_link(
    reader: Reader, team: Team, ada: Contact, named: bool
) -> None:
    numbers = {"from_number": NUMBER, "to_number": OURS}
    first = {"provider": "retell", "provider_call_id": "r-1", "direction": "inbound", **numbers}
    call, _new = record_call(team, IncomingCall(**first, status="in_progress"), by=BY)
    reader.post("calls:assign", call.pk, contact_id=ada.pk)
    whose = ContactFactory.create(team=team, phone=NUMBER)
    said = {"contact_id": whose.pk} if named else {}
    later = IncomingCall(**first, **said, status="completed", summary="Wants a pilot.")
    record_call(team, later, by=Author(Origin.CALL))
    call.refresh_from_db()
    assert (call.contact_id, call.status) == (ada.pk, "completed")
    assert call.summary == "Wants a pilot."


# Creating the contact there


GRACE = {
    "first_name": "Grace",
    "last_name": "Hopper",
    "company": "Northwind",
    "new_company": "Northwind",
    "lead_status": "new",
}


def test_the_contact_is_created_with_its_company_and_gets_the_calls(
    reader: Reader, team: Team
) -> None:
    call, other = inbound(team), outbound(team)
    form = reader.get("calls:add_contact", call.pk).context["form"]
    assert form["phone"].value() == "(212) 555-0199"
    assert form["others"].value() is True
    sent = {**GRACE, "phone": "(212) 555-0199", "others": "on"}
    response = reader.post("calls:add_contact", call.pk, follow=True, **sent)
    assert response.redirect_chain == [(reader.url("calls:detail", call.pk), 302)]
    assert "Grace Hopper was added: 2 calls are theirs." in words(response)
    grace = team.contacts.get()
    assert (grace.phone, grace.company.name) == (NUMBER, "Northwind")
    assert owners(call, other) == [grace.pk] * 2
    written = Change.objects.filter(origin=Origin.MANUAL, actor_user=reader.user)
    assert sorted(written.values_list("record_type", "verb")) == [
        ("call", "updated"),
        ("call", "updated"),
        ("company", "created"),
        ("contact", "created"),
    ]


def test_the_others_may_be_left_out_there_too(reader: Reader, team: Team) -> None:
    call, other = inbound(team), inbound(team)
    response = reader.post("calls:add_contact", call.pk, follow=True, **GRACE)
    assert "Grace Hopper was added: the call is theirs." in words(response)
    assert owners(call, other) == [team.contacts.get().pk, None]


def test_what_is_no_number_is_not_filled_in(reader: Reader, team: Team) -> None:
    form = reader.get("calls:add_contact", inbound(team, "anonymous").pk).context["form"]
    assert form["phone"].value() == ""
    assert "others" not in form.fields


def test_wrong_input_keeps_what_was_typed_and_creates_nothing(reader: Reader, team: Team) -> None:
    call = inbound(team)
    response = reader.post("calls:add_contact", call.pk, **{**GRACE, "first_name": ""})
    assert list(errors(response)) == ["first_name"]
    assert 'value="Hopper"' in response.content.decode()
    assert not team.contacts.exists()


def test_a_call_that_got_a_contact_meanwhile_needs_no_other(
    reader: Reader, team: Team, ada: Contact
) -> None:
    call = inbound(team, contact=ada)
    response = reader.get("calls:add_contact", call.pk)
    assert response["Location"] == reader.url("calls:detail", call.pk)
    response = reader.post("calls:add_contact", call.pk, **GRACE)
    assert errors(response)["__all__"] == ["This call is Ada Lovelace's by now."]
    assert team.contacts.get() == ada
