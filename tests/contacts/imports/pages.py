"""The pages of imports, as a browser without JavaScript asks for them."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.imports.models import Import
from crm.jobs.worker import Worker
from crm.teams.models import Role, Team
from tests.factories import TeamFactory, member_of


class Browser:
    """A member of a team at the pages of imports, without JavaScript."""

    def __init__(self, role: str = Role.MEMBER) -> None:
        self.team: Team = TeamFactory.create()
        self.user = member_of(self.team, role)
        self.client = Client()
        self.client.force_login(self.user, backend="crm.accounts.backends.PasswordBackend")

    def get(self, path: str) -> Any:
        return self.client.get(f"/t/{self.team.slug}/imports{path}", follow=True)

    def post(self, path: str, **data: Any) -> Any:
        return self.client.post(f"/t/{self.team.slug}/imports{path}", data, follow=True)

    def upload(self, file: str | bytes) -> Any:
        content = file.encode() if isinstance(file, str) else file
        return self.post("/new", file=SimpleUploadedFile("people.csv", content))

    def columns(self, page: Any, **changed: str) -> Any:
        """Send the mapping as the page shows it, but for what is changed."""
        form = page.context["form"]
        data = {name: form[name].value() or "" for name in form.fields}
        data = {name: value for name, value in data.items() if value != "" or name in changed}
        self.post(f"/{self.run.pk}/columns", **{**data, **changed})
        return self.look()

    def press(self, action: str, **data: Any) -> Any:
        self.post(f"/{self.run.pk}/{action}", **data)
        return self.look()

    def choose(self, *said: tuple[str, str, str]) -> Any:
        """Say what values mean, each with its field, and look again."""
        fields, values, choices = zip(*said, strict=True)
        return self.press("choices", field=fields, value=values, choice=choices)

    def look(self, query: str = "") -> Any:
        Worker().run_waiting()
        return self.get(f"/{self.run.pk}{query}")

    @property
    def run(self) -> Import:
        return self.team.imports.first()


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
