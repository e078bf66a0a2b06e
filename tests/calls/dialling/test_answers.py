"""What a platform answers, or does not, decides whether it is asked again."""

import json

import pytest
from pytest_django import Settings

from calls.dialling.models import OrderStatus, OutboundCall
from calls.dialling.operations import NotCallable, repeat_call, say_not_placed
from calls.models import Call
from contacts.models import Contact
from crm.teams.models import Team
from tests.calls.dialling.kit import (
    BY,
    IDS,
    PATHS,
    Platforms,
    age,
    callable_contact,
    forbid,
    line_of,
    patience,
    place,
)
from tests.calls.providers.kit import keep, read_all, tell
from tests.calls.providers.scripts import SCRIPTS
from tests.local_server import Said

pytestmark = pytest.mark.django_db

PROVIDERS = pytest.mark.parametrize("provider", list(PATHS))


@PROVIDERS
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Said(b'{"message": "Number is not allowed."}', 400), "Number is not allowed."),
        (Said(b'{"message": ["a", "b"], "error": "Bad Request"}', 400), "a b"),
        (Said(b"", 401), "It answered 401."),
        (Said(b"<html>", 429), "It answered 429."),
    ],
)
def test_a_refusal_is_told_and_another_try_is_free(
    platform: Platforms, team: Team, contact: Contact, provider: str, answer: Said, said: str
) -> None:
    line = line_of(team, provider)
    platform.say(answer)
    placed = place(contact, line)
    assert (placed.status, placed.said) == (OrderStatus.REFUSED, said)
    assert not Call.objects.exists()
    platform.place()
    assert place(contact, line).status == OrderStatus.ACCEPTED


@PROVIDERS
@pytest.mark.parametrize(
    "answer",
    [
        Said(b"{}", 200),
        Said(b"not JSON", 201),
        Said(b"[]", 201),
        Said(b"", 500),
        Said(b"", 408),
        Said(b"", 302, {"Location": "/elsewhere"}),
        Said(b'{"id": "x"}', 503),
    ],
)
def test_what_is_neither_yes_nor_no_is_not_asked_again(
    platform: Platforms, team: Team, contact: Contact, provider: str, answer: Said
) -> None:
    line = line_of(team, provider)
    platform.say(answer)
    assert place(contact, line).status == OrderStatus.UNKNOWN
    with pytest.raises(NotCallable, match="We do not know whether Ada Lovelace was called") as no:
        place(contact, line)
    assert no.value.lost
    assert len(platform.asked) == 1


@PROVIDERS
def test_a_platform_that_answers_twice_has_placed_one_call(
    platform: Platforms, team: Team, contact: Contact, provider: str
) -> None:
    body = json.dumps({IDS[provider]: "the-one"}).encode()
    answer = b"%bHTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%b" % (body, len(body), body)
    length = {"Content-Length": str(len(body))}
    platform.say(Said(status=201, headers=length, write=lambda file: file.write(answer)))
    line = line_of(team, provider)
    assert place(contact, line).provider_call_id == "the-one"
    told = SCRIPTS[provider](call_id="the-one", contact_id=str(contact.pk))
    for message in (*told, *told):
        keep(line.connection, message)
    read_all(line.connection)
    assert Call.objects.get().status == "completed"
    assert len(platform.asked) == 1


@PROVIDERS
def test_nobody_is_asked_again_after_a_timeout(
    platform: Platforms,
    team: Team,
    contact: Contact,
    provider: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = line_of(team, provider)
    patience(monkeypatch, 0.3)
    released = platform.say_nothing(but_place=True)
    placed = place(contact, line)
    released.set()
    assert placed.status == OrderStatus.UNKNOWN
    platform.place()
    for _attempt in range(2):
        with pytest.raises(NotCallable, match=r"Look at .* before you call again"):
            place(contact, line)
    assert len(platform.asked) == 1
    # Once the platform tells of it, that was the call.
    told = SCRIPTS[provider](call_id=f"{provider}-call-1", contact_id=str(contact.pk))
    tell(line.connection, told[-2 if provider == "twilio" else -1])
    platform.place()
    assert place(contact, line).status == OrderStatus.ACCEPTED


def test_a_repeat_that_the_platform_knows_is_one_call(
    platform: Platforms, team: Team, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = line_of(team, "retell")
    patience(monkeypatch, 0.3)
    released = platform.say_nothing(but_place=True)
    placed = place(contact, line)
    released.set()
    assert placed.may_repeat
    platform.place()
    patience(monkeypatch, 10)
    repeat_call(placed, by=BY)
    assert placed.status == OrderStatus.ACCEPTED
    assert len(platform.asked) == 2
    assert list(platform.placed.values()) == ["retell-call-1"]
    assert Call.objects.get().provider_call_id == "retell-call-1"
    with pytest.raises(NotCallable, match="cannot be sent again"):
        repeat_call(placed, by=BY)


def test_a_repeat_is_refused_where_it_would_be_another_call(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    platform.say(Said(b"", 500))
    for provider in ("vapi", "twilio"):
        other = callable_contact(team, phone="+12125550188")
        placed = place(other, line_of(team, provider))
        assert not placed.may_repeat
        with pytest.raises(NotCallable, match="cannot be sent again"):
            repeat_call(placed, by=BY)
    placed = place(contact, line_of(team, "retell"))
    age(placed, minutes=51)
    with pytest.raises(NotCallable, match="cannot be sent again"):
        repeat_call(placed, by=BY)
    assert len(platform.asked) == 3


def test_a_repeat_heeds_do_not_call(platform: Platforms, team: Team, contact: Contact) -> None:
    platform.say(Said(b"", 500))
    placed = place(contact, line_of(team, "retell"))
    forbid(contact)
    with pytest.raises(NotCallable, match="asked not to be called"):
        repeat_call(placed, by=BY)
    assert len(platform.asked) == 1


def test_a_server_that_was_stopped_while_it_asked_knows_nothing(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    line = line_of(team)
    placed = place(contact, line)
    Call.objects.all().delete()
    OutboundCall.objects.update(status=OrderStatus.ASKING, provider_call_id="")
    with pytest.raises(NotCallable, match="is being placed at this moment"):
        place(contact, line)
    age(placed, minutes=2)
    with pytest.raises(NotCallable, match="We do not know whether") as no:
        place(contact, line)
    assert no.value.lost == placed
    say_not_placed(placed, by=BY)
    assert place(contact, line).status == OrderStatus.ACCEPTED
    with pytest.raises(NotCallable, match="known by now"):
        say_not_placed(placed, by=BY)


def test_a_platform_that_cannot_be_reached_was_not_asked(
    settings: Settings, platform: Platforms, team: Team, contact: Contact
) -> None:
    line = line_of(team)
    for url, said in (
        ("http://127.0.0.1:9", "takes no connection"),
        ("https://nowhere.invalid", "was not found"),
        ("http://10.1.2.3", "private network"),
    ):
        settings.VOICE_API_URLS = {"vapi": url}
        placed = place(contact, line)
        assert placed.status == OrderStatus.REFUSED
        assert said in placed.said
