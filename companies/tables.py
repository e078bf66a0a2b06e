"""The rows of the companies table, as plain values."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from crm import normalize
from crm.teams.models import Team
from crm.web import text
from crm.web.lists import Column, Ordering

COLUMNS = (
    Column(
        "Name",
        "is-first",
        sort="name",
        name="name",
        cell="name_cell",
        cell_class="is-first",
        width=250,
        fields=("name",),
    ),
    Column(
        "Industry",
        name="industry",
        cell="industry",
        cell_class="in-card-below",
        width=95,
        grows=True,
        fields=("industry",),
    ),
    Column("Size", name="size", cell="size", width=92, fields=("company_size",)),
    Column(
        "Location",
        name="location",
        cell="location",
        width=95,
        grows=True,
        fields=("city", "country"),
    ),
    Column("Website", name="website", cell="website", width=164, fields=("website",)),
    Column(
        "Phone",
        name="phone",
        cell="phone",
        cell_class="is-phone",
        width=152,
        fields=("phone",),
    ),
    Column(
        "Contacts",
        "is-number",
        name="contacts",
        cell="contacts_cell",
        cell_class="is-number in-card-end",
        width=88,
        fields=("contacts",),
    ),
    Column(
        "Added",
        sort="created",
        name="created",
        cell="created",
        cell_class="in-card-end-below",
        width=124,
        fields=("created_at",),
    ),
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
    counts = contact_counts(team, [row[0] for row in values])
    start, now = f"{reverse('companies:list', args=[team.slug])}/", timezone.now()
    return [_row(row, start, now, team.region, counts.get(row[0], 0)) for row in values]


def _row(
    row: tuple[Any, ...], start: str, now: dt.datetime, region: str, contacts: int
) -> dict[str, Any]:
    pk, name, industry, size, city, country, website, phone, created_at = row
    url, things = f"{start}{pk}", "contact" if contacts == 1 else "contacts"
    return {
        "url": url,
        "name": name,
        "name_cell": text.name_cell(text.initials(name), name, url),
        "industry": industry,
        "size": size,
        "location": location(city, country),
        "website": text.host(website),
        "phone": text.phone(phone, region) if phone else "",
        "contacts_cell": SafeString(f'{contacts}<span class="only-phone"> {things}</span>'),
        "created": text.time_tag(created_at, now),
    }


def contact_counts(team: Team, company_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many contacts each company has."""
    counted = team.companies.filter(pk__in=company_ids).order_by().annotate(n=Count("contacts"))
    return dict(counted.values_list("pk", "n"))


def location(city: str, country: str) -> str:
    """Return `Uppsala, Sweden`, or what is known of it."""
    return ", ".join(part for part in (city, normalize.country_name(country)) if part)
