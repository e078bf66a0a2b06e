"""Logs carry no personal data: what they say is read off the real handler."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from crm.jobs.worker import Worker
from tests.factories import MembershipFactory, UserFactory
from tests.jobs import tasks

SECRET = "ada.lovelace@example.com"


def breaks(request: HttpRequest, name: str) -> HttpResponse:
    """A view whose database quotes the row it refuses."""
    email = UserFactory.create(email=SECRET).email
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_user (id, email) VALUES (NULL, %s)", [email])
    return HttpResponse("never reached")


def says(request: HttpRequest, name: str) -> HttpResponse:
    raise RuntimeError(f"{name} of {SECRET} went wrong") from IntegrityError(SECRET)


urlpatterns = [path("breaks/<name>", breaks), path("says/<name>", says)]


class Log(io.StringIO):
    """What was logged, as text and as one dictionary a line."""

    @property
    def text(self) -> str:
        return self.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """What the handler of the settings writes while the test runs."""
    [handler] = [each for each in logging.root.handlers if each.get_name() == "stderr"]
    assert isinstance(handler, logging.StreamHandler)
    written = Log()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.mark.django_db
def test_a_request_is_logged_by_its_route_not_by_its_address(client: Client, log: Log) -> None:
    membership = MembershipFactory.create()
    client.force_login(membership.user)
    client.get(f"/t/{membership.team.slug}/contacts", {"search": "Ada Lovelace"})
    [line] = log.lines
    assert line["event"] == "request"
    assert line["route"] == "t/<slug:team_slug>/contacts"
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["ms"] > 0
    assert "Ada" not in log.text
    assert membership.team.slug not in log.text


@pytest.mark.django_db
def test_an_address_that_is_none_is_not_repeated(client: Client, log: Log) -> None:
    assert client.get(f"/no/such/{SECRET}", {"q": "Ada Lovelace"}).status_code == 404
    [line] = log.lines
    assert (line["status"], line["route"]) == (404, None)
    assert SECRET not in log.text
    assert "Ada" not in log.text


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("view", "error"), [(breaks, "IntegrityError"), (says, "RuntimeError")])
def test_an_error_is_logged_by_its_class_and_places(
    log: Log, view: Callable[..., HttpResponse], error: str
) -> None:
    client = Client(raise_request_exception=False)
    assert client.get(f"/{view.__name__}/Lovelace").status_code == 500
    [line] = [line for line in log.lines if "exception" in line]
    assert line["exception"] == error
    assert [place for place in line["trace"] if place.endswith(f" {view.__name__}")]
    assert SECRET not in log.text
    assert "Lovelace" not in log.text


@pytest.mark.django_db
def test_a_sign_in_that_fails_names_nobody(client: Client, log: Log) -> None:
    for _ in range(6):
        client.post("/sign-in", {"username": SECRET, "password": "wrong horse"})
    assert [line["status"] for line in log.lines] == [200] * 4 + [429] * 2
    assert SECRET not in log.text
    assert "horse" not in log.text


@pytest.mark.django_db(transaction=True)
def test_a_task_that_fails_is_logged_without_its_arguments(log: Log) -> None:
    tasks.fail.enqueue(SECRET)
    Worker().run_waiting()
    [line] = [line for line in log.lines if line["event"] == "task failed"]
    assert line["task"] == "tests.jobs.tasks.fail"
    assert line["error"] == "builtins.ValueError"
    assert SECRET not in log.text


@pytest.mark.django_db
def test_a_probe_is_no_line(client: Client, log: Log) -> None:
    client.get("/healthz")
    assert log.text == ""
