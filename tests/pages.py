"""Walking the pages as somebody who is signed in."""

import html
import re
from html.parser import HTMLParser
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
        self.client.force_login(self.user, "crm.accounts.backends.PasswordBackend")

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


def filled(response: HttpResponse) -> dict[str, str]:
    """What a browser would send of the record's form on a page, as it stands there."""
    reader = _FormReader()
    reader.feed(response.content.decode())
    return reader.values


class _FormReader(HTMLParser):
    """Reads the values of a `form.form` or `form.fact-form`, its buttons aside."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.is_inside = False
        self.name = ""
        self.texts: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.is_inside = bool({"form", "fact-form"} & set((found.get("class") or "").split()))
        if not self.is_inside:
            return
        name = found.get("name") or ""
        if tag == "input" and name:
            is_choice = found.get("type") in ("checkbox", "radio")
            if not is_choice or "checked" in found:
                self.values[name] = found.get("value") or ("on" if is_choice else "")
        elif tag == "select":
            self.name = name
        elif tag == "option" and ("selected" in found or self.name not in self.values):
            self.values[self.name] = found.get("value") or ""
        elif tag == "textarea":
            self.name, self.texts = name, []

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "textarea" and self.texts is not None:
            text = "".join(self.texts).removeprefix("\n")
            self.values[self.name] = text.replace("\r\n", "\n").replace("\n", "\r\n")
            self.texts = None

    def handle_data(self, data: str) -> None:
        if self.texts is not None:
            self.texts.append(data)
