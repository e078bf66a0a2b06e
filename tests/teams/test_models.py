import datetime as dt
import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.teams.models import ApiKey, Scope
from tests.factories import ApiKeyFactory, TeamFactory

NOW = timezone.now()
HOUR = dt.timedelta(hours=1)


@pytest.mark.django_db
def test_a_key_is_stored_as_a_hash_and_a_start() -> None:
    key = ApiKeyFactory.create()
    stored = ApiKey.objects.values().get(pk=key.pk)
    assert stored["key_hash"] == hashlib.sha256(key.secret.encode()).hexdigest()
    assert key.secret.startswith(stored["prefix"])
    assert len(stored["prefix"]) == 12
    assert not [name for name, value in stored.items() if key.secret in str(value)]


@pytest.mark.django_db
def test_two_keys_share_nothing() -> None:
    one, other = ApiKeyFactory.create(), ApiKeyFactory.create()
    assert one.secret.startswith("cbk_")
    assert len(one.secret) == len("cbk_") + 43
    assert one.secret != other.secret


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("expires_at", "revoked_at", "state"),
    [
        (None, None, "active"),
        (NOW + HOUR, None, "active"),
        (NOW - HOUR, None, "expired"),
        (None, NOW - HOUR, "revoked"),
        (NOW - HOUR, NOW - HOUR, "revoked"),
    ],
)
def test_only_an_active_key_is_usable(
    expires_at: dt.datetime | None, revoked_at: dt.datetime | None, state: str
) -> None:
    key = ApiKeyFactory.create(expires_at=expires_at)
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=revoked_at)
    key.refresh_from_db()
    assert key.state == state
    assert ApiKey.objects.usable().exists() == (state == "active")


@pytest.mark.django_db
def test_a_key_does_what_its_scopes_say() -> None:
    reader = ApiKeyFactory.create(scopes=[Scope.CONTACTS_READ])
    assert reader.allows("contacts:read")
    assert not reader.allows("contacts:write")
    assert ApiKeyFactory.create(scopes=["*"]).allows("calls:write")


@pytest.mark.django_db
@pytest.mark.parametrize("scopes", [[], ["contacts"], ["*", "webhooks:read"]])
def test_a_key_has_scopes_that_exist(scopes: list[str]) -> None:
    with pytest.raises(ValidationError) as caught:
        ApiKeyFactory.create(scopes=scopes)
    assert list(caught.value.message_dict) == ["scopes"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"), [("region", "XX"), ("timezone", "Europe/Atlantis"), ("name", " ")]
)
def test_a_team_has_values_that_can_be_read(field: str, value: str) -> None:
    team = TeamFactory.build(**{field: value})
    with pytest.raises(ValidationError) as caught:
        team.full_clean()
    assert list(caught.value.message_dict) == [field]
