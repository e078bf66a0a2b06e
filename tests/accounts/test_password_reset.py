import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries, Settings

from crm.accounts.models import User
from crm.accounts.tasks import password_reset_url, send_password_reset
from crm.jobs.worker import Worker
from tests.factories import PASSWORD, UserFactory

NEW = "another long sentence entirely"


@pytest.fixture
def user(db: None) -> User:
    return UserFactory.create(email="ada@example.com", name="Ada Lovelace")


def ask(client: Client, email: str) -> tuple[object, ...]:
    """All that somebody who asks for a link gets to see, save the random token of the page."""
    answer = client.post("/password-reset", {"email": email}, follow=True)
    page = answer.content.decode().replace(str(answer.context["csrf_token"]), "")
    return answer.redirect_chain, answer.status_code, page


def set_password(client: Client, url: str, new: str = NEW) -> Any:
    """Follow the link and send the form."""
    page = client.get(url, follow=True)
    path = page.request["PATH_INFO"]
    return client.post(path, {"new_password1": new, "new_password2": new})


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_from_asking_to_signing_in(client: Client) -> None:
    user = UserFactory.create(email="ada@example.com")
    ask(client, "Ada@Example.com")
    assert not mail.outbox
    Worker().run_waiting()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["ada@example.com"], "Set a new password for Callbook")
    [link] = re.findall(r"http://testserver(/password-reset/\S+)", str(sent.body))
    assert client.get(link)["Location"].endswith("/set-password")
    assert set_password(client, link)["Location"] == "/password-reset/complete"
    assert client.get("/password-reset/complete").status_code == 200
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.django_db
def test_the_answer_is_the_same_for_every_address(
    client: Client, user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    answers = []
    for email in (user.email, "nobody@example.com"):
        # The task is stored, and nothing about the address is looked up.
        with django_assert_num_queries(1):
            answers.append(ask(client, email))
    assert answers[0] == answers[1]
    assert DBTaskResult.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["", "ada", "ada@", "a\0da@example.com", "x" * 260 + "@a.io"])
def test_what_is_no_address_is_said_beside_the_field(client: Client, email: str) -> None:
    answer = client.post("/password-reset", {"email": email})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["email"]
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_an_address_gets_one_mail_a_minute_however_often_it_is_asked(client: Client) -> None:
    answers = [ask(client, email) for email in ("ada@example.com", "ADA@example.com")]
    assert answers[0] == answers[1]
    assert DBTaskResult.objects.count() == 1
    cache.clear()
    ask(client, "ada@example.com")
    assert DBTaskResult.objects.count() == 2


def test_nobody_and_the_inactive_get_no_mail(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    for email in ("nobody@example.com", user.email):
        send_password_reset.call(email)
    assert not mail.outbox


def test_who_never_had_a_password_gets_a_link(user: User) -> None:
    user.set_unusable_password()
    user.save()
    send_password_reset.call(user.email)
    assert mail.outbox[0].to == [user.email]


def test_the_link_is_on_the_public_address_whatever_the_host_header(
    client: Client, user: User, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://crm.example.com"
    client.post("/password-reset", {"email": user.email}, headers={"host": "localhost"})
    result = DBTaskResult.objects.get()
    result.task.call(*result.args_kwargs["args"])
    assert "\nhttps://crm.example.com/password-reset/" in mail.outbox[0].body
    assert "localhost" not in mail.outbox[0].body


def test_the_link_works_once(user: User) -> None:
    url = password_reset_url(user)
    assert set_password(Client(), url)["Location"] == "/password-reset/complete"
    page = Client().get(url).content.decode()
    assert "This link no longer works" in page
    assert 'name="new_password1"' not in page
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_the_link_grows_old(user: User, settings: Settings) -> None:
    url = password_reset_url(user)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "This link no longer works" in Client().get(url).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/password-reset/MQ/abc-def", "/password-reset/!!/set-password"])
def test_a_made_up_link_does_not_work(client: Client, path: str) -> None:
    answer = client.get(path)
    assert "This link no longer works" in answer.content.decode()


@pytest.mark.parametrize("new", ["short", "1234567890123", "password", "ada@example.com"])
def test_a_weak_password_is_refused_in_words(user: User, new: str) -> None:
    answer = set_password(Client(), password_reset_url(user), new)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_new_password_signs_out_everywhere(user: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(user)
    assert elsewhere.get("/account").status_code == 200
    set_password(Client(), password_reset_url(user))
    assert elsewhere.get("/account").status_code == 302
