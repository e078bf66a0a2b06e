"""What a contact looks like to programs: in lists, details and the answers to a change."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, QuerySet

from contacts.models import ContactTag
from crm.queries.lookups import IdsField, TextsOf
from crm.queries.statements import Statement
from crm.records.representation import Representation

COLUMNS = (
    "id",
    "team_id",
    "company_id",
    "company__name",
    "first_name",
    "last_name",
    "job_title",
    "email",
    "phone",
    "phone_secondary",
    "lead_status",
    "source",
    "timezone",
    "preferred_contact_method",
    "do_not_call",
    "notes",
    "external_id",
    "last_call_at",
    "created_at",
    "updated_at",
    "custom_fields",
)


def _show(row: Sequence[Any], tags: Sequence[str]) -> dict[str, Any]:
    return {
        "id": row[0],
        "teamId": row[1],
        "companyId": row[2],
        "company": {"id": row[2], "name": row[3]},
        "firstName": row[4],
        "lastName": row[5],
        "jobTitle": row[6],
        "email": row[7],
        "phone": row[8],
        "phoneSecondary": row[9],
        "leadStatus": row[10],
        "source": row[11],
        "timezone": row[12],
        "preferredContactMethod": row[13],
        "doNotCall": row[14],
        "notes": row[15],
        "tags": tags,
        "customFields": row[20],
        "externalId": row[16],
        "lastCallAt": row[17],
        "createdAt": row[18],
        "updatedAt": row[19],
    }


def _find_tags(
    team_id: uuid.UUID, contact_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, list[str]]:
    tags: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
    for contact_id, name in _TAGS.rows(team_id, contact_ids):
        tags[contact_id].append(name)
    return tags


def _tags(team_id: Any, contact_ids: Any) -> QuerySet[ContactTag, Any]:
    links = ContactTag.objects.filter(team_id=team_id, contact__any=contact_ids)
    return links.order_by("tag__name").values_list("contact_id", "tag__name")


_TAGS = Statement(_tags, models.UUIDField(), IdsField())

_TAGS_OF_ROW = TextsOf(
    ContactTag.objects.filter(team_id=OuterRef("team_id"), contact_id=OuterRef("pk"))
    .order_by("tag__name")
    .values(text=F("tag__name"))
)

CONTACT: Representation[Sequence[str]] = Representation(
    columns=COLUMNS,
    show=_show,
    find_extras=_find_tags,
    no_extra=(),
    extra_column=_TAGS_OF_ROW,
)
