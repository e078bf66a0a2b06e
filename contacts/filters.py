"""Which contacts a list shows: read strictly by the API, leniently by the pages."""

from contacts.models import ContactQuerySet, LeadStatus
from crm.api.filters import (
    ChoiceFilter,
    FilterSet,
    IdFilter,
    SearchFilter,
    TextFilter,
    TimeFilter,
    TrueFalseFilter,
)


def _with_phone(contacts: ContactQuerySet, _name: str, has: bool) -> ContactQuerySet:
    return contacts.with_phone(has)


def _tagged(contacts: ContactQuerySet, _name: str, tag: str) -> ContactQuerySet:
    return contacts.tagged(tag)


class ContactFilterSet(FilterSet):
    """`search`, `leadStatus`, `companyId`, `hasPhone`, `doNotCall`, `tag` and the rest."""

    indexed = {("-created_at", "-id"): ({"leadStatus"}, {"leadStatus", "hasPhone"})}

    search = SearchFilter(help_text="Every word must occur in name, email or a phone number.")
    lead_status = ChoiceFilter(choices=LeadStatus.choices, label="Status")
    company_id = IdFilter(label="Company")
    has_phone = TrueFalseFilter(
        method=_with_phone, label="Has phone", help_text="Looks at both numbers."
    )
    do_not_call = TrueFalseFilter(label="Do not call")
    tag = TextFilter(method=_tagged, max_length=50, label="Tag", help_text="In any case.")
    source = TextFilter(max_length=100, label="Lead source", help_text="Exactly this text.")
    external_id = TextFilter(max_length=200, label="External ID")
    created_after = TimeFilter("created_at", "gt", label="Created after")
    updated_after = TimeFilter("updated_at", "gt", label="Updated after")
    last_call_after = TimeFilter("last_call_at", "gt", label="Last call after")
