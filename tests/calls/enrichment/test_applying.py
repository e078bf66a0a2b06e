import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from calls.enrichment.budget import budget_of, spent_today
from calls.enrichment.deciding import accept, reject
from calls.enrichment.findings import Digest, NextStep, Usage
from calls.enrichment.models import Fill, Proposal, ProposalStatus, RunStatus
from calls.enrichment.operations import AlreadyDecided, Choice, set_policies
from calls.enrichment.undoing import undo_call
from calls.models import Call, Outcome
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records.models import CustomField
from tests.calls.enrichment.kit import SAID, Script, make_call, read
from tests.factories import ContactFactory, CustomFieldFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def person() -> Author:
    return Author.person(UserFactory.create())


@pytest.fixture
def contact() -> Contact:
    return ContactFactory.create()


def stored(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def edit(contact: Contact, by: Author, **values: Any) -> None:
    row = stored(contact)
    for name, value in values.items():
        setattr(row, name, value)
    save_contact(row, by=by)


def last_change(contact: Contact) -> Change:
    return Change.objects.filter(record_id=contact.pk).latest("at", "id")


def open_proposals(contact: Contact) -> dict[str, Any]:
    found = Proposal.objects.filter(contact=contact, status=ProposalStatus.OPEN)
    return {each.field or each.label: each.value for each in found}


def allow(contact: Contact, field: str, fill: Fill) -> None:
    set_policies(contact.team, [Choice("contact", field, fill)], by=Author(Origin.MANUAL))


def test_an_empty_field_is_filled_and_history_holds_the_proof(
    contact: Contact, script: Script
) -> None:
    script.values = {"job_title": "Head of Sales"}
    call = make_call(contact)
    run = read(call)
    assert (run.status, run.filled) == (RunStatus.FINISHED, 1)
    assert stored(contact).job_title == "Head of Sales"
    change = last_change(contact)
    assert change.origin == Origin.EXTRACTOR
    assert change.fields == {"job_title": ["", "Head of Sales"]}
    assert change.evidence == {
        "call": str(call.pk),
        "fields": {
            "job_title": {
                "quote": SAID,
                "turn": 1,
                "confirmed_by": None,
                "confidence": 0.9,
                "seconds": 4.5,
                "before": "",
                "after": ".",
            }
        },
    }


def test_what_is_hardly_more_than_a_guess_is_neither_written_nor_proposed(
    contact: Contact, script: Script
) -> None:
    script.values, script.confidence = {"job_title": "Head of IT", "first_name": "Al"}, 0.6
    run = read(make_call(contact))
    contact.refresh_from_db()
    assert (contact.job_title, run.filled, run.proposed) == ("", 0, 0)
    assert not Proposal.objects.exists()


def test_custom_fields_of_contact_and_company_are_filled(contact: Contact, script: Script) -> None:
    CustomFieldFactory.create(team=contact.team, key="seats", label="Seats", field_type="number")
    CustomFieldFactory.create(
        team=contact.team, entity_type="company", key="fleet", label="Fleet", field_type="text"
    )
    script.values = {"seats": 12, "company_fleet": "40 vans"}
    read(make_call(contact))
    contact = stored(contact)
    assert contact.custom_fields == {"seats": 12}
    assert contact.company.custom_fields == {"fleet": "40 vans"}


def test_what_a_field_cannot_hold_is_left_out_alone(contact: Contact, script: Script) -> None:
    script.values = {"job_title": "CEO", "email": "nonsense", "timezone": "Mars/Base"}
    run = read(make_call(contact))
    assert (run.status, run.filled) == (RunStatus.FINISHED, 1)
    assert stored(contact).job_title == "CEO"


def test_a_human_value_is_never_overwritten_whatever_the_policy(
    contact: Contact, script: Script, person: Author
) -> None:
    edit(contact, person, job_title="Buyer")
    allow(contact, "job_title", Fill.OVERWRITE)
    script.values = {"job_title": "Head of Sales"}
    read(make_call(contact))
    assert stored(contact).job_title == "Buyer"
    assert open_proposals(contact) == {"job_title": "Head of Sales"}


def test_a_value_that_a_person_took_away_stays_away(
    contact: Contact, script: Script, person: Author
) -> None:
    script.values = {"job_title": "Head of Sales"}
    read(make_call(contact))
    edit(contact, person, job_title="")
    read(make_call(contact))
    assert stored(contact).job_title == ""
    assert open_proposals(contact) == {"job_title": "Head of Sales"}


@pytest.mark.parametrize(
    ("fill", "held", "waits"),
    [
        (Fill.OFF, "CEO", {}),
        (Fill.EMPTY, "CEO", {"job_title": "Founder"}),
        (Fill.PROPOSE, "CEO", {"job_title": "Founder"}),
        (Fill.OVERWRITE, "Founder", {}),
    ],
)
def test_a_machines_value_gives_way_as_the_team_has_chosen(
    contact: Contact, script: Script, fill: Fill, held: str, waits: dict[str, str]
) -> None:
    script.values = {"job_title": "CEO"}
    read(make_call(contact))
    allow(contact, "job_title", fill)
    script.values = {"job_title": "Founder"}
    read(make_call(contact))
    assert stored(contact).job_title == held
    assert open_proposals(contact) == waits


def test_the_same_value_in_other_letters_is_nothing_new(contact: Contact, script: Script) -> None:
    edit(contact, Author(Origin.API), job_title="Head of Sales")
    script.values = {"job_title": "head of sales"}
    read(make_call(contact))
    assert open_proposals(contact) == {}


def test_protected_fields_are_not_even_asked_for(contact: Contact, script: Script) -> None:
    names = ("id", "team", "external_id", "notes", "source", "tags", "version", "last_call_at")
    script.values = dict.fromkeys(names, "mine")
    run = read(make_call(contact))
    assert run.filled == run.proposed == 0
    assert not {field.key for field in script.fields} & set(names)


def test_do_not_call_is_set_and_never_cleared(
    contact: Contact, script: Script, person: Author
) -> None:
    script.do_not_call = True
    call = make_call(contact)
    read(call)
    assert stored(contact).do_not_call
    script.do_not_call = False
    read(make_call(contact))
    assert stored(contact).do_not_call
    # Who cleared it knew of that call, but not of one that comes after.
    edit(contact, person, do_not_call=False)
    script.do_not_call = True
    read(call)
    assert not stored(contact).do_not_call
    read(make_call(contact, started_at=timezone.now() + HOUR))
    assert stored(contact).do_not_call


def test_names_company_and_status_wait_for_a_person(contact: Contact, script: Script) -> None:
    script.values = {"first_name": "Ann", "company": "Globex", "lead_status": "Qualified"}
    read(make_call(contact))
    assert open_proposals(contact) == {
        "first_name": "Ann",
        "company": "Globex",
        "lead_status": "qualified",
    }


def test_accepting_writes_the_value_as_the_persons_own(
    contact: Contact, script: Script, person: Author
) -> None:
    script.values = {"company": "Globex", "lead_status": "Qualified"}
    call = make_call(contact)
    read(call)
    for proposal in Proposal.objects.all():
        accept(proposal, by=person)
    contact = stored(contact)
    assert (contact.company.name, contact.lead_status) == ("Globex", "qualified")
    change = last_change(contact)
    assert (change.origin, change.actor_user) == (Origin.MANUAL, person.user)
    assert change.evidence["call"] == str(call.pk)
    with pytest.raises(AlreadyDecided):
        accept(proposal, by=person)


def test_an_edited_value_is_written_without_proof(
    contact: Contact, script: Script, person: Author
) -> None:
    script.values = {"lead_status": "Qualified"}
    read(make_call(contact))
    accept(Proposal.objects.get(), by=person, value="customer")
    assert stored(contact).lead_status == "customer"
    assert last_change(contact).evidence is None


def test_a_rejected_value_is_not_proposed_again_from_the_same_call(
    contact: Contact, script: Script, person: Author
) -> None:
    script.values = {"first_name": "Ann"}
    call = make_call(contact)
    read(call)
    reject(Proposal.objects.get(), by=person)
    read(call)
    assert open_proposals(contact) == {}
    read(make_call(contact))
    assert open_proposals(contact) == {"first_name": "Ann"}


def test_a_newer_call_replaces_what_waits_and_an_older_one_does_not(
    contact: Contact, script: Script
) -> None:
    older = make_call(contact, started_at=timezone.now() - HOUR)
    newer = make_call(contact)
    script.values = {"first_name": "Ann"}
    read(older)
    script.values = {"first_name": "Anna"}
    read(newer)
    assert open_proposals(contact) == {"first_name": "Anna"}
    script.values = {"first_name": "Hanna"}
    read(older)
    assert open_proposals(contact) == {"first_name": "Anna"}


def test_undo_puts_back_what_nobody_has_changed_since(
    contact: Contact, script: Script, person: Author
) -> None:
    script.values = {"job_title": "CEO", "email": "ann@example.com"}
    script.digest = Digest(summary="They talked.", summary_by="digest", outcome=Outcome.CONNECTED)
    call = make_call(contact)
    read(call)
    edit(contact, person, email="anna@example.com")
    undone = undo_call(call, by=person)
    contact = stored(contact)
    assert (contact.job_title, contact.email) == ("", "anna@example.com")
    assert (undone.restored, undone.kept) == (2, 1)
    assert Call.objects.get(pk=call.pk).summary == ""
    # To the same call the value is settled; to another the field is as empty as ever.
    script.values = {"job_title": "CEO"}
    read(call)
    assert stored(contact).job_title == ""
    read(make_call(contact))
    assert stored(contact).job_title == "CEO"


def test_undo_goes_back_behind_all_readings_of_the_call(
    contact: Contact, script: Script, person: Author
) -> None:
    allow(contact, "job_title", Fill.OVERWRITE)
    call = make_call(contact)
    for title in ("CEO", "Founder"):
        script.values = {"job_title": title}
        read(call)
    assert stored(contact).job_title == "Founder"
    assert undo_call(call, by=person).restored == 1
    assert stored(contact).job_title == ""


def test_summary_and_next_step_are_written_where_the_platform_was_silent(
    contact: Contact, script: Script
) -> None:
    script.digest = Digest(
        summary="Wants a demo.",
        summary_by="digest",
        success=True,
        next_step=NextStep("Demo", 1, dt.date(2026, 12, 1)),
    )
    silent, told = make_call(contact), make_call(contact, summary="Said by the platform.")
    run = read(silent)
    read(told)
    silent.refresh_from_db()
    told.refresh_from_db()
    assert (silent.summary, silent.success) == ("Wants a demo.", True)
    assert told.summary == "Said by the platform."
    assert run.insight["next_step_on"] == "2026-12-01"


# New fields


def test_spellings_of_one_meaning_end_in_one_field(contact: Contact, script: Script) -> None:
    for label in ("Team size", "size of the team", "TeamSize", "Team-Sizes"):
        script.facts = {label: "about 40"}
        read(make_call(contact))
    field = CustomField.objects.get()
    assert (field.label, field.created_by, field.field_type) == ("Team size", "extractor", "text")
    assert stored(contact).custom_fields == {"team_size": "about 40"}


def test_a_field_that_is_built_in_or_archived_is_not_made(contact: Contact, script: Script) -> None:
    CustomFieldFactory.create(team=contact.team, label="Budget", key="budget", active=False)
    script.facts = {"The budgets": "5k", "job title": "CEO"}
    read(make_call(contact))
    assert CustomField.objects.count() == 1
    assert stored(contact).custom_fields == {}


def test_a_team_may_want_fields_to_be_proposed_or_none(
    contact: Contact, script: Script, person: Author
) -> None:
    script.facts = {"Team size": "about 40"}
    set_policies(contact.team, [], by=person, facts="propose")
    call = make_call(contact)
    read(call)
    read(call)
    assert open_proposals(contact) == {"Team size": "about 40"}
    accept(Proposal.objects.get(), by=person)
    assert stored(contact).custom_fields == {"team_size": "about 40"}
    set_policies(contact.team, [], by=person, facts="off")
    script.facts = {"Fleet": "3 vans"}
    read(make_call(contact))
    assert CustomField.objects.count() == 1


def test_undo_takes_the_field_away_that_the_call_has_made(
    contact: Contact, script: Script, person: Author
) -> None:
    script.facts = {"Team size": "about 40"}
    call = make_call(contact)
    read(call)
    undo_call(call, by=person)
    assert stored(contact).custom_fields == {}
    assert not CustomField.objects.exists()


# Runs


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ({"voicemail": True}, "The call reached a voicemail."),
        ({"outcome": Outcome.VOICEMAIL}, "The call reached a voicemail."),
        ({"turns": [{"speaker": "assistant", "text": "Hello?"}]}, "The contact said nothing."),
        ({"turns": None}, "The call has no transcript."),
    ],
)
def test_a_call_without_words_is_skipped_with_its_reason(
    contact: Contact, script: Script, values: dict[str, Any], note: str
) -> None:
    run = read(make_call(contact, **values))
    assert (run.status, run.note) == (RunStatus.SKIPPED, note)


def test_tokens_are_counted_against_the_days_budget(
    contact: Contact, script: Script, settings: Any
) -> None:
    script.usage = Usage("model", 700, 200)
    settings.LLM_TOKENS_A_DAY = 1000
    may_spend = budget_of(contact.team)
    call = make_call(contact)
    read(call)
    assert (may_spend(100), may_spend(101)) == (True, False)
    read(call)
    assert spent_today(contact.team) == 1800
