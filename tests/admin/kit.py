"""What the admin's tests share: reading its pages and filling in its forms."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from crm.accounts.models import User
from tests.factories import UserFactory

BACKEND = "crm.accounts.backends.PasswordBackend"


class Staff(Client):
    """The browser of somebody who may do everything in the admin."""

    def __init__(self, user: User | None = None) -> None:
        super().__init__()
        self.user = user or UserFactory.superuser()
        self.force_login(self.user, backend=BACKEND)


def url(model: type[Model] | Model, page: str = "changelist", *args: Any) -> str:
    """The address of a model's page in the admin; of a row, its own."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[model.pk] if isinstance(model, Model) else args)


def filled(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What a browser would post from the form at `address`, with some values changed."""
    found = values(client.get(address)) | changes
    return {name: value for name, value in found.items() if value is not None}


def values(response: HttpResponse) -> dict[str, Any]:
    """What a browser would post from the page's form as it stands."""
    parser = _Form()
    parser.feed(response.content.decode().split('<div id="content-main">')[1])
    return parser.values


def add(client: Client, model: type[Model], team: Any, **values: Any) -> HttpResponse:
    """Post the form for a new record of the team."""
    address = f"{url(model, 'add')}?team={team.pk}"
    return client.post(address, filled(client, address, **values))


def change(client: Client, record: Model, **values: Any) -> HttpResponse:
    """Post the form of a row that exists."""
    address = url(record, "change")
    return client.post(address, filled(client, address, **values))


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """What the form says is wrong, by field."""
    assert response.status_code == 200, response.get("Location")
    return dict(response.context["adminform"].form.errors)


def messages(response: HttpResponse) -> list[str]:
    """What the admin says after a redirect that was followed."""
    return [str(message) for message in response.context["messages"]]


def registered() -> list[type[Model]]:
    """Every model in the admin."""
    return list(admin.site._registry)


class _Form(HTMLParser):
    """Reads the values of a form's controls."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.textarea = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self.textarea = names["name"]
            self.values[self.textarea] = ""
        elif tag == "select":
            self.select = names.get("name", "")
        elif tag == "option" and self.select and "selected" in names:
            self.values[self.select] = names["value"]
        elif tag == "input" and names.get("name"):
            self._read_input(names)

    def _read_input(self, names: dict[str, str]) -> None:
        kind = names.get("type", "text")
        if kind in ("submit", "file") or (kind in ("checkbox", "radio") and "checked" not in names):
            return
        self.values[names["name"]] = names.get("value", "on" if kind == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.values[self.textarea] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.textarea = ""
        elif tag == "select":
            self.select = ""


class _Inline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and not names.get("src")):
            self.found.append(f"<{tag}>")
        self.found += [
            f"<{tag} {name}>" for name in names if name == "style" or name.startswith("on")
        ]


def inline_code(response: HttpResponse) -> Iterator[str]:
    """The scripts and styles inside the page, which our policy forbids to run."""
    parser = _Inline()
    parser.feed(response.content.decode())
    return iter(parser.found)
