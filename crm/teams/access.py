"""Which team a request is for, and what may be done there: the one place that decides.

A stranger to a team is told nothing, not even that it exists (404). A member who may look but not
write gets 403. The same goes for keys: they open one team and do what their scopes say.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from crm.accounts import last_team
from crm.accounts.models import User
from crm.queries.statements import Statement, columns_of, load_joined
from crm.teams.models import Membership, Place, Team
from crm.web.htmx import wants_partial

if TYPE_CHECKING:
    from django.views import View

    _View = View
else:
    _View = object

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

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
            membership.teams_of_user = [Place(each[_NAME], each[_SLUG]) for each in rows]
            return membership
    raise Http404("There is no such team.")


def require_write(membership: Membership) -> None:
    """Raise PermissionDenied unless the member may change the team's records."""
    if not membership.can_write:
        raise PermissionDenied("Viewers can look, but not change anything.")


def require_administer(membership: Membership) -> None:
    """Raise PermissionDenied unless the member may manage the team."""
    if not membership.can_administer:
        raise PermissionDenied("Only owners and admins of the team can do this.")


class TeamMixin(LoginRequiredMixin, _View):
    """A page of one team, found by `team_slug` in the address.

    Sets `self.team`, `self.membership` and `request.membership`. A page that only writes says
    `writes = True`, one for owners and admins `administers = True`; any unsafe method needs the
    right to write, whatever the page says.
    """

    writes = False
    administers = False
    team: Team
    membership: Membership

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the team, check the right, then let the page answer."""
        if not isinstance(request.user, User):
            return self.handle_no_permission()
        self.membership = get_membership(request.user, kwargs["team_slug"])
        self.team = self.membership.team
        request.membership = self.membership  # type: ignore[attr-defined]
        if self.administers:
            require_administer(self.membership)
        elif self.writes or request.method not in SAFE_METHODS:
            require_write(self.membership)
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
