"""The rows of the companies table, as plain values."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from crm import normalize
from crm.teams.models import Team
from crm.web import text
from crm.web.lists import Column, Ordering

COLUMNS = (
    Column("Name", "is-first", sort="name"),
    Column("Industry"),
    Column("Size"),
    Column("Location"),
    Column("Website"),
    Column("Phone"),
    Column("Contacts", "is-number"),
    Column("Added", sort="created"),
)
ORDERINGS = {
    "name": Ordering("Name A–Z", ("name", "id"), "Name Z–A"),
    "created": Ordering("Oldest first", ("created_at", "id"), "Newest first"),
}
VALUE_NAMES = (
    "pk",
    "name",
    "industry",
    "company_size",
    "city",
    "country",
    "website",
    "phone",
    "created_at",
)


def company_rows(team: Team, values: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return a dict a company for tuples of VALUE_NAMES; one query, however many there are."""
    counts = _contact_counts(team, [row[0] for row in values])
    start, now = f"{reverse('companies:list', args=[team.slug])}/", timezone.now()
    return [
        _row(row, start, now, team.region) | {"contacts": counts.get(row[0], 0)} for row in values
    ]


def _row(row: tuple[Any, ...], start: str, now: dt.datetime, region: str) -> dict[str, Any]:
    pk, name, industry, size, city, country, website, phone, created_at = row
    return {
        "url": f"{start}{pk}",
        "initials": text.initials(name),
        "name": name,
        "industry": industry,
        "size": size,
        "location": location(city, country),
        "website": text.host(website),
        "phone": text.phone(phone, region) if phone else "",
        "created": text.time_tag(created_at, now),
    }


def _contact_counts(team: Team, company_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    counted = team.companies.filter(pk__in=company_ids).order_by().annotate(n=Count("contacts"))
    return dict(counted.values_list("pk", "n"))


def location(city: str, country: str) -> str:
    """Return `Uppsala, Sweden`, or what is known of it."""
    return ", ".join(part for part in (city, normalize.country_name(country)) if part)
