"""Rows of contacts as the admin takes them in, and what it says of them."""

import tablib
from import_export.results import Result

from contacts.resources import ContactResource
from crm.accounts.models import User
from crm.history.models import Origin
from crm.history.recording import Author
from crm.teams.models import Team


def resource(team: Team, user: User | None = None) -> ContactResource:
    return ContactResource(team=team, by=Author(Origin.IMPORT, user=user))


def run(
    team: Team, *rows: dict[str, object], user: User | None = None, dry: bool = False
) -> Result:
    headers = list(rows[0])
    dataset = tablib.Dataset(*[[row[name] for name in headers] for row in rows], headers=headers)
    return resource(team, user).import_data(dataset, dry_run=dry)


def person(**values: object) -> dict[str, object]:
    return {"first_name": "Anna", "last_name": "Berg", "company_name": "Acme"} | values


def wrong(result: Result) -> list[dict[str, list[str]]]:
    """What is wrong, row by row."""
    assert result.has_validation_errors()
    return [row.error_dict for row in result.invalid_rows]


def totals(result: Result) -> dict[str, int]:
    assert not result.has_errors(), [str(error.error) for error in result.base_errors]
    return {kind: number for kind, number in result.totals.items() if number}
