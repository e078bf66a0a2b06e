import datetime as dt
import re
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from crm.accounts.lockout import client_address
from crm.accounts.models import User
from crm.accounts.tasks import password_reset_url
from tests.factories import PASSWORD, UserFactory

DOORS = ["/sign-in", "/admin/login/"]


@pytest.fixture
def user(db: None) -> User:
    return UserFactory.superuser(email="ada@example.com")


def fail(times: int, door: str = "/sign-in", email: str = "ada@example.com", **extra: Any) -> Any:
    client = Client(**extra)
    for _ in range(times):
        answer = client.post(door, {"username": email, "password": "not this"})
    return answer


def without_token(answer: Any) -> str:
    page: str = answer.content.decode()
    return re.sub(r'"X-CSRFToken": "\w+"|<time.*?</time>', "", page)


def open_with(door: str, email: str = "ada@example.com", **extra: Any) -> int:
    return Client(**extra).post(door, {"username": email, "password": PASSWORD}).status_code


@pytest.mark.parametrize("door", DOORS)
def test_the_fifth_failure_locks_out(user: User, door: str) -> None:
    assert fail(4, door).status_code == 200
    assert fail(1, door).status_code == 429
    assert open_with(door) == 429


@pytest.mark.parametrize("door", DOORS)
def test_four_failures_do_not(user: User, door: str) -> None:
    fail(4, door)
    assert open_with(door) == 302


def test_both_doors_count_together_whatever_the_case(user: User) -> None:
    fail(2, "/sign-in", "ADA@example.com")
    fail(2, "/admin/login/", "Ada@Example.com")
    assert fail(1, "/sign-in", " ada@example.com ").status_code == 429
    for door in DOORS:
        assert open_with(door, "aDa@example.com") == 429


def test_the_tries_that_are_left_are_told(user: User) -> None:
    said = [fail(1).context["form"].errors["password"][0] for _ in range(4)]
    assert [words.removeprefix("Email and password do not match. ") for words in said] == [
        "4 tries left.",
        "3 tries left.",
        "2 tries left.",
        "One try left.",
    ]


def test_an_address_that_nobody_has_is_locked_out_alike(user: User) -> None:
    real, unknown = fail(5), fail(5, email="nobody@example.com")
    assert (real.status_code, unknown.status_code) == (429, 429)
    assert without_token(real) == without_token(unknown)


def test_the_page_says_when_to_try_again(user: User) -> None:
    answer = fail(5)
    page = answer.content.decode()
    assert answer["Retry-After"] == "900"
    assert "Try again in 15 minutes, at <time" in page
    assert "/password-reset" in page
    assert "ada@example.com" not in page


def test_the_pause_ends(user: User) -> None:
    fail(5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=16))
    assert open_with("/sign-in") == 302


def test_success_starts_the_count_anew(user: User) -> None:
    fail(4)
    open_with("/sign-in")
    assert fail(4).status_code == 200


def test_one_place_locks_out_no_other_and_nobody_else(user: User) -> None:
    UserFactory.create(email="grace@example.com")
    fail(5, REMOTE_ADDR="203.0.113.1")
    assert open_with("/sign-in", REMOTE_ADDR="203.0.113.1") == 429
    assert open_with("/sign-in", REMOTE_ADDR="203.0.113.2") == 302
    assert open_with("/sign-in", "grace@example.com", REMOTE_ADDR="203.0.113.1") == 302


def test_a_new_password_ends_the_pause(user: User) -> None:
    fail(5)
    client = Client()
    form = client.get(password_reset_url(user), follow=True)
    client.post(form.request["PATH_INFO"], {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert open_with("/sign-in") == 302


def test_who_is_locked_out_may_still_look_at_the_page(user: User) -> None:
    fail(5)
    assert Client().get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("remote", "forwarded", "behind_proxy", "address"),
    [
        ("203.0.113.1", "", False, "203.0.113.1"),
        ("203.0.113.1", "198.51.100.1", False, "203.0.113.1"),
        ("10.0.0.1", "198.51.100.1", True, "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", True, "198.51.100.1"),
        ("10.0.0.1", "2001:db8::1", True, "2001:db8::1"),
        ("10.0.0.1", "", True, "10.0.0.1"),
        ("10.0.0.1", "unknown", True, None),
        ("", "", False, None),
    ],
)
def test_whose_address_counts(
    settings: Settings,
    remote: str,
    forwarded: str,
    behind_proxy: bool,
    address: str | None,
) -> None:
    header = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_PROXY_SSL_HEADER = header if behind_proxy else None
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory(REMOTE_ADDR=remote).get("/", headers=headers)
    assert client_address(request) == address


@pytest.mark.django_db
def test_a_server_on_a_socket_still_locks_out() -> None:
    assert fail(5, REMOTE_ADDR="").status_code == 429
