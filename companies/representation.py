"""What a company looks like to programs: in lists, details and the answers to a change."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count

from companies.models import Company
from crm.records.representation import Representation

COLUMNS = (
    "id",
    "team_id",
    "name",
    "website",
    "industry",
    "company_size",
    "phone",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "postal_code",
    "country",
    "notes",
    "external_id",
    "created_at",
    "updated_at",
    "custom_fields",
)


def _show(row: Sequence[Any], contact_count: int) -> dict[str, Any]:
    return {
        "id": row[0],
        "teamId": row[1],
        "name": row[2],
        "website": row[3],
        "industry": row[4],
        "companySize": row[5],
        "phone": row[6],
        "addressLine1": row[7],
        "addressLine2": row[8],
        "city": row[9],
        "state": row[10],
        "postalCode": row[11],
        "country": row[12],
        "notes": row[13],
        "customFields": row[17],
        "externalId": row[14],
        "contactCount": contact_count,
        "createdAt": row[15],
        "updatedAt": row[16],
    }


def _count_contacts(
    team_id: uuid.UUID, company_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, int]:
    companies = Company.objects.filter(team_id=team_id, pk__in=list(company_ids))
    return dict(companies.order_by().annotate(people=Count("contacts")).values_list("pk", "people"))


COMPANY: Representation[int] = Representation(
    columns=COLUMNS, show=_show, find_extras=_count_contacts, no_extra=0
)
