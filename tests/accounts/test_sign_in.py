from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from crm.accounts.models import User
from tests.factories import PASSWORD, MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def sign_in(client: Client, email: str, password: str = PASSWORD, **data: str) -> Any:
    return client.post("/sign-in", {"username": email, "password": password, **data})


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


@pytest.fixture
def user() -> User:
    return UserFactory.create(email="ada@example.com", name="Ada Lovelace")


def test_the_page_asks_for_an_email_and_a_password(client: Client) -> None:
    page = client.get("/sign-in").content.decode()
    assert '<label class="field-label" for="id_username">Email</label>' in page
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert reverse("password_reset") in page


@pytest.mark.parametrize("email", ["ada@example.com", "Ada@Example.COM", " ADA@example.com "])
def test_an_email_opens_in_any_case(client: Client, user: User, email: str) -> None:
    answer = sign_in(client, email)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in_as(client) == str(user.pk)


def test_what_was_wrong_is_not_told(client: Client, user: User) -> None:
    wrong = sign_in(client, user.email, "not this").context["form"].errors
    unknown = sign_in(client, "nobody@example.com", "not this").context["form"].errors
    user.is_active = False
    user.save()
    inactive = sign_in(Client(REMOTE_ADDR="10.0.0.9"), user.email).context["form"].errors
    assert wrong == unknown == inactive
    assert wrong == {"password": ["Email and password do not match. 4 tries left."]}


def test_what_was_typed_stays(client: Client) -> None:
    page = sign_in(client, "Nobody@example.com", "not this").content.decode()
    assert 'value="Nobody@example.com"' in page
    assert "not this" not in page


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/account", "/account"),
        ("/t/demo/contacts?search=ada", "/t/demo/contacts?search=ada"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_leads_to_our_own_pages_only(
    client: Client, user: User, wanted: str, location: str
) -> None:
    assert sign_in(client, user.email, next=wanted)["Location"] == location


def test_next_survives_a_wrong_password(client: Client, user: User) -> None:
    answer = sign_in(client, user.email, "not this", next="/account")
    assert '<input type="hidden" name="next" value="/account">' in answer.content.decode()


def test_who_is_signed_in_is_led_on(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/sign-in?next=/account")["Location"] == "/account"


def test_a_page_of_a_team_asks_to_sign_in_first(client: Client) -> None:
    path = reverse("contacts:list", args=["demo"])
    assert client.get(path)["Location"] == f"/sign-in?next={path}"


def test_signing_in_starts_another_session(client: Client, user: User) -> None:
    client.get(f"/password-reset/{'x'}/{'y'}")
    session = client.session
    session["left"] = "behind"
    session.save()
    before = session.session_key
    sign_in(client, user.email)
    assert client.session.session_key != before


def test_signing_out_needs_a_post(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/sign-out").status_code == 405
    assert signed_in_as(client)
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert signed_in_as(client) is None


def test_a_form_from_elsewhere_is_refused(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, user.email).status_code == 403
    client.force_login(user)
    assert client.post("/sign-out").status_code == 403


def test_the_page_is_not_kept_and_asks_the_database_nothing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/sign-in")
    assert "no-store" in answer["Cache-Control"]


def test_home_without_a_session_leads_to_sign_in(client: Client) -> None:
    assert client.get("/")["Location"] == "/sign-in?next=/"


def test_home_leads_to_the_team_joined_first(client: Client, user: User) -> None:
    for name in ("zeta", "alpha"):
        MembershipFactory.create(user=user, team__name=name, team__slug=name)
    client.force_login(user)
    assert client.get("/")["Location"] == "/t/zeta/contacts"


def test_home_leads_to_the_team_seen_last_while_one_is_in_it(client: Client, user: User) -> None:
    MembershipFactory.create(user=user, team__name="alpha", team__slug="alpha")
    zeta = MembershipFactory.create(user=user, team__name="zeta", team__slug="zeta")
    client.force_login(user)
    client.get("/t/zeta/settings")
    assert client.get("/")["Location"] == "/t/zeta/contacts"
    zeta.delete()
    assert client.get("/")["Location"] == "/t/alpha/contacts"


def test_a_team_that_is_not_one_s_own_is_not_remembered(client: Client, user: User) -> None:
    MembershipFactory.create(user=user, team__slug="alpha")
    MembershipFactory.create(team__slug="zeta")
    client.force_login(user)
    assert client.get("/t/zeta/settings").status_code == 404
    assert "team" not in client.cookies


def test_the_cookie_of_the_team_is_the_server_s_alone(client: Client, user: User) -> None:
    MembershipFactory.create(user=user, team__slug="alpha")
    client.force_login(user)
    answer = client.get("/t/alpha/settings")
    assert answer.cookies["team"]["httponly"]
    assert answer.cookies["team"]["samesite"] == "Lax"
    assert "team" not in client.get("/t/alpha/settings").cookies


def test_home_says_so_where_there_is_no_team(client: Client, user: User) -> None:
    client.force_login(user)
    answer = client.get("/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "You are in no team yet" in page
    assert user.email in page
    assert "/admin/" not in page


def test_who_may_use_the_admin_is_shown_the_way(client: Client) -> None:
    client.force_login(UserFactory.superuser())
    assert "/admin/" in client.get("/").content.decode()


def test_home_asks_as_much_for_many_teams_as_for_one(
    client: Client, user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(user)
    for _ in range(2):
        MembershipFactory.create_batch(5, user=user)
        with django_assert_num_queries(3):  # session, user, teams
            client.get("/")


@pytest.mark.parametrize("is_staff", [False, True])
def test_the_admin_is_for_staff_and_sends_others_to_its_sign_in(
    client: Client, is_staff: bool
) -> None:
    client.force_login(UserFactory.create(is_staff=is_staff))
    answer = client.get("/admin/")
    if is_staff:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/admin/")


def test_the_admin_sends_strangers_to_its_sign_in(client: Client) -> None:
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
