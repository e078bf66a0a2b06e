"""The rows of contact tables, as plain values: columns, orders, and one dict a row."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from contacts.columns import read_cells
from contacts.models import ContactTag, LeadStatus, Tag
from crm.queries.lookups import IdsField
from crm.queries.statements import Statement
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
        width=216,
        fields=("first_name", "last_name"),
    ),
    Column("Title", name="title", cell="title", width=111, grows=True, fields=("job_title",)),
    Column(
        "Company",
        sort="company",
        name="company",
        cell="company",
        cell_class="in-card-below",
        width=111,
        grows=True,
        fields=("company",),
    ),
    Column(
        "Status",
        name="status",
        cell="status_tag",
        cell_class="in-card-end",
        width=152,
        fields=("lead_status",),
    ),
    Column(
        "Phone",
        name="phone",
        cell="phone_cell",
        cell_class="is-phone",
        width=172,
        fields=("phone",),
    ),
    Column("Email", name="email", cell="email", width=112, grows=True, fields=("email",)),
    Column("Tags", name="tags", cell="tag_list", width=164, fields=("tags",)),
    Column(
        "Last call",
        sort="last_call",
        name="last_call",
        cell="last_call_cell",
        cell_class="last-call in-card-end-below",
        width=186,
        fields=("last_call_at",),
    ),
)
ORDERINGS = {
    "created": Ordering("Oldest first", ("created_at", "id"), "Newest first"),
    "name": Ordering("Name A–Z", ("last_name", "first_name", "id"), "Name Z–A"),
    "company": Ordering("Company A–Z", ("company__name", "id"), "Company Z–A"),
    "last_call": Ordering(
        "Last call, longest ago", ("last_call_at", "id"), "Last call, latest", nulls_last=True
    ),
}
VALUE_NAMES = (
    "pk",
    "first_name",
    "last_name",
    "job_title",
    "company__name",
    "lead_status",
    "phone",
    "email",
    "do_not_call",
    "last_call_at",
)
NO_CALLS = (
    '<svg class="icon is-12 warning" role="img" aria-label="Do not call"><title>Do not call</title>'
    '<use href="#i-no-calls"/></svg>'
)
STATUS_LABELS = dict(LeadStatus.choices)
MOST_TAGS = 200


def contact_rows(team: Team, values: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return a dict a contact for tuples of VALUE_NAMES; two queries, however many there are."""
    ids = [row[0] for row in values]
    tags, cells = _tags(team, ids), read_cells(team, ids)
    start, now = f"{reverse('contacts:list', args=[team.slug])}/", timezone.now()
    return [
        _row(row, start, now, team.region, tags[row[0]], cells[row[0]].get("outcome", ""))
        for row in values
    ]


def _row(
    row: tuple[Any, ...],
    start: str,
    now: dt.datetime,
    region: str,
    tags: list[tuple[str, int]],
    outcome: object,
) -> dict[str, Any]:
    pk, first, last, title, company, status, phone, email, do_not_call, last_call_at = row
    url, name, initials = f"{start}{pk}", f"{first} {last}", text.initials(first, last)
    number = escape(text.phone(phone, region)) if phone else ""
    return {
        "url": url,
        "initials": initials,
        "name": name,
        "name_cell": text.name_cell(initials, name, url),
        "title": title,
        "company": company,
        "status_tag": text.status_tag(status, STATUS_LABELS[status]),
        "phone_cell": SafeString(f"{number}{NO_CALLS}" if do_not_call else number),
        "email": email,
        "tag_list": text.tag_list(tags),
        "last_call_cell": last_call_cell(outcome, last_call_at, now),
    }


def last_call_cell(outcome: object, moment: dt.datetime | None, now: dt.datetime) -> SafeString:
    """Return what came of a contact's last call (markup, or nothing), and when that was."""
    return SafeString(f"{outcome}{text.time_tag(moment, now)}")


def _tags(
    team: Team, contact_ids: Sequence[uuid.UUID]
) -> defaultdict[uuid.UUID, list[tuple[str, int]]]:
    """Return the (name, colour) of each contact's tags, by name."""
    tags: defaultdict[uuid.UUID, list[tuple[str, int]]] = defaultdict(list)
    for contact_id, name, color in _TAGS.rows(team.pk, contact_ids):
        tags[contact_id].append((name, color))
    return tags


def _links(team_id: Any, contact_ids: Any) -> QuerySet[ContactTag, Any]:
    links = ContactTag.objects.filter(team=team_id, contact__any=contact_ids)
    return links.order_by("tag__name").values_list("contact_id", "tag__name", "tag__color")


_TAGS = Statement(_links, models.UUIDField(), IdsField())


def tag_names(team: Team) -> list[str]:
    """Return the names of the team's tags to choose from, by name."""
    return [row[0] for row in _TAG_NAMES.rows(team.pk)]


def _tag_names(team_id: Any) -> QuerySet[Tag, Any]:
    return Tag.objects.filter(team=team_id).values_list("name")[:MOST_TAGS]


_TAG_NAMES = Statement(_tag_names, models.UUIDField())
