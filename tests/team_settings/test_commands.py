from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crm.teams.models import ApiKey, hash_secret
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db


def create_api_key(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_key", *arguments, stdout=out)
    return out.getvalue()


def test_the_last_word_is_a_key_that_works() -> None:
    team = TeamFactory.create()
    said = create_api_key(team.slug, "Bench")
    key = ApiKey.objects.usable().get(key_hash=hash_secret(said.split()[-1]))
    assert (key.team, key.name, key.scopes, key.rate_limit) == (team, "Bench", ["*"], 0)
    assert said.count("\n") == 1


def test_scopes_and_rate_limit_are_taken() -> None:
    options = ("--scopes", "contacts:read", "calls:read", "--rate-limit", "60")
    create_api_key(TeamFactory.create().slug, "Reader", *options)
    key = ApiKey.objects.get()
    assert (key.scopes, key.rate_limit) == (["contacts:read", "calls:read"], 60)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody", "Bench"], "There is no team “nobody”."),
        (["acme", " "], "name: This field cannot be blank."),
        (["acme", "x" * 101], "name: Ensure this value has at most 100 characters (it has 101)."),
        (["acme", "Bench", "--rate-limit", "-1"], "rate limit: "),
        (["acme", "Bench", "--scopes", "all"], "invalid choice: 'all'"),
        (["acme"], "the following arguments are required: name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(arguments: Any, said: str) -> None:
    TeamFactory.create(slug="acme")
    with pytest.raises(CommandError) as caught:
        create_api_key(*arguments)
    assert said in str(caught.value)
    assert not ApiKey.objects.exists()
