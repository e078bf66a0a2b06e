from typing import Any

import pytest
from django.test import Client, RequestFactory

from crm.accounts.forms import timezone_choices
from crm.accounts.middleware import viewer_zone
from crm.accounts.models import User
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NEW = "another long sentence entirely"


@pytest.fixture
def user(client: Client) -> User:
    user = UserFactory.create(email="ada@example.com", name="Ada Lovelace")
    client.force_login(user)
    return user


def change_password(client: Client, old: str, new: str = NEW, again: str = NEW) -> Any:
    data = {"old_password": old, "new_password1": new, "new_password2": again}
    return client.post("/account", {"save": "password", **data})


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get("/account")["Location"] == "/sign-in?next=/account"
    assert client.post("/account", {"name": "Ada"}).status_code == 302


def test_the_page_shows_what_is_known(client: Client, user: User) -> None:
    page = client.get("/account").content.decode()
    assert 'value="Ada Lovelace"' in page
    assert user.email in page
    assert '<option value="" selected>As in this browser</option>' in page
    assert '<optgroup label="Europe">' in page


def test_name_and_timezone_are_saved(client: Client, user: User) -> None:
    data = {"save": "profile", "name": "  Ada   Byron ", "timezone": "Asia/Kolkata"}
    assert client.post("/account", data)["Location"] == "/account"
    user.refresh_from_db()
    assert (user.name, user.timezone, user.email) == (
        "Ada Byron",
        "Asia/Kolkata",
        "ada@example.com",
    )
    page = client.get("/account").content.decode()
    assert '<option value="Asia/Kolkata" selected>Kolkata</option>' in page
    assert "Saved." in page


def test_nothing_else_can_be_changed(client: Client, user: User) -> None:
    client.post("/account", {"name": "Ada", "email": "x@example.com", "is_staff": "on"})
    user.refresh_from_db()
    assert (user.email, user.is_staff) == ("ada@example.com", False)


@pytest.mark.parametrize(
    ("field", "value"),
    [("timezone", "Europe/Atlantis"), ("name", "x" * 151), ("name", "nul\0"), ("timezone", "<b>")],
)
def test_what_cannot_be_read_is_said_beside_its_field(
    client: Client, user: User, field: str, value: str
) -> None:
    answer = client.post("/account", {"name": "Ada", "timezone": "", field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert "Ada Lovelace" in answer.content.decode()
    user.refresh_from_db()
    assert (user.name, user.timezone) == ("Ada Lovelace", "")


def test_the_password_is_changed_and_this_browser_stays_signed_in(
    client: Client, user: User
) -> None:
    elsewhere = Client()
    elsewhere.force_login(user)
    assert change_password(client, PASSWORD)["Location"] == "/account"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("not this", NEW, NEW, "old_password"),
        (PASSWORD, NEW, "something else again", "new_password2"),
        (PASSWORD, "short", "short", "new_password2"),
        (PASSWORD, "ada lovelace", "ada lovelace", "new_password2"),
    ],
)
def test_a_password_that_does_not_fit_changes_nothing(
    client: Client, user: User, old: str, new: str, again: str, field: str
) -> None:
    answer = change_password(client, old, new, again)
    assert list(answer.context["password_form"].errors) == [field]
    assert not answer.context["form"].errors
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_zones_are_offered_by_area_with_the_chosen_one_among_them() -> None:
    choices = dict(timezone_choices("US/Eastern"))
    assert choices["US/Eastern"] == "US/Eastern"
    assert choices["UTC"] == "UTC"
    assert ("America/Argentina/Buenos_Aires", "Argentina, Buenos Aires") in choices["America"]
    assert "US/Eastern" not in dict(timezone_choices(""))


def test_times_are_shown_in_the_chosen_zone(client: Client, user: User) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["tz"] = "Europe/Berlin"
    request.user = user
    assert str(viewer_zone(request)) == "Europe/Berlin"
    user.timezone = "Asia/Tokyo"
    assert str(viewer_zone(request)) == "Asia/Tokyo"
