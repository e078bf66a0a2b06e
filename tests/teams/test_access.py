from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from crm.teams.access import (
    get_membership,
    may_give,
    may_manage,
    require,
    require_giving,
    require_managing,
)
from crm.teams.models import Right, Role
from tests.factories import MembershipFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_member_is_found_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    membership = MembershipFactory.create()
    with django_assert_num_queries(1):
        found = get_membership(membership.user, membership.team.slug)
        assert found == membership
        assert found.team.name == membership.team.name
        assert found.user is membership.user


def test_a_stranger_and_a_wrong_address_are_told_the_same() -> None:
    MembershipFactory.create()
    stranger = UserFactory.create()
    with pytest.raises(Http404) as foreign:
        get_membership(stranger, TeamFactory.create().slug)
    with pytest.raises(Http404) as unknown:
        get_membership(stranger, "no-such-team")
    assert str(foreign.value) == str(unknown.value)


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.OWNER, {Right.READ, Right.WRITE, Right.ADMINISTER, Right.OWN}),
        (Role.ADMIN, {Right.READ, Right.WRITE, Right.ADMINISTER}),
        (Role.MEMBER, {Right.READ, Right.WRITE}),
        (Role.VIEWER, {Right.READ}),
    ],
)
def test_what_a_role_may_do(role: Role, rights: set[Right]) -> None:
    stored = MembershipFactory.create(role=role)
    for right in Right:
        if right in rights:
            require(stored, right)
        else:
            with pytest.raises(PermissionDenied):
                require(stored, right)
    found = get_membership(stored.user, stored.team.slug)
    assert found.rights == rights
    assert (found.can_write, found.can_administer, found.can_own) == tuple(
        right in rights for right in (Right.WRITE, Right.ADMINISTER, Right.OWN)
    )


@pytest.mark.parametrize(
    ("role", "given"),
    [
        (Role.OWNER, {Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER}),
        (Role.ADMIN, {Role.ADMIN, Role.MEMBER, Role.VIEWER}),
        (Role.MEMBER, set()),
        (Role.VIEWER, set()),
    ],
)
def test_nobody_gives_or_takes_what_they_do_not_have(role: Role, given: set[Role]) -> None:
    membership = MembershipFactory.create(role=role)
    for other_role in Role:
        other = MembershipFactory.create(team=membership.team, role=other_role)
        allowed = other_role in given
        assert may_give(membership, other_role) == may_manage(membership, other) == allowed
        for demand in (
            lambda other=other: require_managing(membership, other),
            lambda role=other_role: require_giving(membership, role),
        ):
            if allowed:
                demand()
            else:
                with pytest.raises(PermissionDenied):
                    demand()


def test_nobody_changes_their_own_place() -> None:
    owner = MembershipFactory.create(role=Role.OWNER)
    assert not may_manage(owner, owner)
    with pytest.raises(PermissionDenied, match="own place"):
        require_managing(owner, owner)


def test_a_stranger_is_sent_to_sign_in_but_a_fragment_is_refused(client: Client) -> None:
    path = "/t/acme/contacts?search=ada"
    assert client.get(path)["Location"] == f"/sign-in?{urlencode({'next': path}, safe='/')}"
    for ask in (client.get, client.post):
        answer = ask(path, headers={"HX-Request": "true"})
        assert answer.status_code == 401
        assert b"<form" not in answer.content
