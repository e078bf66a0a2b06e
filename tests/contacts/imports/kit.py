"""Importing by the REST API, as a program does it."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.jobs.worker import Worker
from crm.teams.models import Team
from tests.factories import ApiKeyFactory

HEADER = "First name,Last name,Company,Email,Phone"


class Importer:
    """Sends files with a team's key, and lets the worker work."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.key: Any = ApiKeyFactory.create(team=team)
        self.client = Client(
            headers={"Authorization": f"Bearer {self.key.secret}"}, raise_request_exception=False
        )

    def send(self, data: str | bytes, name: str = "people.csv", **form: Any) -> Any:
        """POST a file and return the response."""
        content = data.encode() if isinstance(data, str) else data
        file = SimpleUploadedFile(name, content, content_type="text/csv")
        body = {"file": file, "teamId": str(self.team.pk), **form}
        return self.client.post("/api/crm/contacts/import", body)

    def check(self, data: str | bytes, **form: Any) -> Any:
        """Return what a dry run says."""
        response = self.send(data, dryRun="true", **form)
        assert response.status_code == 200, response.content
        return response.json()

    def run(self, data: str | bytes, **form: Any) -> Any:
        """Import the file, and return what is said of it at its end."""
        response = self.send(data, **form)
        assert response.status_code == 202, response.content
        Worker().run_waiting()
        return self.read(response.json()["id"])

    def read(self, import_id: str) -> Any:
        """Return what is said of an import."""
        return self.client.get(f"/api/crm/imports/{import_id}").json()

    def rows(self, import_id: str, **query: Any) -> Any:
        """Return the import's rows."""
        address = f"/api/crm/imports/{import_id}/rows"
        return self.client.get(address, query_params=query).json()["results"]

    def undo(self, import_id: str) -> Any:
        """Undo the import, and return what is said of it then."""
        response = self.client.post(f"/api/crm/imports/{import_id}/undo")
        assert response.status_code == 202, response.content
        Worker().run_waiting()
        return self.read(import_id)


def counts(said: Any) -> tuple[int, ...]:
    """Return created, updated, skipped, rejected, blank, which are all rows together."""
    found = tuple(said[name] for name in ("created", "updated", "skipped", "rejected", "blank"))
    assert sum(found) == said["total"]
    return found
