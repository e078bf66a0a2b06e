"""Walking the pages as somebody who is signed in."""

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from crm.teams.models import Role, Team
from tests.factories import member_of

HTMX = {"HX-Request": "true"}
_TAG = re.compile(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", re.DOTALL)


class Reader:
    """A signed-in member of a team, and what they do in its pages."""

    def __init__(self, team: Team, role: str = Role.MEMBER, **user: Any) -> None:
        self.team = team
        self.user = member_of(team, role, **user)
        self.client = Client()
        self.client.force_login(self.user, "django.contrib.auth.backends.ModelBackend")

    def url(self, name: str, /, *args: Any) -> str:
        """The address of one of the team's pages."""
        return reverse(name, args=[self.team.slug, *args])

    def get(self, name: str, /, *args: Any, **query: Any) -> Any:
        """Open a page."""
        return self.client.get(self.url(name, *args), query)

    def get_part(self, name: str, /, *args: Any, **query: Any) -> Any:
        """Ask for a page's fragment, as htmx does."""
        return self.client.get(self.url(name, *args), query, headers=HTMX)

    def post(self, name: str, /, *args: Any, follow: bool = False, **data: Any) -> Any:
        """Send a form."""
        return self.client.post(self.url(name, *args), data, follow=follow)


def words(response: HttpResponse) -> str:
    """What a reader sees of a page: its text, with single spaces."""
    return plain(response.content.decode())


def plain(markup: str) -> str:
    """What a reader sees of a piece of a page."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def names(response: Any) -> list[str]:
    """The names or titles in the rows of a list page, in their order."""
    return [str(row.get("name", row.get("title"))) for row in response.context["page"].rows]
