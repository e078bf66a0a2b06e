"""A program that uses the API with a key."""

import json
from typing import Any

from django.test import Client

from crm.teams.models import ApiKey, Team
from tests.factories import ApiKeyFactory

ROOT = "/api/crm"


class Program:
    """Sends requests with one key; `query` becomes the query string, a body goes out as JSON."""

    def __init__(self, team: Team, **key: Any) -> None:
        self.team = team
        self.key: ApiKey = ApiKeyFactory.create(team=team, **key)
        self._client = Client(raise_request_exception=False)

    def get(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return self.send("GET", path, headers=headers, query=query)

    def list(self, path: str, **query: Any) -> Any:
        """GET a list of the team."""
        return self.get(path, teamId=self.team.pk, **query)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("POST", path, body, headers=headers)

    def patch(self, path: str, body: Any, *, headers: dict[str, str] | None = None) -> Any:
        return self.send("PATCH", path, body, headers=headers)

    def delete(self, path: str, *, headers: dict[str, str] | None = None) -> Any:
        return self.send("DELETE", path, headers=headers)

    def send(
        self,
        method: str,
        path: str,
        body: Any = b"",
        *,
        headers: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
        content_type: str = "application/json",
        **environment: Any,
    ) -> Any:
        """Send anything: bytes go out as they are."""
        return self._client.generic(
            method,
            path if path.startswith(("/api/", "http:")) else f"{ROOT}/{path}",
            body if isinstance(body, bytes) else json.dumps(body),
            content_type=content_type,
            headers={"Authorization": f"Bearer {self.key.secret}"} | (headers or {}),
            query_params=query,
            **environment,
        )


def errors(response: Any) -> dict[str | None, str]:
    """Return the code of each error by what it is about."""
    found = response.json()["errors"]
    assert all(error["detail"] for error in found)
    return {error["attr"]: error["code"] for error in found}


def said(response: Any, attr: str | None = None) -> str:
    """Return the sentence about one attribute."""
    details = [each["detail"] for each in response.json()["errors"] if each["attr"] == attr]
    return " ".join(details)


def ids(response: Any) -> list[str]:
    """Return the ids of a page's results, in their order."""
    return [row["id"] for row in response.json()["results"]]
