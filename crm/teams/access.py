"""Which team a request is for, and what may be done there: the one place that decides.

A stranger to a team is told nothing, not even that it exists (404). A member who lacks a right gets
403. The same goes for keys: they open one team and do what their scopes say.

Nobody hands out what they do not have: a role is given, changed and taken away by who has every
right that is in it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from crm.accounts import last_team
from crm.accounts.models import User
from crm.queries.statements import Statement, columns_of, load_joined
from crm.teams.models import Membership, Place, Right, Role, Team
from crm.web.htmx import wants_partial

if TYPE_CHECKING:
    from django.views import View

    _View = View
else:
    _View = object

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

#: What each role may do, from looking on to everything.
RIGHTS: Final[Mapping[str, frozenset[Right]]] = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.MEMBER: frozenset({Right.READ, Right.WRITE}),
    Role.ADMIN: frozenset({Right.READ, Right.WRITE, Right.ADMINISTER}),
    Role.OWNER: frozenset(Right),
}
_REFUSALS: Final = {
    Right.READ: "Your role in this team does not allow it.",
    Right.WRITE: "Viewers can look, but not change anything.",
    Right.ADMINISTER: "Only owners and admins of the team can do this.",
    Right.OWN: "Only owners of the team can do this.",
}

_COLUMNS = columns_of(Membership) + columns_of(Team, "team")
_NAME, _SLUG = _COLUMNS.index("team__name"), _COLUMNS.index("team__slug")


def _memberships(user_id: Any) -> QuerySet[Membership, Any]:
    return Membership.objects.filter(user=user_id).values_list(*_COLUMNS)


_MEMBERSHIPS = Statement(_memberships, models.UUIDField())


def get_membership(user: User, team_slug: str) -> Membership:
    """Return the user's place in the team of that address, and their other teams' names with it.

    Raises Http404 where there is none.
    """
    rows = _MEMBERSHIPS.rows(user.pk)
    for row in rows:
        if row[_SLUG] == team_slug:
            membership = load_joined(Membership, row, "team")
            membership.user = user
            membership.rights = RIGHTS[membership.role]
            membership.teams_of_user = [Place(each[_NAME], each[_SLUG]) for each in rows]
            return membership
    raise Http404("There is no such team.")


def rights_by_role() -> list[tuple[str, list[bool]]]:
    """Return each right in words, and for each role in order whether it has it."""
    return [(right.label, [right in RIGHTS[role] for role in Role]) for right in Right]


def roles_to_give(membership: Membership) -> list[Role]:
    """Return the roles that the member may let somebody in with."""
    return [role for role in Role if may_give(membership, role)]


def require(membership: Membership, right: Right) -> None:
    """Raise PermissionDenied unless the member has the right."""
    if right not in RIGHTS[membership.role]:
        raise PermissionDenied(_REFUSALS[right])


def may_give(membership: Membership, role: str) -> bool:
    """Return whether the member may let somebody into the team with this role."""
    rights = RIGHTS[membership.role]
    return Right.ADMINISTER in rights and RIGHTS[role] <= rights


def may_manage(membership: Membership, other: Membership) -> bool:
    """Return whether the member may change the other's role or remove them.

    Nobody does it to themselves: they leave, or hand over the team.
    """
    return other.pk != membership.pk and may_give(membership, other.role)


def may_call_outside_hours(membership: Membership) -> bool:
    """Return whether the member may have somebody called outside the team's calling hours."""
    return Right.ADMINISTER in RIGHTS[membership.role]


def require_giving(membership: Membership, role: str) -> None:
    """Raise PermissionDenied unless the member may let somebody in with this role."""
    require(membership, Right.ADMINISTER)
    if not may_give(membership, role):
        raise PermissionDenied(_REFUSALS[Right.OWN])


def require_managing(membership: Membership, other: Membership) -> None:
    """Raise PermissionDenied unless the member may change the other's role or remove them."""
    require_giving(membership, other.role)
    if not may_manage(membership, other):
        raise PermissionDenied("Nobody changes their own place. Leave, or hand over the team.")


class TeamMixin(LoginRequiredMixin, _View):
    """A page of one team, found by `team_slug` in the address.

    Sets `self.team`, `self.membership` and `request.membership`. `needs` is the right to come here
    at all, `needs_to_send` the one that any unsafe method asks for besides.
    """

    needs: ClassVar[Right] = Right.READ
    needs_to_send: ClassVar[Right] = Right.WRITE
    team: Team
    membership: Membership

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the team, check the right, then let the page answer."""
        if not isinstance(request.user, User):
            return self.handle_no_permission()
        self.membership = get_membership(request.user, kwargs["team_slug"])
        self.team = self.membership.team
        request.membership = self.membership  # type: ignore[attr-defined]
        require(self.membership, self.needs)
        if request.method not in SAFE_METHODS:
            require(self.membership, self.needs_to_send)
        response = super().dispatch(request, *args, **kwargs)
        last_team.remember(request, response, self.team.slug)
        return response

    def handle_no_permission(self) -> HttpResponseBase:  # type: ignore[override]
        """Send a stranger to sign in.

        A fragment is refused instead: the sign-in page would be put into the middle of the page.
        """
        if wants_partial(self.request):
            return HttpResponse("You are signed out.", status=401, content_type="text/plain")
        return super().handle_no_permission()
