"""Inviting people: what is made, what is refused, and what the link is good for."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from crm.accounts.models import User
from crm.history.models import Change
from crm.history.recording import Author
from crm.jobs.worker import Worker
from crm.team_settings.models import Invitation, hash_token
from crm.team_settings.people import operations
from crm.team_settings.people.tasks import send_invitation
from crm.teams.models import Membership, Role, Team
from tests.factories import (
    PASSWORD,
    InvitationFactory,
    MembershipFactory,
    TeamFactory,
    UserFactory,
    member_of,
)
from tests.pages import Reader, words

pytestmark = pytest.mark.django_db

NEW, REVOKE = "team_settings:invitation_create", "team_settings:invitation_revoke"
GOOD = {"role": "member", "email": "", "days": "7"}
ACCOUNT = {"email": "bo@example.com", "name": "Bo Li", "password": "another long sentence"}


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(name="Acme", slug="acme")


@pytest.fixture
def owner(team: Team) -> Reader:
    return Reader(team, Role.OWNER, name="Ada Lovelace")


def link_of(page: Any) -> str:
    """The link that the page shows, as a path."""
    [path] = re.findall(r'id="secret" value="http://testserver(/invitations/\w+)"', page.text)
    return str(path)


def path_of(invitation: Invitation) -> str:
    return f"/invitations/{invitation.token}"


def changes(invitation: Invitation) -> list[tuple[str, dict[str, Any]]]:
    found = Change.objects.filter(record_type="invitation", record_id=invitation.pk)
    return list(found.order_by("at", "id").values_list("verb", "fields"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "crm.accounts.backends.PasswordBackend")
    return client


# Making them


def test_an_invitation_is_made_and_its_link_shown_once(owner: Reader) -> None:
    page = owner.post(NEW, **GOOD)
    token = link_of(page).rpartition("/")[2]
    invitation = Invitation.objects.get()
    assert invitation.token_hash == hash_token(token)
    assert "no-store" in page["Cache-Control"]
    assert (invitation.team, invitation.role, invitation.created_by) == (
        owner.team,
        "member",
        owner.user,
    )
    assert dt.timedelta(days=6.9) < invitation.expires_at - timezone.now() < dt.timedelta(days=7)
    assert changes(invitation) == [("created", {"role": [None, "Member"]})]
    members = owner.get("team_settings:members")
    assert "Whoever has the link" in members.text
    assert token not in members.text
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_with_an_address_it_is_mailed_and_no_table_holds_the_token(owner: Reader) -> None:
    page = owner.post(NEW, **GOOD | {"email": "Bo@Example.com"})
    token = link_of(page).rpartition("/")[2]
    assert token not in str(list(DBTaskResult.objects.values()))
    assert token not in str(list(Change.objects.values()) + list(Invitation.objects.values()))
    Worker().run_waiting()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["bo@example.com"], "Join Acme on Callbook")
    assert f"http://testserver/invitations/{token}\n" in str(sent.body)
    assert "Ada Lovelace invites you" in str(sent.body)


def test_what_is_revoked_meanwhile_is_not_mailed(team: Team) -> None:
    revoked = InvitationFactory.create(team=team, email="bo@example.com", revoked_at=timezone.now())
    send_invitation.func(str(revoked.pk))
    assert not mail.outbox


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", ""),
        ("role", "boss"),
        ("email", "nobody"),
        ("email", "ADA@example.com"),
        ("email", "invited@example.com"),
        ("days", ""),
        ("days", "365"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(owner: Reader, field: str, value: str) -> None:
    member_of(owner.team, email="ada@example.com")
    InvitationFactory.create(team=owner.team, email="invited@example.com")
    page = owner.post(NEW, **GOOD | {field: value})
    assert list(page.context["form"].errors) == [field]
    assert Invitation.objects.count() == 1


def test_an_address_may_be_invited_again_when_the_first_is_over(owner: Reader) -> None:
    InvitationFactory.create(
        team=owner.team, email="bo@example.com", expires_at=timezone.now() - dt.timedelta(1)
    )
    assert link_of(owner.post(NEW, **GOOD | {"email": "bo@example.com"}))


def test_an_admin_neither_invites_an_owner_nor_revokes_one(team: Team) -> None:
    admin = Reader(team, Role.ADMIN)
    assert list(admin.post(NEW, **GOOD | {"role": "owner"}).context["form"].errors) == ["role"]
    own = Membership.objects.get(user=admin.user)
    with pytest.raises(PermissionDenied):
        operations.invite(team, Role.OWNER, by=Author.person(admin.user), rights_of=own)
    heir = InvitationFactory.create(team=team, role=Role.OWNER)
    assert f"{heir.pk}/revoke" not in admin.get("team_settings:members").text
    assert admin.post(REVOKE, heir.pk).status_code == 403
    assert list(Invitation.objects.pending()) == [heir]


def test_it_is_the_right_of_this_moment_that_counts(team: Team) -> None:
    member = MembershipFactory.create(team=team, role=Role.ADMIN)
    Membership.objects.filter(pk=member.pk).update(role=Role.MEMBER)
    with pytest.raises(PermissionDenied):
        operations.invite(team, Role.VIEWER, by=Author.person(member.user), rights_of=member)
    assert not Invitation.objects.exists()


def test_revoking_asks_and_is_for_good(owner: Reader) -> None:
    invitation = InvitationFactory.create(team=owner.team, email="bo@example.com")
    assert "bo@example.com" in owner.get(REVOKE, invitation.pk).text
    assert Client().get(path_of(invitation)).status_code == 200
    assert "The invitation is revoked." in owner.post(REVOKE, invitation.pk, follow=True).text
    assert changes(invitation) == [("updated", {"state": ["Pending", "Revoked"]})]
    assert Client().get(path_of(invitation)).status_code == 404
    assert Client().post(path_of(invitation), ACCOUNT).status_code == 404
    assert owner.get(REVOKE, invitation.pk).status_code == 404
    assert "bo@example.com" not in owner.get("team_settings:members").text


@pytest.mark.parametrize(("becomes", "left"), [("member", []), ("admin", ["member"]), (None, [])])
def test_who_loses_a_right_takes_their_invitations_along(
    owner: Reader, becomes: str | None, left: list[str]
) -> None:
    chief = MembershipFactory.create(team=owner.team, role=Role.OWNER)
    by = Author.person(owner.user)
    for role in (Role.OWNER, Role.MEMBER):
        InvitationFactory.create(team=owner.team, role=role, created_by=chief.user)
    other = InvitationFactory.create(team=owner.team, created_by=owner.user)
    if becomes:
        operations.change_role(chief, becomes, by=by, rights_of=None)
    else:
        operations.remove_member(chief, by=by, rights_of=None)
    pending = Invitation.objects.pending().exclude(pk=other.pk)
    assert list(pending.values_list("role", flat=True)) == left


# Accepting them


def test_a_stranger_makes_an_account_and_is_in_the_team(team: Team) -> None:
    invitation = InvitationFactory.create(
        team=team, role=Role.VIEWER, created_by=member_of(team, Role.OWNER, name="Ada Lovelace")
    )
    client, path = Client(), path_of(invitation)
    page = client.get(path)
    assert "Ada Lovelace invites you as viewer." in words(page)
    assert f"/sign-in?next={path}" in page.text
    answer = client.post(path, ACCOUNT | {"email": "Bo@Example.com"}, follow=True)
    assert answer.redirect_chain == [("/t/acme/contacts", 302)]
    assert "Welcome to Acme." in answer.text
    user = User.objects.get(email="bo@example.com")
    assert (user.name, user.check_password(ACCOUNT["password"])) == ("Bo Li", True)
    assert Membership.objects.get(user=user, team=team).role == "viewer"
    assert changes(invitation) == [("updated", {"state": ["Pending", "Accepted"]})]
    assert {change.actor_user for change in Change.objects.all()} == {user}
    assert Client().get(path).status_code == 404


def test_who_has_an_account_signs_in_and_comes_back(team: Team) -> None:
    user = UserFactory.create(email="bo@example.com")
    path = path_of(InvitationFactory.create(team=team, email="bo@example.com"))
    client = Client()
    sign_in = html.unescape(re.findall(r'href="(/sign-in[^"]*)"', client.get(path).text)[0])
    form = client.get(sign_in).context
    data = {"username": user.email, "password": PASSWORD, "next": form["next"]}
    page = client.post(sign_in, data, follow=True)
    assert page.redirect_chain == [(path, 302)]
    assert "You are signed in as bo@example.com." in words(page)
    assert client.post(path, follow=True).redirect_chain == [("/t/acme/contacts", 302)]


def test_it_opens_for_its_address_only(team: Team) -> None:
    invitation = InvitationFactory.create(team=team, email="bo@example.com")
    client, path = signed_in(UserFactory.create(email="eve@example.com")), path_of(invitation)
    page = client.get(path)
    assert "The invitation is for bo@example.com" in words(page)
    assert '<button class="button is-primary">Join' not in page.text
    assert "This invitation is for another address." in words(client.post(path))
    assert not team.memberships.exists()
    back = client.post("/sign-out", {"next": path}, follow=True)
    assert back.redirect_chain == [(path, 302)]
    # The address of a new account is the invitation's, whatever is sent.
    client.post(path, ACCOUNT | {"email": "eve2@example.com"})
    assert team.memberships.get().user.email == "bo@example.com"


def test_a_member_needs_no_invitation_and_leaves_it_to_others(team: Team) -> None:
    invitation = InvitationFactory.create(team=team)
    client, path = signed_in(member_of(team)), path_of(invitation)
    assert "You belong to this team already" in words(client.get(path))
    client.post(path)
    assert list(Invitation.objects.pending()) == [invitation]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "nobody"),
        ("email", "TAKEN@example.com"),
        ("name", ""),
        ("name", "nul\0"),
        ("password", ""),
        ("password", "12345678"),
        ("password", "bo@example.com"),
    ],
)
def test_an_account_that_cannot_be_is_refused_beside_its_field(
    team: Team, field: str, value: str
) -> None:
    UserFactory.create(email="taken@example.com")
    invitation = InvitationFactory.create(team=team)
    page = Client().post(path_of(invitation), ACCOUNT | {field: value})
    assert list(page.context["form"].errors) == [field]
    assert "sessionid" not in page.cookies
    assert User.objects.count() == 1
    assert list(Invitation.objects.pending()) == [invitation]


@pytest.mark.parametrize(
    "over",
    [
        {"revoked_at": timezone.now()},
        {"accepted_at": timezone.now()},
        {"expires_at": timezone.now() - dt.timedelta(seconds=1)},
    ],
)
def test_what_is_over_opens_nothing(team: Team, over: dict[str, Any]) -> None:
    invitation = InvitationFactory.create(team=team, **over)
    for client in (Client(), signed_in(UserFactory.create())):
        for ask in (client.get, client.post):
            answer = ask(path_of(invitation))
            assert answer.status_code == 404
            assert "Acme" not in answer.text
    with pytest.raises(ValidationError, match="cannot be used"):
        operations.accept_invitation(invitation, UserFactory.create())
    assert not team.memberships.exists()


def test_a_token_that_is_none_opens_nothing(team: Team) -> None:
    InvitationFactory.create(team=team)
    assert Client().get(f"/invitations/{'0' * 64}").status_code == 404


def test_who_finds_it_pending_and_comes_second_stays_out(team: Team) -> None:
    invitation = InvitationFactory.create(team=team)
    found = Invitation.objects.get(pk=invitation.pk)
    operations.accept_invitation(invitation, UserFactory.create())
    with pytest.raises(ValidationError, match="cannot be used"):
        operations.accept_invitation(found, UserFactory.create())
    assert team.memberships.count() == 1
