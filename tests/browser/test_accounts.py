"""Signing in, one's account and a team's keys, as a person with a keyboard meets them."""

import re

import pytest
from playwright.sync_api import Page, expect

from crm.accounts.models import User
from crm.accounts.tasks import password_reset_url
from crm.teams.models import ApiKey, Membership, Role
from tests.browser.chromium import NARROW
from tests.browser.kit import assert_accessible, sign_in, without_javascript
from tests.factories import PASSWORD, ApiKeyFactory, ContactFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

narrow = pytest.mark.parametrize("viewport", [NARROW], ids=["narrow"])
NEW = "another long sentence entirely"


@pytest.fixture
def owner(transactional_db: None) -> Membership:
    user = UserFactory.create(email="ada@example.com", name="Ada Lovelace")
    return MembershipFactory.create(
        user=user, role=Role.OWNER, team__name="Acme Sales", team__slug="acme"
    )


def test_signing_in_by_keyboard_alone(page: Page, owner: Membership) -> None:
    page.goto("/")
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.type("Ada@Example.com")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/t/acme/contacts$"))


def test_a_wrong_password_is_said_beside_it(page: Page, owner: Membership) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill("not this")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Email")).to_have_value("ada@example.com")
    password = page.get_by_label("Password", exact=True)
    expect(password).to_have_attribute("aria-invalid", "true")
    expect(password).to_have_accessible_description(
        "Email and password do not match. 4 tries left."
    )
    assert_accessible(page)


def test_the_eye_shows_what_was_typed(page: Page, owner: Membership) -> None:
    page.goto("/sign-in")
    page.get_by_label("Password", exact=True).fill("seen")
    page.get_by_role("button", name="Show the password").click()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")


@pytest.mark.expects_console_error("401")
def test_who_was_signed_out_meanwhile_signs_in_and_is_where_they_wanted_to_be(
    page: Page, owner: Membership
) -> None:
    contact = ContactFactory.create(team=owner.team, first_name="Grace", last_name="Hopper")
    sign_in(page, owner.user)
    page.goto("/t/acme/contacts")
    page.context.clear_cookies()
    page.get_by_role("link", name="Grace Hopper").click()
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(f"/t/acme/contacts/{contact.pk}$"))


@without_javascript
def test_the_way_in_and_out_without_javascript(page: Page, owner: Membership) -> None:
    page.goto("/account")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.locator("summary", has_text="your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Callbook")).to_be_visible()


@without_javascript
def test_a_new_password_without_javascript(page: Page, owner: Membership) -> None:
    page.goto("/password-reset")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your inbox")).to_be_visible()
    page.goto(password_reset_url(owner.user).removeprefix("http://testserver"))
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password confirmation").fill(NEW)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", name="Your new password is set")).to_be_visible()
    assert User.objects.get().check_password(NEW)


def test_the_account_is_saved(page: Page, owner: Membership) -> None:
    sign_in(page, owner.user)
    page.goto("/account")
    page.get_by_label("Name").fill("Ada Byron")
    page.get_by_label("Timezone").select_option("Europe/London")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    owner.user.refresh_from_db()
    assert (owner.user.name, owner.user.timezone) == ("Ada Byron", "Europe/London")


def test_a_key_is_created_copied_and_revoked(page: Page, owner: Membership) -> None:
    sign_in(page, owner.user)
    page.goto("/t/acme/settings")
    page.get_by_role("link", name="API keys").click()
    page.get_by_role("link", name="Create key").click()
    page.get_by_label("Name").fill("Website form")
    page.get_by_label("Change contacts").check()
    page.get_by_role("button", name="Create key").click()
    secret = page.get_by_label("The key").input_value()
    assert secret.startswith(ApiKey.objects.get().prefix)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied").or_(page.get_by_text("press Ctrl+C"))).to_be_visible()
    selected = "document.activeElement.value.slice(document.activeElement.selectionStart)"
    assert page.evaluate(selected) == secret
    page.get_by_role("link", name="Done").click()
    revoke(page)


@without_javascript
def test_a_key_is_created_and_revoked_without_javascript(page: Page, owner: Membership) -> None:
    sign_in(page, owner.user)
    page.goto("/t/acme/settings/keys/new")
    page.get_by_label("Name").fill("Website form")
    page.get_by_label("Everything").check()
    page.get_by_role("button", name="Create key").click()
    assert page.get_by_label("The key").input_value().startswith("cbk_")
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    page.get_by_role("link", name="Done").click()
    revoke(page)


def revoke(page: Page) -> None:
    page.get_by_role("link", name="Revoke Website form").click()
    page.get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_text("“Website form” is revoked.")).to_be_visible()
    assert not ApiKey.objects.usable().exists()


def test_every_page_of_a_stranger_is_accessible(page: Page, owner: Membership) -> None:
    link = password_reset_url(owner.user).removeprefix("http://testserver")
    for path in ("/sign-in", "/password-reset", "/password-reset/sent", "/password-reset/complete"):
        page.goto(path)
        assert_accessible(page)
    for path, heading in (
        (link, "Choose a new password"),
        (f"{link}x", "This link no longer works"),
    ):
        page.goto(path)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert_accessible(page)


@pytest.mark.expects_console_error("429")
def test_the_page_of_who_is_locked_out_is_accessible(page: Page, owner: Membership) -> None:
    page.goto("/sign-in")
    for _ in range(5):
        page.get_by_label("Email").fill("ada@example.com")
        page.get_by_label("Password", exact=True).fill("not this")
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign-in is paused")).to_be_visible()
    assert_accessible(page)


def test_every_page_of_a_team_s_settings_is_accessible(page: Page, owner: Membership) -> None:
    sign_in(page, owner.user)
    for path in ("/account", "/t/acme/settings", "/t/acme/settings/keys"):
        page.goto(path)
        assert_accessible(page)
    page.goto("/t/acme/settings/keys/new")
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_text("Choose at least one.")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Name").fill("Website form")
    page.get_by_label("Everything").check()
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_label("The key")).to_be_visible()
    assert_accessible(page)
    page.goto("/t/acme/settings/keys")
    page.get_by_role("link", name="Revoke Website form").click()
    expect(page.get_by_role("button", name="Revoke the key")).to_be_visible()
    assert_accessible(page)


@narrow
def test_a_phone_shows_the_pages_without_a_sideways_scroll(page: Page, owner: Membership) -> None:
    key = ApiKeyFactory.create(team=owner.team, name="A name that says everything about it " * 2)
    sign_in(page, owner.user)
    paths = ["", "/keys", "/keys/new", f"/keys/{key.pk}/revoke"]
    for path in ["/account", *(f"/t/acme/settings{path}" for path in paths)]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        content = page.locator("main").bounding_box()
        assert content is not None
        assert content["width"] <= NARROW["width"]


def test_who_is_in_no_team_is_told_so(page: Page, transactional_db: None) -> None:
    sign_in(page, UserFactory.create())
    page.goto("/")
    expect(page.get_by_role("heading", name="You are in no team yet")).to_be_visible()
    assert_accessible(page)
