"""Which calls a list shows: read strictly by the API, leniently by the pages."""

from calls.models import CallQuerySet, CallStatus, Direction, Outcome
from crm.api.filters import (
    ChoiceFilter,
    FilterSet,
    IdFilter,
    SearchFilter,
    TextFilter,
    TimeFilter,
    TrueFalseFilter,
)


def _unmatched(calls: CallQuerySet, _name: str, is_unmatched: bool) -> CallQuerySet:
    return calls.unmatched(is_unmatched)


class CallFilterSet(FilterSet):
    """`contactId`, `companyId`, `direction`, `status`, `outcome`, `unmatched` and the rest."""

    search = SearchFilter(
        help_text="Every word must occur in the summary, the transcript, a number, "
        "or the assistant's or contact's name."
    )
    contact_id = IdFilter(label="Contact")
    company_id = IdFilter("contact__company_id", label="Company")
    direction = ChoiceFilter(choices=Direction.choices, label="Direction")
    status = ChoiceFilter(choices=CallStatus.choices, label="Status")
    outcome = ChoiceFilter(choices=Outcome.choices, label="Outcome")
    started_after = TimeFilter("started_or_created_at", "gt", label="Started after")
    started_before = TimeFilter("started_or_created_at", "lt", label="Started before")
    provider_call_id = TextFilter(max_length=200, label="Provider's call ID")
    unmatched = TrueFalseFilter(
        method=_unmatched, label="Without a contact", help_text="`true`: calls of no contact yet."
    )
