"""Load a generated set of companies and contacts into Callbook, through its own operations.

    python -m tests.benchmarks.load DIRECTORY > loaded.json

DIRECTORY holds companies.csv (id, team_id, name, domain, city, created_at) and contacts.csv (id,
team_id, company_id, first_name, last_name, email, phone, title, lead_status, created_at,
updated_at). The database named by DATABASE_URL must be migrated and empty. Prints what a load
generator needs: an unlimited key, a session cookie, and the ids of the first team.
"""

import csv
import datetime as dt
import itertools
import json
import os
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402

from companies.models import Company  # noqa: E402
from companies.operations import save_companies  # noqa: E402
from contacts.models import Contact, LeadStatus  # noqa: E402
from contacts.operations import save_contacts  # noqa: E402
from crm.accounts.models import User  # noqa: E402
from crm.history.models import Origin  # noqa: E402
from crm.history.recording import Author  # noqa: E402
from crm.team_settings.operations import create_api_key, create_team  # noqa: E402
from crm.team_settings.people.operations import add_member  # noqa: E402
from crm.teams.models import Team  # noqa: E402

BATCH = 2000
#: The generated file has seven statuses of another product; each becomes one of ours.
STATUSES = dict(
    zip(
        ("new", "contacted", "qualified", "proposal", "negotiation", "won", "lost"),
        LeadStatus.values,
        strict=True,
    )
)
LOADER = Author(Origin.DEMO)


def main(directory: Path) -> None:
    """Load everything and print the keys to it."""
    user = User.objects.create_user("bench@callbook.example", "bench", timezone="UTC")
    rows = list(csv.DictReader((directory / "companies.csv").open()))
    teams = {
        number: _team(number, user) for number in sorted({row["team_id"] for row in rows}, key=int)
    }
    companies = _load_companies(rows, teams)
    _load_contacts(csv.DictReader((directory / "contacts.csv").open()), teams, companies)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    first = teams["1"]
    sys.stdout.write(
        json.dumps(
            {
                "key": _key(first),
                "keys": [_key(team) for team in teams.values()],
                "cookie": f"sessionid={_session(user)}",
                "team_id": str(first.pk),
                "slug": first.slug,
                "company_id": str(companies["1"].pk),
                "phone_format": "E.164",
            },
            indent=1,
        )
    )


def _key(team: Team) -> str:
    return create_api_key(team, "benchmark", by=LOADER, rate_limit=0)[1]


def _team(number: str, user: User) -> Team:
    slug = f"team-{number}"
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        return create_team(f"Team {number}", slug, owner=user, by=LOADER)
    add_member(team, user, by=LOADER)
    return team


def _load_companies(rows: list[dict[str, str]], teams: dict[str, Team]) -> dict[str, Company]:
    companies = {
        row["id"]: Company(
            team=teams[row["team_id"]],
            name=row["name"],
            website=row["domain"],
            city=row["city"],
            created_at=dt.datetime.fromisoformat(row["created_at"]),
        )
        for row in rows
    }
    for team in teams.values():
        of_team = [company for company in companies.values() if company.team_id == team.pk]
        for batch in itertools.batched(of_team, BATCH):
            _raise_first(save_companies(batch, by=LOADER).errors)
    return companies


def _load_contacts(
    rows: Iterator[dict[str, str]], teams: dict[str, Team], companies: dict[str, Company]
) -> None:
    waiting: dict[uuid.UUID, list[Contact]] = {team.pk: [] for team in teams.values()}
    for row in rows:
        contact = _contact(row, teams, companies)
        batch = waiting[contact.team_id]
        batch.append(contact)
        if len(batch) == BATCH:
            _raise_first(save_contacts(batch, by=LOADER).errors)
            batch.clear()
    for batch in filter(None, waiting.values()):
        _raise_first(save_contacts(batch, by=LOADER).errors)


def _contact(row: dict[str, str], teams: dict[str, Team], companies: dict[str, Company]) -> Contact:
    created_at = dt.datetime.fromisoformat(row["created_at"])
    return Contact(
        team=teams[row["team_id"]],
        company=companies[row["company_id"]],
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        phone=row["phone"],
        job_title=row["title"],
        lead_status=STATUSES[row["lead_status"]],
        created_at=created_at,
        updated_at=created_at,
    )


def _raise_first(errors: Mapping[int, Exception]) -> None:
    for error in errors.values():
        raise error


def _session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "crm.accounts.backends.PasswordBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key


if __name__ == "__main__":
    main(Path(sys.argv[1]))
