import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection as database

from calls.providers.models import ProviderConnection
from calls.providers.operations import (
    RECORD_TYPE,
    change_connection,
    create_connection,
    disconnect,
    rotate_secret,
)
from crm import encryption
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.teams.models import Team
from tests.calls.providers.kit import post
from tests.calls.providers.scripts import SCRIPTS
from tests.calls.providers.signing import SECRETS
from tests.factories import ConnectionFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Author:
    return Author(Origin.MANUAL, user=UserFactory.create())


def history(connection: ProviderConnection) -> list[tuple[str, dict[str, Any]]]:
    changes = Change.objects.filter(record_type=RECORD_TYPE, record_id=connection.pk)
    return list(changes.order_by("at", "pk").values_list("verb", "fields"))


def stored(connection: ProviderConnection) -> dict[str, Any]:
    """The row as it lies in the database."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT webhook_secret, previous_secret, api_key FROM providers_providerconnection"
        )
        return dict(zip(("secret", "previous", "api_key"), cursor.fetchone(), strict=True))


def test_what_happens_to_a_connection_is_history_without_its_secrets(by: Author) -> None:
    connection = create_connection(
        TeamFactory.create(), "vapi", by=by, secret="secret-1", api_key="private-1"
    )
    change_connection(connection, by=by, name=" Vapi,  Berlin ", api_key="private-2")
    rotate_secret(connection, "secret-2", by=by)
    disconnect(connection, by=by)
    disconnect(connection, by=by)
    assert history(connection) == [
        ("created", {"name": [None, "Vapi"], "provider": [None, "Vapi"]}),
        ("updated", {"name": ["Vapi", "Vapi, Berlin"], "api_key": ["set", "replaced"]}),
        ("updated", {"webhook_secret": ["set", "replaced"]}),
        ("updated", {"state": ["Connected", "Disconnected"]}),
    ]
    assert {change.actor_user for change in Change.objects.all()} == {by.user}


def test_what_is_the_same_is_no_change(by: Author) -> None:
    connection = ConnectionFactory.create(api_key="private")
    change_connection(connection, by=by, name="Retell AI", api_key="private")
    assert len(history(connection)) == 1


def test_the_first_secret_may_follow_and_is_none_of_spaces(by: Author) -> None:
    connection = ConnectionFactory.create(secret="")
    with pytest.raises(ValidationError) as refused:
        rotate_secret(connection, "  ", by=by)
    assert set(refused.value.error_dict) == {"webhook_secret"}
    rotate_secret(connection, " one ", by=by)
    assert (connection.webhook_secret, connection.previous_until) == ("one", None)
    assert history(connection)[-1] == ("updated", {"webhook_secret": ["not set", "set"]})


def test_secrets_are_stored_encrypted(by: Author) -> None:
    connection = ConnectionFactory.create(secret="secret-1", api_key="private-1")
    rotate_secret(connection, "secret-2", by=by)
    row = stored(connection)
    assert not [value for value in row.values() if "secret-" in value or "private-" in value]
    again = ProviderConnection.objects.get()
    assert (again.webhook_secret, again.previous_secret) == ("secret-2", "secret-1")
    assert again.api_key == "private-1"


def test_the_overlap_of_two_secrets_is_ones_choice(by: Author) -> None:
    connection = ConnectionFactory.create(secret="one")
    rotate_secret(connection, "two", by=by, overlap=dt.timedelta())
    assert connection.secrets_at(connection.previous_until) == ["two"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"provider": "novelty"}, "provider"),
        ({"name": "x" * 101}, "name"),
    ],
)
def test_what_is_not_fit_is_refused(by: Author, values: dict[str, str], field: str) -> None:
    team = TeamFactory.create()
    given = {"provider": "vapi", "secret": "secret"} | values
    with pytest.raises(ValidationError) as refused:
        create_connection(team, given.pop("provider"), by=by, **given)
    assert set(refused.value.error_dict) == {field}
    assert not ProviderConnection.objects.exists()


@pytest.mark.parametrize(
    ("provider", "api_key", "expected"),
    [
        ("retell", "", "key"),
        ("twilio", "", "key"),
        ("twilio", "other", "other"),
        ("vapi", "", ""),
        ("vapi", "private", "private"),
    ],
)
def test_one_key_is_enough_where_the_platform_has_one(
    provider: str, api_key: str, expected: str
) -> None:
    connection = ConnectionFactory.create(provider=provider, secret="key", api_key=api_key)
    assert connection.api_secret == expected


# The command


def connect(*arguments: str) -> str:
    out = StringIO()
    call_command("create_voice_connection", *arguments, stdout=out)
    return out.getvalue()


def test_the_last_word_of_the_command_is_an_address_that_works() -> None:
    team = TeamFactory.create()
    said = connect(team.slug, "retell", "--secret", SECRETS["retell"])
    connection = ProviderConnection.objects.get(team=team)
    assert said.split()[-1] == connection.webhook_url
    assert connection.webhook_url == f"http://testserver/hooks/retell/{connection.key}"
    assert said.count("\n") == 1
    assert post(connection, SCRIPTS["retell"]()[0]).status_code == 200


def test_the_command_takes_api_credentials() -> None:
    team = TeamFactory.create()
    connect(team.slug, "twilio", "--secret", "token", "--api-key", "AC1:other", "--name", "Berlin")
    twilio = ProviderConnection.objects.get()
    assert (twilio.name, twilio.account_id, twilio.api_key) == ("Berlin", "AC1", "other")
    connect(team.slug, "elevenlabs", "--secret", "s", "--api-key", "sk_1:2")
    assert ProviderConnection.objects.get(provider="elevenlabs").api_key == "sk_1:2"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody", "vapi", "--secret", "s"], "There is no team “nobody”."),
        (["acme", "novelty", "--secret", "s"], "invalid choice: 'novelty'"),
        (["acme", "vapi"], "required: --secret"),
        (["acme", "vapi", "--secret", " "], "Enter the secret"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(arguments: list[str], said: str) -> None:
    team: Team = TeamFactory.create(slug="acme")
    with pytest.raises(CommandError, match=said.replace("“", ".").replace("”", ".")):
        connect(*arguments)
    assert not team.voice_connections.exists()


def test_secrets_are_encrypted_anew_so_that_a_key_can_go(by: Author, settings: Any) -> None:
    old, new = encryption.key_from("old"), encryption.key_from("new")
    settings.ENCRYPTION_KEYS = [old]
    connection = create_connection(
        TeamFactory.create(), "vapi", by=by, secret="secret-1", api_key="private-1"
    )
    settings.ENCRYPTION_KEYS = [new, old]
    out = StringIO()
    call_command("encrypt_anew", stdout=out)
    assert out.getvalue() == (
        "The secrets of 1 voice connection are encrypted with the first key.\n"
    )
    settings.ENCRYPTION_KEYS = [new]
    found = ProviderConnection.objects.get(pk=connection.pk)
    assert (found.webhook_secret, found.previous_secret) == ("secret-1", "")
    assert found.api_key == "private-1"


def test_a_secret_whose_key_is_lost_keeps_no_other_from_being_encrypted_anew(
    by: Author, settings: Any
) -> None:
    team = TeamFactory.create(name="Acme")
    settings.ENCRYPTION_KEYS = [encryption.key_from("lost")]
    create_connection(team, "vapi", by=by, secret="secret-1", name="Berlin")
    settings.ENCRYPTION_KEYS = [encryption.key_from("old")]
    create_connection(team, "retell", by=by, secret="secret-2")
    settings.ENCRYPTION_KEYS = [encryption.key_from("new"), encryption.key_from("old")]
    out = StringIO()
    with pytest.raises(CommandError, match=r"None of ENCRYPTION_KEYS .* “Berlin” of Acme"):
        call_command("encrypt_anew", stdout=out)
    assert "of 1 voice connection are" in out.getvalue()
