"""The pages of a team's people."""

import pytest
from pytest_django import DjangoAssertNumQueries

from crm.history.models import Change
from crm.teams.access import RIGHTS
from crm.teams.models import Membership, Right, Role, Team
from tests.factories import InvitationFactory, MembershipFactory, TeamFactory, UserFactory
from tests.pages import Reader, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]

MEMBERS = "team_settings:members"


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(name="Acme", slug="acme")


@pytest.fixture
def grace(team: Team) -> Membership:
    return MembershipFactory.create(team=team, user__name="Grace Hopper")


@pytest.mark.parametrize("role", Role.values)
def test_every_member_sees_who_belongs_and_what_each_may_do(
    team: Team, grace: Membership, role: str
) -> None:
    page = Reader(team, role, name="Ada Lovelace").get(MEMBERS)
    said = words(page)
    for each in ("Ada Lovelace (you)", "Grace Hopper", grace.user.email, *Right.labels):
        assert each in said
    administers = Right.ADMINISTER in RIGHTS[role]
    assert (f"members/{grace.pk}" in page.text) == administers
    assert ("hand-over" in page.text) == (role == Role.OWNER)


def test_the_table_of_roles_is_what_access_decides(team: Team) -> None:
    page = Reader(team).get(MEMBERS)
    table = page.text.partition('<table class="rights">')[2].partition("</table>")[0]
    [_head, *rows] = table.split("<tr>")[1:]
    for right, row in zip(Right, rows, strict=True):
        cells = ["Yes" in cell for cell in row.split("<td>")[1:]]
        assert cells == [right in RIGHTS[role] for role in Role]


def test_a_list_of_many_asks_no_more_than_of_few(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = Reader(team, Role.OWNER)
    for count in (1, 20):
        MembershipFactory.create_batch(count, team=team)
        InvitationFactory.create_batch(count, team=team, created_by=UserFactory.create())
        # Session, user, membership with its team and the others, the members, the invitations.
        with django_assert_num_queries(5):
            reader.get(MEMBERS)


@pytest.mark.parametrize(
    ("chief", "roles"),
    [(Role.OWNER, Role.values), (Role.ADMIN, ["admin", "member", "viewer"])],
)
def test_a_role_is_changed_to_one_that_the_chief_has(
    team: Team, grace: Membership, chief: str, roles: list[str]
) -> None:
    reader, page = Reader(team, chief), ("team_settings:member", grace.pk)
    form = reader.get(*page).context["form"]
    assert [value for value, _label in form.fields["role"].choices] == roles
    assert form["role"].value() == "member"
    said = reader.post(*page, role="viewer", follow=True)
    assert "Grace Hopper: viewer." in said.text
    grace.refresh_from_db()
    assert grace.role == "viewer"
    change = Change.objects.get()
    assert (change.fields, change.actor_user) == ({"role": ["Member", "Viewer"]}, reader.user)


@pytest.mark.parametrize("role", ["", "boss", "owner"])
def test_a_role_that_is_not_the_admins_to_give_is_refused(
    team: Team, grace: Membership, role: str
) -> None:
    page = Reader(team, Role.ADMIN).post("team_settings:member", grace.pk, role=role)
    assert list(page.context["form"].errors) == ["role"]
    assert not Change.objects.exists()


def test_an_admin_neither_changes_nor_removes_an_owner(team: Team) -> None:
    reader = Reader(team, Role.ADMIN)
    owner = MembershipFactory.create(team=team, role=Role.OWNER)
    assert f"members/{owner.pk}" not in reader.get(MEMBERS).text
    for page in ("team_settings:member", "team_settings:member_remove"):
        assert reader.get(page, owner.pk).status_code == 403
        assert reader.post(page, owner.pk, role="viewer").status_code == 403
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_nobody_changes_their_own_place_there(team: Team) -> None:
    reader = Reader(team, Role.OWNER)
    own = Membership.objects.get(user=reader.user)
    for page in ("team_settings:member", "team_settings:member_remove"):
        assert reader.get(page, own.pk).status_code == 403
        assert reader.post(page, own.pk, role="viewer").status_code == 403


def test_removing_asks_naming_the_member(team: Team, grace: Membership) -> None:
    reader, page = Reader(team, Role.ADMIN), ("team_settings:member_remove", grace.pk)
    asked = reader.get(*page)
    assert "Remove Grace Hopper" in words(asked)
    assert Membership.objects.filter(pk=grace.pk).exists()
    assert "Grace Hopper no longer belongs" in reader.post(*page, follow=True).text
    assert not Membership.objects.filter(pk=grace.pk).exists()
    assert reader.get(*page).status_code == 404


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.VIEWER])
def test_whoever_is_not_the_only_owner_may_leave(team: Team, role: str) -> None:
    reader = Reader(team, role)
    assert "Leave Acme" in words(reader.get("team_settings:leave"))
    said = reader.post("team_settings:leave", follow=True)
    assert said.templates[0].name == "accounts/no_team.html"
    assert reader.get(MEMBERS).status_code == 404
    assert Change.objects.get().verb == "deleted"


def test_the_only_owner_is_told_why_they_stay(team: Team) -> None:
    reader = Reader(team, Role.OWNER, name="Ada Lovelace")
    said = reader.post("team_settings:leave")
    assert said.status_code == 409
    assert "Ada Lovelace is the only owner of Acme" in said.text
    assert reader.get(MEMBERS).status_code == 200


def test_an_owner_hands_over_to_somebody_of_the_team(team: Team, grace: Membership) -> None:
    reader = Reader(team, Role.OWNER)
    off = MembershipFactory.create(team=team, user__is_active=False)
    stranger = MembershipFactory.create()
    page = reader.get("team_settings:hand_over")
    assert list(page.context["form"].fields["heir"].queryset) == [grace]
    for wrong in ("", "x", off.pk, stranger.pk):
        page = reader.post("team_settings:hand_over", heir=wrong)
        assert list(page.context["form"].errors) == ["heir"]
    said = reader.post("team_settings:hand_over", heir=grace.pk, follow=True)
    assert "Grace Hopper owns Acme now. You are an admin." in said.text
    roles = dict(team.memberships.values_list("user", "role"))
    assert (roles[grace.user_id], roles[reader.user.pk]) == ("owner", "admin")
    assert reader.get("team_settings:hand_over").status_code == 403
