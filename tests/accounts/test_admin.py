import pytest
from django.contrib.auth.models import Permission

from crm.accounts.models import User
from crm.teams.models import Membership
from tests.admin.kit import Staff, change, errors, filled, url
from tests.factories import PASSWORD, TeamFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NEW_PASSWORD = "another long sentence"


@pytest.fixture
def browser() -> Staff:
    return Staff()


def limited(*permissions: str) -> Staff:
    """Somebody of the staff who may do these things only."""
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return Staff(user)


def add_user(browser: Staff, **values: str) -> object:
    password = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    address = url(User, "add")
    return browser.post(address, filled(browser, address, **(password | values)))


def test_a_person_is_added_by_their_address(browser: Staff) -> None:
    assert add_user(browser, email=" Ada@Example.com ", name="Ada Lovelace").status_code == 302
    user = User.objects.get(email="ada@example.com")
    assert user.check_password(NEW_PASSWORD)
    assert not user.is_staff


def test_a_person_without_a_password_sets_one_by_the_link(browser: Staff) -> None:
    add_user(browser, email="ada@example.com", usable_password="false", password1="", password2="")
    assert not User.objects.get(email="ada@example.com").has_usable_password()


def test_what_is_wrong_stands_beside_its_field(browser: Staff) -> None:
    UserFactory.create(email="ada@example.com")
    taken = errors(add_user(browser, email="ADA@example.com"))
    assert taken == {"email": ["Somebody signs in with this already."]}
    assert set(errors(add_user(browser, email="nobody"))) == {"email"}
    assert set(errors(add_user(browser, email="x@example.com", password2="other"))) == {"password2"}


def test_a_password_is_changed(browser: Staff) -> None:
    user = UserFactory.create()
    page = f"{url(user, 'change').removesuffix('change/')}password/"
    assert browser.get(page).status_code == 200
    data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    assert browser.post(page, data).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)


def test_a_person_is_switched_off_and_never_deleted(browser: Staff) -> None:
    user = UserFactory.create()
    assert browser.post(url(user, "delete"), {"post": "yes"}).status_code == 403
    assert change(browser, user, is_active=None).status_code == 302
    user.refresh_from_db()
    assert not user.is_active
    assert user.check_password(PASSWORD)


def test_teams_are_given_and_taken_at_the_person(browser: Staff) -> None:
    user, team = UserFactory.create(), TeamFactory.create()
    more = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-team": team.pk,
        "memberships-0-role": "viewer",
    }
    assert change(browser, user, **more).status_code == 302
    membership = Membership.objects.get()
    assert (membership.team, membership.user, membership.role) == (team, user, "viewer")
    assert change(browser, user, **{"memberships-0-DELETE": "on"}).status_code == 302
    assert not Membership.objects.exists()


@pytest.mark.parametrize("query", ["lovelace", "ADA@exam"])
def test_people_are_found_by_name_and_address(browser: Staff, query: str) -> None:
    user = UserFactory.create(name="Ada Lovelace", email="ada@example.com")
    shown = browser.get(url(User), {"q": query}).context["cl"].result_list
    assert [row.pk for row in shown] == [user.pk]


def test_suggestions_tell_two_of_one_name_apart(browser: Staff) -> None:
    UserFactory.create(name="Ada", email="ada@example.com")
    asked = {"app_label": "teams", "model_name": "membership", "field_name": "user", "term": "ada"}
    results = browser.get("/admin/autocomplete/", asked).json()["results"]
    assert [result["text"] for result in results] == ["Ada <ada@example.com>"]


def test_nobody_makes_themselves_a_superuser() -> None:
    browser = limited("view_user", "change_user")
    for power in ("is_superuser", "is_staff"):
        change(browser, browser.user, name="Me", **{power: "on"})
    browser.user.refresh_from_db()
    assert (browser.user.name, browser.user.is_superuser) == ("Me", False)


def test_nobody_takes_over_a_superuser() -> None:
    browser, root = limited("view_user", "change_user"), UserFactory.superuser()
    assert browser.get(url(root, "change")).status_code == 200
    assert browser.post(url(root, "change"), {"email": "mine@example.com"}).status_code == 403
    page = f"{url(root, 'change').removesuffix('change/')}password/"
    data = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    assert browser.post(page, data).status_code == 403
    root.refresh_from_db()
    assert root.check_password(PASSWORD)


def test_staff_see_what_they_may() -> None:
    browser = limited("view_contact")
    page = browser.get("/admin/").content.decode()
    assert "/admin/contacts/contact/" in page
    assert "/admin/accounts/user/" not in page
