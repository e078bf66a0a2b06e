import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from calls.models import Call
from calls.operations import save_call
from contacts.models import Contact
from contacts.operations import delete_contact
from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author
from crm.teams.models import Role, Team
from tests.factories import CallFactory, ContactFactory, TeamFactory
from tests.pages import Reader, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TURNS = [{"speaker": "contact", "text": "Good morning."}]


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team, timezone="America/New_York")


@pytest.fixture
def contact(team: Team) -> Contact:
    return ContactFactory.create(team=team, first_name="Ada", last_name="Lovelace")


@pytest.fixture
def logged(contact: Contact) -> Call:
    return CallFactory.create(
        contact=contact,
        provider="manual",
        started_at=dt.datetime(2025, 11, 24, 17, 40, 33, tzinfo=dt.UTC),
        duration_seconds=252,
        summary="Asked for a price.",
    )


def filled(**changes: Any) -> dict[str, Any]:
    return {
        "direction": "inbound",
        "outcome": "voicemail",
        "started_at": "2025-11-24T12:40",
        "duration": "4:12",
        "summary": "Left a message.",
        "back": "contact",
        **changes,
    }


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def shown(response: Any) -> dict[str, Any]:
    return {field.name: field.value() for field in response.context["form"]}


# Logging


def test_a_logged_call_is_a_call_of_the_contact(reader: Reader, contact: Contact) -> None:
    response = reader.post("calls:log", contact.pk, follow=True, **filled())
    call = Call.objects.get()
    assert (call.contact_id, call.provider, call.provider_call_id) == (contact.pk, "manual", "")
    assert (call.direction, call.outcome, call.status) == ("inbound", "voicemail", "completed")
    assert call.started_at == dt.datetime(2025, 11, 24, 17, 40, tzinfo=dt.UTC)
    assert (call.duration_seconds, call.ended_at) == (252, None)
    assert call.summary == "Left a message."
    contact.refresh_from_db()
    assert contact.last_call_at == call.started_at
    change = Change.objects.get(record_id=call.pk)
    assert (change.verb, change.origin) == (Verb.CREATED, Origin.MANUAL)
    assert change.actor_user == reader.user
    assert response.redirect_chain == [(reader.url("contacts:detail", contact.pk), 302)]
    for text in ("The call was logged.", "4:12", "Voicemail", "Left a message.", "Logged by hand"):
        assert text in words(response)


def test_each_logged_call_is_a_new_one(reader: Reader, contact: Contact) -> None:
    for _ in range(2):
        reader.post("calls:log", contact.pk, **filled())
    assert contact.calls.count() == 2


def test_the_time_is_now_by_the_viewers_clock_until_changed(
    reader: Reader, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dt.datetime(2026, 1, 5, 2, 7, 41, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    response = reader.get("calls:log", contact.pk)
    page = response.content.decode()
    assert 'type="datetime-local" name="started_at" value="2026-01-04T21:07"' in page
    assert "In your timezone, America/New York." in page
    reader.post("calls:log", contact.pk, **filled(started_at="2026-01-04T21:07", duration=""))
    assert contact.calls.get().started_at == now.replace(second=0)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("connected", "completed"),
        ("transferred", "completed"),
        ("unknown", "completed"),
        ("no_answer", "no_answer"),
        ("declined", "no_answer"),
        ("busy", "busy"),
        ("failed", "failed"),
        ("canceled", "canceled"),
    ],
)
def test_the_status_follows_from_the_outcome(
    reader: Reader, contact: Contact, outcome: str, status: str
) -> None:
    reader.post("calls:log", contact.pk, **filled(outcome=outcome, duration="", summary=""))
    call = contact.calls.get()
    assert (call.outcome, call.status, call.duration_seconds) == (outcome, status, None)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("started_at", "", "Say when the call was."),
        ("started_at", "soon", "Write the date and the time"),
        ("started_at", "2999-01-01T00:00", "This is still to come: it is "),
        ("started_at", "0025-11-24T12:40", "Check the year: this is before 2000."),
        ("duration", "4 hours", "Write minutes"),
        ("duration", "1000", "That is longer than 12 hours."),
        ("direction", "unknown", "Select a valid choice."),
        ("outcome", "great", "Select a valid choice."),
        ("summary", "x" * 20_001, "at most 20000 characters"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    reader: Reader, contact: Contact, field: str, value: str, said: str
) -> None:
    response = reader.post("calls:log", contact.pk, **filled(**{field: value}))
    assert list(errors(response)) == [field]
    assert said in errors(response)[field][0]
    sent = filled(**{field: value})
    assert shown(response) == {name: sent[name] for name in shown(response)}
    assert not Call.objects.exists()


def test_a_time_a_minute_ahead_is_still_to_come(reader: Reader, contact: Contact) -> None:
    ahead = timezone.now().astimezone(reader.user.zone) + dt.timedelta(minutes=2)
    response = reader.post("calls:log", contact.pk, **filled(started_at=f"{ahead:%Y-%m-%dT%H:%M}"))
    assert "This is still to come" in errors(response)["started_at"][0]


def test_in_the_panel_the_form_comes_alone_and_saving_leads_to_the_contact(
    reader: Reader, contact: Contact
) -> None:
    page = reader.get_part("calls:log", contact.pk).content.decode()
    assert "<html" not in page
    assert f'hx-post="{reader.url("calls:log", contact.pk)}"' in page
    assert "Log a call with Ada Lovelace" in page


def test_the_panel_offers_it_to_who_may_write(team: Team, contact: Contact, logged: Call) -> None:
    for role, offered in ((Role.MEMBER, True), (Role.VIEWER, False)):
        reader = Reader(team, role)
        for page in (
            reader.get("contacts:detail", contact.pk).content.decode(),
            reader.get_part("calls:of_contact", contact.pk).content.decode(),
        ):
            assert (reader.url("calls:edit", logged.pk) in page) is offered
            assert (reader.url("calls:delete", logged.pk) in page) is offered
            assert "Logged by hand" in page
        panel = reader.get("contacts:detail", contact.pk).content.decode()
        assert (reader.url("calls:log", contact.pk) in panel) is offered


def test_the_poll_shows_a_logged_call_and_what_becomes_of_it(
    reader: Reader, contact: Contact
) -> None:
    url = reader.url("calls:of_contact", contact.pk)
    etags = [reader.client.get(url)["ETag"]]
    CallFactory.create(contact=contact, started_at=timezone.now() - dt.timedelta(days=1))
    # Half a day ago by any viewer's clock: neither before the other call nor still to come.
    started_at = timezone.now() - dt.timedelta(hours=12)
    reader.post("calls:log", contact.pk, **filled(started_at=f"{started_at:%Y-%m-%dT%H:%M}"))
    call = contact.calls.get(provider="manual")
    etags.append(reader.client.get(url)["ETag"])
    reader.post("calls:edit", call.pk, **filled(version=1, summary="Other words."))
    response = reader.client.get(url, headers={"If-None-Match": etags[-1]})
    assert "Other words." in words(response)
    etags.append(response["ETag"])
    reader.post("calls:delete", call.pk)
    response = reader.client.get(url, headers={"If-None-Match": etags[-1]})
    assert "Other words." not in words(response)
    assert len({*etags, response["ETag"]}) == 4


# Editing


def test_the_form_shows_what_was_logged(reader: Reader, logged: Call) -> None:
    response = reader.get("calls:edit", logged.pk)
    assert shown(response)["duration"] == "4:12"
    assert 'name="started_at" value="2025-11-24T12:40"' in response.content.decode()


def test_saving_the_form_as_it_is_changes_nothing(reader: Reader, logged: Call) -> None:
    form = reader.get("calls:edit", logged.pk).context["form"]
    sent = {name: form[name].value() for name in form.fields} | {"started_at": "2025-11-24T12:40"}
    assert reader.post("calls:edit", logged.pk, **sent).status_code == 302
    logged.refresh_from_db()
    assert logged.version == 1
    assert not Change.objects.filter(verb=Verb.UPDATED).exists()


def test_an_edited_call_leaves_a_change_and_moves_the_last_call(
    reader: Reader, contact: Contact, logged: Call
) -> None:
    sent = filled(version=1, started_at="2025-11-25T09:00", duration="", outcome="busy")
    response = reader.post("calls:edit", logged.pk, **sent)
    assert response["Location"] == reader.url("contacts:detail", contact.pk)
    change = Change.objects.get(verb=Verb.UPDATED)
    assert set(change.fields) == {
        *("direction", "outcome", "status", "started_at", "duration_seconds", "summary")
    }
    assert (change.origin, change.actor_user) == (Origin.MANUAL, reader.user)
    contact.refresh_from_db()
    assert contact.last_call_at == dt.datetime(2025, 11, 25, 14, tzinfo=dt.UTC)


def test_a_known_end_moves_along(reader: Reader, contact: Contact) -> None:
    start = dt.datetime(2025, 11, 24, 17, 40, tzinfo=dt.UTC)
    end = start + dt.timedelta(seconds=60)
    call = CallFactory.create(contact=contact, provider="manual", started_at=start, ended_at=end)
    reader.post("calls:edit", call.pk, **filled(version=1, duration="2"))
    call.refresh_from_db()
    assert (call.ended_at, call.duration_seconds) == (start + dt.timedelta(seconds=120), 120)
    reader.post("calls:edit", call.pk, **filled(version=2, duration=""))
    call.refresh_from_db()
    assert (call.ended_at, call.duration_seconds) == (None, None)


def test_what_the_form_does_not_ask_stays(reader: Reader, contact: Contact) -> None:
    call = CallFactory.create(
        contact=contact, provider="manual", direction="unknown", started_at=None, turns=TURNS
    )
    shown_choices = reader.get("calls:edit", call.pk).context["form"]["direction"].field.choices
    assert [value for value, _label in shown_choices] == ["outbound", "inbound", "unknown"]
    moment = call.created_at.astimezone(reader.user.zone)
    sent = filled(version=1, direction="unknown", started_at=f"{moment:%Y-%m-%dT%H:%M}")
    reader.post("calls:edit", call.pk, **sent)
    call.refresh_from_db()
    assert (call.direction, call.started_at, call.version) == ("unknown", None, 2)
    assert call.transcripts.get().turns[0]["text"] == "Good morning."


def test_who_edits_a_changed_call_is_told(reader: Reader, logged: Call) -> None:
    logged.outcome, logged.duration_seconds = "declined", 10
    logged.started_at = dt.datetime(2025, 11, 20, 12, tzinfo=dt.UTC)
    save_call(logged, by=Author.person(reader.user))
    response = reader.post("calls:edit", logged.pk, **filled(version=1))
    said = errors(response)
    assert "Somebody else changed this call" in said["__all__"][0]
    assert said["duration"] == ["Stored now: 0:10"]
    assert said["outcome"] == ["Stored now: Declined"]
    assert said["started_at"] == ["Stored now: Thu 20 Nov 2025, 07:00 EST"]
    again = reader.post("calls:edit", logged.pk, **filled(version=2))
    assert again.status_code == 302


def test_saving_leads_back_to_where_the_form_was_opened(
    reader: Reader, contact: Contact, logged: Call
) -> None:
    detail, of_contact = (
        reader.url("calls:detail", logged.pk),
        reader.url("contacts:detail", contact.pk),
    )
    assert f'data-panel href="{detail}"' in reader.get("calls:edit", logged.pk).content.decode()
    page = reader.get("calls:edit", logged.pk, back="contact").content.decode()
    assert f'data-panel href="{of_contact}"' in page
    sent = filled(version=1, back="")
    assert reader.post("calls:edit", logged.pk, **sent)["Location"] == detail


# What may be changed, and by whom


@pytest.mark.parametrize("name", ["calls:edit", "calls:delete"])
def test_what_a_platform_told_is_not_changed_by_hand(
    reader: Reader, contact: Contact, name: str
) -> None:
    call = CallFactory.create(contact=contact, provider="retell")
    for response in (reader.get(name, call.pk), reader.post(name, call.pk, **filled(version=1))):
        assert response.status_code == 403
        assert "This call came from retell." in words(response)
    page = reader.get("calls:detail", call.pk).content.decode()
    assert reader.url("calls:edit", call.pk) not in page
    assert Call.objects.get() == call
    assert not Change.objects.exclude(origin=Origin.DEMO).exists()


def test_a_logged_call_says_who_logged_it(
    reader: Reader, contact: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader.post("calls:log", contact.pk, **filled())
    call = Call.objects.get()
    # session, user, memberships · call, recording, who logged it · its history · what it taught:
    # written, proposed, and how it was read
    with django_assert_num_queries(10):
        page = words(reader.get("calls:detail", call.pk))
    assert f"Logged by {reader.user}" in page
    assert "Platform" not in page


# Deleting


def test_deleting_names_the_call_and_what_goes_with_it(reader: Reader, contact: Contact) -> None:
    call = CallFactory.create(contact=contact, provider="manual", turns=TURNS, recorded=True)
    page = words(reader.get("calls:delete", call.pk))
    assert "The call with Ada Lovelace of" in page
    assert "will be deleted, its recording and transcript too." in page


def test_a_deleted_call_leaves_a_change(reader: Reader, contact: Contact, logged: Call) -> None:
    response = reader.post("calls:delete", logged.pk, follow=True)
    assert response.redirect_chain == [(reader.url("contacts:detail", contact.pk), 302)]
    assert "The call of Mon 24 Nov 2025, 12:40 EST was deleted." in words(response)
    change = Change.objects.get(verb=Verb.DELETED)
    assert (change.record_id, change.actor_user) == (logged.pk, reader.user)
    contact.refresh_from_db()
    assert contact.last_call_at is None


def test_a_logged_call_without_its_contact_can_still_be_changed(
    reader: Reader, contact: Contact, logged: Call
) -> None:
    delete_contact(contact, by=Author.person(reader.user))
    assert "will be deleted." in words(reader.get("calls:delete", logged.pk))
    response = reader.post("calls:edit", logged.pk, **filled(version=1))
    assert response["Location"] == reader.url("calls:detail", logged.pk)
    assert reader.post("calls:delete", logged.pk)["Location"] == reader.url("calls:list")
