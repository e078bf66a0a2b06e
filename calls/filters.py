"""Which calls a list shows: read strictly by the API, leniently by the pages."""

import datetime as dt

from django.db import models
from django.utils import timezone

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


class Period(models.TextChoices):
    """Spans of days that people ask for, counted in the viewer's timezone."""

    TODAY = "today", "Today"
    YESTERDAY = "yesterday", "Yesterday"
    WEEK = "7d", "Last 7 days"
    MONTH = "30d", "Last 30 days"
    QUARTER = "90d", "Last 90 days"


_DAYS_BACK = {"today": 0, "yesterday": 1, "7d": 6, "30d": 29, "90d": 89}


def _in_period(calls: CallQuerySet, _name: str, period: str) -> CallQuerySet:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - dt.timedelta(days=_DAYS_BACK[period])
    calls = calls.filter(started_or_created_at__gte=start)
    return calls.filter(started_or_created_at__lt=today) if period == Period.YESTERDAY else calls


class CallPageFilterSet(CallFilterSet):
    """The API's filters, and periods as people speak of them."""

    period = ChoiceFilter(choices=Period.choices, method=_in_period, label="When")
