from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from crm.teams.access import get_membership, require_administer, require_write
from crm.teams.models import Role
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


def test_a_viewer_may_not_write() -> None:
    with pytest.raises(PermissionDenied):
        require_write(MembershipFactory.create(role=Role.VIEWER))


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMIN, Role.OWNER])
def test_everybody_else_may_write(role: str) -> None:
    require_write(MembershipFactory.create(role=role))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_few_may_administer(role: str) -> None:
    with pytest.raises(PermissionDenied):
        require_administer(MembershipFactory.create(role=role))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
def test_owners_and_admins_may_administer(role: str) -> None:
    require_administer(MembershipFactory.create(role=role))


def test_a_stranger_is_sent_to_sign_in_but_a_fragment_is_refused(client: Client) -> None:
    path = "/t/acme/contacts?search=ada"
    assert client.get(path)["Location"] == f"/sign-in?{urlencode({'next': path}, safe='/')}"
    for ask in (client.get, client.post):
        answer = ask(path, headers={"HX-Request": "true"})
        assert answer.status_code == 401
        assert b"<form" not in answer.content
