"""The history of one record: the last section of its panel, a page of its own, and restoring."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views import View

from crm.api.values import read_uuid
from crm.history.models import Change
from crm.history.reading import Past, before, changes_of, read
from crm.history.recording import Author
from crm.records.history.entries import Entry, make_entries
from crm.records.history.restoring import NotRestored, Others, can_restore, restore
from crm.records.models import Record
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.htmx import render_either, wants_partial

IN_PANEL = 10
ON_PAGE = 50


@dataclasses.dataclass(frozen=True, slots=True)
class History:
    """What `history/_section.html` shows: the newest entries, and the way to those before them.

    `url` is the history's own address, `version` the record's that the reader sees.
    """

    entries: Sequence[Entry]
    has_more: bool
    url: str
    record: Record

    @property
    def version(self) -> int:
        """The version of the record that the reader sees."""
        return self.record.version

    @property
    def asked(self) -> str:
        """What the audit log's address says for all of this record."""
        return f"record={self.record._meta.model_name}-{self.record.pk}"


def get_history(
    record: Record,
    url: str,
    others: Others | None,
    *,
    after: Change | None = None,
    most: int = IN_PANEL,
) -> History:
    """Return the newest changes of the record, or those that follow `after`.

    `others` are the present values of its fields that are no columns; None for a record to which
    nothing is restored.
    """
    changes = _changes(record)
    past = read(before(changes, after) if after else changes, most + 1)
    return History(_entries(record, others, past[:most]), len(past) > most, url, record)


def _changes(record: Record) -> Any:
    return changes_of(record.team, record._meta.model_name or "", record.pk)


def _entries(record: Record, others: Others | None, past: Sequence[Past]) -> list[Entry]:
    if others is None:
        return make_entries(record.team, past)

    def is_restorable(field: Any, value: Any) -> bool:
        return can_restore(record, others, field, value)

    return make_entries(record.team, past, is_restorable=is_restorable)


class RecordMixin(TeamMixin):
    """An address under a record's; a subclass says which record, and what writes it."""

    kwargs: dict[str, Any]

    def get_record(self) -> Record:
        """Return the team's record; raises Http404."""
        raise NotImplementedError

    def get_others(self, record: Any) -> Others | None:
        """Return the present values of the record's fields that are no columns.

        None for a record to which nothing is restored.
        """
        return {}

    def get_record_url(self, record: Any) -> str:
        """Return the record's own address."""
        raise NotImplementedError

    def get_history_url(self, record: Any) -> str:
        """Return the address of the record's history."""
        raise NotImplementedError

    def write(self, record: Any, others: Others, by: Author) -> object:
        """Write the record by its operation, with values of fields that are no columns."""
        raise NotImplementedError


class RecordHistory(RecordMixin, View):
    """GET what happened to a record, newest first; `after` (a change's id) asks for the older."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the section or with more entries alone for the panel, else with a page."""
        record = self.get_record()
        after = self._after(record)
        history = get_history(
            record,
            self.get_history_url(record),
            self.get_others(record),
            after=after,
            most=IN_PANEL if wants_partial(request) else ON_PAGE,
        )
        part = "history/_entries.html" if after else "history/_section.html"
        context = {"history": history, "record_url": self.get_record_url(record), "after": after}
        return render_either(request, "history/page.html", part, context)

    def _after(self, record: Record) -> Change | None:
        if "after" not in self.request.GET:
            return None
        try:
            change_id = read_uuid(self.request.GET["after"])
        except ValueError as error:
            raise Http404("This is no change's id.") from error
        return get_object_or_404(_changes(record), pk=change_id)


class RestoreValue(RecordMixin, View):
    """Gives a field of the record the value it had before a change."""

    needs = Right.WRITE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Restore the value of `field`, say what became of it, and show the record again."""
        record = self.get_record()
        change: Change = get_object_or_404(_changes(record), pk=self.kwargs["change_id"])
        by = Author.person(request.user)
        try:
            said = restore(
                record,
                change,
                request.POST.get("field", ""),
                seen=request.POST.get("version", ""),
                others=self.get_others(record) or {},
                write=lambda others: self.write(record, others, by),
            )
        except NotRestored as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said)
        return redirect(self.get_record_url(record))
