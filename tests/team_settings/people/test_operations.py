import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from crm.history.models import Change
from crm.history.recording import Author
from crm.team_settings.people import operations
from crm.team_settings.people.operations import LastOwner
from crm.teams.models import Membership, Role, Team
from tests.factories import MembershipFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def owner(team: Team) -> Membership:
    return member(team, Role.OWNER, "Ada Lovelace")


def member(team: Team, role: str = Role.MEMBER, name: str = "Grace Hopper") -> Membership:
    return MembershipFactory.create(team=team, role=role, user__name=name)


def by(membership: Membership) -> Author:
    return Author.person(membership.user)


def roles(team: Team) -> list[str]:
    return sorted(team.memberships.values_list("role", flat=True))


def test_history_tells_who_came_what_they_became_and_who_left(owner: Membership) -> None:
    user = UserFactory.create(email="grace@example.com")
    joined = operations.add_member(owner.team, user, Role.VIEWER, by=by(owner))
    operations.change_role(joined, Role.ADMIN, by=by(owner), rights_of=owner)
    operations.remove_member(joined, by=by(owner), rights_of=owner)
    changes = Change.objects.order_by("at", "id")
    assert list(changes.values_list("verb", "fields")) == [
        ("created", {"email": [None, "grace@example.com"], "role": [None, "Viewer"]}),
        ("updated", {"role": ["Viewer", "Admin"]}),
        ("deleted", {"email": ["grace@example.com", None], "role": ["Admin", None]}),
    ]
    assert {(c.team, c.record_type, c.record_id, c.actor_user) for c in changes} == {
        (owner.team, "membership", joined.pk, owner.user)
    }
    assert not Membership.objects.filter(pk=joined.pk).exists()


def test_nobody_is_in_a_team_twice(owner: Membership) -> None:
    with pytest.raises(ValidationError, match="belongs to the team already"):
        operations.add_member(owner.team, owner.user, Role.MEMBER, by=by(owner))
    assert roles(owner.team) == ["owner"]
    assert not Change.objects.exists()


def test_the_same_role_again_leaves_no_history(owner: Membership) -> None:
    other = member(owner.team)
    operations.change_role(other, Role.MEMBER, by=by(owner), rights_of=owner)
    assert not Change.objects.exists()


def test_a_role_that_does_not_exist_is_refused(owner: Membership) -> None:
    for role in ("", "boss", "OWNER"):
        with pytest.raises(ValidationError, match="no such role"):
            operations.change_role(member(owner.team), role, by=by(owner), rights_of=owner)


@pytest.mark.parametrize(
    ("chief", "role", "new"),
    [
        (Role.ADMIN, Role.MEMBER, Role.OWNER),
        (Role.ADMIN, Role.OWNER, Role.MEMBER),
        (Role.MEMBER, Role.VIEWER, Role.MEMBER),
        (Role.VIEWER, Role.VIEWER, Role.MEMBER),
    ],
)
def test_who_lacks_the_right_changes_nobody(
    owner: Membership, chief: Role, role: Role, new: Role
) -> None:
    acting, other = member(owner.team, chief), member(owner.team, role)
    with pytest.raises(PermissionDenied):
        operations.change_role(other, new, by=by(acting), rights_of=acting)
    if (chief, role) != (Role.ADMIN, Role.MEMBER):
        with pytest.raises(PermissionDenied):
            operations.remove_member(other, by=by(acting), rights_of=acting)
    other.refresh_from_db()
    assert other.role == role
    assert not Change.objects.exists()


def test_it_is_the_rights_and_the_role_of_this_moment_that_count(owner: Membership) -> None:
    admin, other = member(owner.team, Role.ADMIN), member(owner.team)
    Membership.objects.filter(pk=other.pk).update(role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        operations.change_role(other, Role.VIEWER, by=by(admin), rights_of=admin)
    Membership.objects.filter(pk=admin.pk).update(role=Role.MEMBER)
    with pytest.raises(PermissionDenied):
        operations.remove_member(member(owner.team), by=by(admin), rights_of=admin)
    admin.delete()
    with pytest.raises(ValidationError, match="no longer belong"):
        operations.remove_member(member(owner.team), by=by(owner), rights_of=admin)


def test_who_is_gone_cannot_be_changed(owner: Membership) -> None:
    gone = member(owner.team)
    Membership.objects.filter(pk=gone.pk).delete()
    with pytest.raises(ValidationError, match="no longer belong"):
        operations.change_role(gone, Role.ADMIN, by=by(owner), rights_of=owner)


type Write = Callable[[Membership, Membership], Any]

#: The ways for a team to lose an owner; each is given the owner and somebody else.
WAYS: dict[str, Write] = {
    "leaving": lambda owner, _: operations.leave_team(owner, by=by(owner)),
    "removal": lambda owner, _: operations.remove_member(owner, by=by(owner), rights_of=None),
    "demotion": lambda owner, _: operations.change_role(
        owner, Role.ADMIN, by=by(owner), rights_of=None
    ),
    "handing over to who cannot sign in": lambda owner, other: operations.hand_over(
        owner, other, by=by(owner)
    ),
}
by_any_way = pytest.mark.parametrize("lose", WAYS.values(), ids=WAYS.keys())


@by_any_way
def test_the_last_owner_stays(owner: Membership, lose: Write) -> None:
    off = MembershipFactory.create(team=owner.team, role=Role.OWNER, user__is_active=False)
    admin = MembershipFactory.create(team=owner.team, role=Role.ADMIN, user__is_active=False)
    member(TeamFactory.create(), Role.OWNER)
    with pytest.raises(LastOwner, match="Ada Lovelace is the only owner of Team"):
        lose(owner, admin)
    assert roles(owner.team) == ["admin", "owner", "owner"]
    assert not Change.objects.exists()
    operations.remove_member(off, by=by(owner), rights_of=owner)


@by_any_way
def test_one_of_two_owners_may_go(owner: Membership, lose: Write) -> None:
    member(owner.team, Role.OWNER)
    lose(owner, member(owner.team))
    assert Role.OWNER in roles(owner.team)
    assert not Membership.objects.filter(pk=owner.pk, role=Role.OWNER).exists()


def test_handing_over_makes_an_owner_and_an_admin(owner: Membership) -> None:
    heir = member(owner.team)
    operations.hand_over(owner, heir, by=by(owner))
    for membership, role in ((owner, Role.ADMIN), (heir, Role.OWNER)):
        membership.refresh_from_db()
        assert membership.role == role
    assert [change.fields for change in Change.objects.order_by("at", "id")] == [
        {"role": ["Member", "Owner"]},
        {"role": ["Owner", "Admin"]},
    ]
    with pytest.raises(PermissionDenied):
        operations.hand_over(owner, heir, by=by(owner))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["leaving", "demotion"])
def test_two_owners_who_go_at_the_same_moment_leave_one(
    owner: Membership, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    other = member(owner.team, Role.OWNER)
    check, both_checked = operations._keep_an_owner, threading.Barrier(2)

    def check_and_wait(membership: Membership) -> None:
        check(membership)
        # Where one waits for the other to finish, they never meet here.
        with contextlib.suppress(threading.BrokenBarrierError):
            both_checked.wait(timeout=0.5)

    monkeypatch.setattr(operations, "_keep_an_owner", check_and_wait)
    said: list[Exception | None] = []

    def go(membership: Membership, everybody_else: Membership) -> None:
        try:
            WAYS[way](membership, everybody_else)
            said.append(None)
        except ValidationError as error:
            said.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=pair) for pair in ((owner, other), (other, owner))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(each).__name__ for each in said) == ["LastOwner", "NoneType"]
    assert roles(owner.team).count("owner") == 1
