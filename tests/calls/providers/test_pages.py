"""Settings → Voice: connecting a platform, its secrets, its deliveries."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from calls.providers.models import EventStatus, ProviderConnection, ProviderEvent
from calls.providers.operations import rotate_secret
from calls.providers.pages import STOP_ASKING
from calls.providers.registry import PLATFORMS
from contacts.models import Contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.teams.models import Role, Team
from tests.calls.providers.kit import keep, post, read_all
from tests.calls.providers.scripts import SCRIPTS, json_message
from tests.calls.providers.signing import SECRETS
from tests.factories import ConnectionFactory, TeamFactory
from tests.pages import Reader, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BY = Author(Origin.MANUAL)
PROVIDERS = pytest.mark.parametrize("provider", list(PLATFORMS))


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team, Role.ADMIN)


def connect(team: Team, provider: str = "retell", **values: str) -> ProviderConnection:
    return ConnectionFactory.create(
        team=team, provider=provider, **{"secret": SECRETS[provider]} | values
    )


@PROVIDERS
def test_a_platform_is_connected_step_by_step(reader: Reader, team: Team, provider: str) -> None:
    assert "Connect the first platform" in words(reader.get("voice:list"))
    response = reader.post("voice:create", platform=provider, name="", follow=True)
    connection = team.voice_connections.get()
    platform = connection.platform
    assert connection.name == platform.label
    page = words(response)
    assert platform.guide.steps[0] in page
    assert f'value="{connection.webhook_url}"' in response.text
    assert "Nothing is taken before the secret is entered." in page
    message = SCRIPTS[provider]()[0]
    assert post(connection, message).status_code == 401

    secret = SECRETS[provider]
    response = reader.post("voice:secret", connection.pk, webhook_secret=secret, follow=True)
    assert "Stored, never shown" in words(response)
    assert "Waiting for the first delivery." in words(response)
    assert secret not in response.text
    assert reader.get_part("voice:connection", connection.pk).status_code == 204

    assert post(connection, message).status_code == 200
    response = reader.get_part("voice:connection", connection.pk)
    assert response.status_code == 200
    assert f"{connection.events.get().event_type} Waits to be read" in words(response)
    read_all(connection)
    response = reader.get_part("voice:connection", connection.pk)
    assert response.status_code == STOP_ASKING
    assert "Waits" not in words(response)
    fields = Change.objects.filter(team=team, record_type="voice_connection")
    assert secret not in str(list(fields.values()))


@PROVIDERS
def test_credentials_of_the_api_are_entered_apart(
    reader: Reader, team: Team, provider: str
) -> None:
    connection = connect(team, provider)
    guide = connection.platform.guide
    form = reader.get("voice:access", connection.pk).text
    assert ("Account SID" in form) == connection.platform.has_account_id
    assert ('name="api_key"' in form) == bool(guide.api_key_label)
    sent = {"name": "Second account", "api_key": "key-of-the-api", "account_id": "AC123"}
    response = reader.post("voice:access", connection.pk, **sent, follow=True)
    assert "key-of-the-api" not in response.text
    stored = ProviderConnection.objects.get()
    assert stored.name == "Second account"
    assert stored.api_key == ("key-of-the-api" if guide.api_key_label else "")
    assert stored.account_id == ("AC123" if provider == "twilio" else "")
    reader.post("voice:access", connection.pk, name="Third", account_id="AC123", api_key="")
    assert ProviderConnection.objects.get().api_key == stored.api_key
    assert "key-of-the-api" not in reader.get("voice:access", connection.pk).text


def test_what_is_entered_wrongly_is_said(reader: Reader, team: Team) -> None:
    connection = connect(team, "elevenlabs")
    assert "Choose a platform." in words(reader.post("voice:create"))
    assert "Select a valid choice" in words(reader.post("voice:create", platform="bland"))
    response = reader.post("voice:secret", connection.pk, webhook_secret="  ")
    assert "Enter the webhook secret." in words(response)
    assert "This field is required." in words(reader.post("voice:access", connection.pk, name=""))
    assert ProviderConnection.objects.get().webhook_secret == SECRETS["elevenlabs"]


def test_several_accounts_of_one_platform_stand_side_by_side(
    reader: Reader, team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("Europe", "America", "Asia"):
        connect(team, name=name)
    keep(team.voice_connections.get(name="Asia"), json_message({"event": "call_started"}))
    broken = keep(team.voice_connections.get(name="Europe"), json_message([]))
    assert broken
    assert broken.status == EventStatus.FAILED
    # session, user, membership · connections
    with django_assert_num_queries(4):
        page = words(reader.get("voice:list"))
    assert "America Retell AI · nothing received yet" in page
    assert "Europe Retell AI · last delivery Just now Deliveries failed at Europe" in page
    assert page.count("Deliveries failed") == 1


def test_a_replaced_secret_is_good_for_a_day(reader: Reader, team: Team) -> None:
    connection = connect(team)
    reader.post("voice:secret", connection.pk, webhook_secret="another")
    for number, secret in enumerate((SECRETS["retell"], "another")):
        message = SCRIPTS["retell"](call_id=f"call-{number}")[0]
        assert post(connection, message, secret=secret).status_code == 200
    page = words(reader.get("voice:connection", connection.pk))
    assert "Stored; the former one is taken until" in page
    past = timezone.now() - dt.timedelta(minutes=1)
    ProviderConnection.objects.update(previous_until=past)
    message = SCRIPTS["retell"](call_id="late")[0]
    assert post(connection, message, secret=SECRETS["retell"]).status_code == 401
    assert "Stored, never shown" in words(reader.get("voice:connection", connection.pk))


def test_deliveries_say_what_became_of_them(
    reader: Reader, team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    connection = connect(team)
    for message in SCRIPTS["retell"]():
        keep(connection, message)
    keep(connection, json_message({"event": "chat_started", "call": {"call_id": "x"}}))
    read_all(connection)
    call = team.calls.get()
    # session, user, membership · connection, events, calls · lines
    with django_assert_num_queries(7):
        response = reader.get("voice:connection", connection.pk)
    page = words(response)
    assert response.text.count(f'href="/t/{team.slug}/calls/{call.pk}"') == 3
    assert "call_analyzed Read" in page
    assert "chat_started Ignored" in page
    assert "Run again" not in page
    # Nothing is waited for any more.
    assert "hx-trigger" not in re.findall('<section[^>]*id="events"[^>]*>', response.text)[0]


def test_what_failed_is_run_again(reader: Reader, team: Team) -> None:
    connection = connect(team)
    for number in range(3):
        event = keep(connection, SCRIPTS["retell"](call_id=f"call-{number}")[0])
        assert event
    ProviderEvent.objects.update(status=EventStatus.FAILED, last_error="Nobody knows why.")
    failed = connection.events.filter(status=EventStatus.FAILED)
    page = words(reader.get("voice:connection", connection.pk))
    assert page.count("Nobody knows why.") == 3
    one = failed.first()
    assert one
    response = reader.post("voice:again", connection.pk, event=str(one.pk), follow=True)
    assert "1 delivery is being read again." in words(response)
    assert failed.count() == 2
    assert "Only failed" in words(response)
    only = words(reader.get("voice:connection", connection.pk, failed=""))
    assert only.count("Nobody knows why.") == 2
    response = reader.post("voice:again", connection.pk, follow=True)
    assert "2 deliveries are being read again." in words(response)
    read_all(connection)
    assert team.calls.count() == 3
    assert "No delivery has failed." in words(
        reader.get("voice:connection", connection.pk, failed="")
    )


def test_only_failed_deliveries_of_this_connection_run_again(reader: Reader, team: Team) -> None:
    ours, other = connect(team), connect(team)
    theirs = keep(other, SCRIPTS["retell"]()[0])
    assert theirs
    ProviderEvent.objects.update(status=EventStatus.FAILED)
    for event in (str(theirs.pk), "nonsense", ""):
        response = reader.post("voice:again", ours.pk, event=event, follow=True)
        assert "0 deliveries are being read again." in words(response)
    assert other.events.get().status == EventStatus.FAILED


def test_disconnecting_names_what_it_ends(reader: Reader, team: Team) -> None:
    connection = connect(team, name="Retell Europe")
    post(connection, SCRIPTS["retell"]()[0])
    assert "Disconnect Retell Europe" in words(reader.get("voice:disconnect", connection.pk))
    response = reader.post("voice:disconnect", connection.pk, follow=True)
    assert "Retell Europe is disconnected." in words(response)
    assert post(connection, SCRIPTS["retell"]()[1]).status_code == 404
    assert reader.get("voice:connection", connection.pk).status_code == 404
    stored = ProviderConnection.objects.get()
    assert (stored.webhook_secret, stored.api_key) == ("", "")
    assert stored.events.count() == 1


def test_a_call_of_a_team_is_no_other_teams(reader: Reader, team: Team) -> None:
    connection = connect(team)
    event = keep(connection, SCRIPTS["retell"](call_id="same")[0])
    assert event
    elsewhere = connect(TeamFactory.create())
    keep(elsewhere, SCRIPTS["retell"](call_id="same")[0])
    read_all(elsewhere)
    assert not Contact.objects.exists()
    assert "/calls/" not in reader.get_part("voice:connection", connection.pk).text


def test_rotating_is_told_in_history(team: Team) -> None:
    connection = ConnectionFactory.create(team=team, secret="")
    rotate_secret(connection, "first", by=BY)
    assert connection.previous_until is None
    rotate_secret(connection, "second", by=BY)
    assert connection.previous_until
    changes = Change.objects.filter(team=team, record_id=connection.pk).order_by("at")
    assert [change.fields.get("webhook_secret") for change in changes][1:] == [
        ["not set", "set"],
        ["set", "replaced"],
    ]
