"""Imports: a file of contacts, how it is read, and what became of each of its rows."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from contacts.imports.reading import Layout
from crm.history.models import Origin, key_column, user_column
from crm.history.recording import Author
from crm.jobs.models import Leased
from crm.teams.db import TeamForeignKey, TeamOwned, TeamReference, unique_in_team
from crm.teams.models import Team

HEADER_KEY_LENGTH = 200


class Status(models.TextChoices):
    """How far an import has come."""

    MAPPING = "mapping", "Columns are being chosen"
    PLANNING = "planning", "Being checked"
    REVIEWING = "reviewing", "Waits for your review"
    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


class Duplicates(models.TextChoices):
    """What is done with a row whose person is known already."""

    SKIP = "skip", "Skip the row"
    UPDATE = "update", "Update the contact"
    CREATE = "create", "Add them anyway"


class DateOrder(models.TextChoices):
    """How dates such as 04/05/2027 are written in a file."""

    AS_WRITTEN = "", "As each column shows itself"
    DAY_FIRST = "day", "Day first: 4 May"
    MONTH_FIRST = "month", "Month first: April 5"


class Outcome(models.TextChoices):
    """What becomes of a row."""

    CREATED = "created", "New"
    UPDATED = "updated", "Updated"
    SKIPPED = "skipped", "Skipped"
    REJECTED = "rejected", "Rejected"


#: What a row becomes that has a contact.
WRITTEN = (Outcome.CREATED, Outcome.UPDATED)


class Import(Leased):
    """One file and what is done with it. The file is kept until the import has ended."""

    TO_DO: ClassVar[frozenset[str]] = frozenset({Status.PLANNING, Status.RUNNING, Status.UNDOING})
    GIVEN_UP: ClassVar[str] = Status.FAILED
    #: In these its columns may be chosen, and nothing is written.
    OPEN: ClassVar[frozenset[str]] = frozenset({Status.MAPPING, Status.REVIEWING})
    #: In these it has written what it will, and may be undone.
    HAS_WRITTEN: ClassVar[frozenset[str]] = frozenset(
        {Status.FINISHED, Status.CANCELLED, Status.FAILED}
    )
    #: After these nothing is done with the file any more.
    ENDED: ClassVar[frozenset[str]] = HAS_WRITTEN | {Status.UNDONE, Status.UNDOING}

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="imports", db_index=False, editable=False
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.MAPPING, editable=False)
    file_name = models.CharField(max_length=255, editable=False)
    file_path = models.CharField(max_length=200, editable=False, blank=True)
    file_size = models.PositiveBigIntegerField(editable=False)
    layout = models.JSONField(editable=False)
    #: [{"column": 1, "header": "First Name", "field": "firstName"|null, "confidence": 0.98}];
    #: a field that is made when the import starts also has "new": its type, and then "was_new".
    mapping = models.JSONField(editable=False)
    options = models.JSONField(default=dict, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    blank = models.PositiveIntegerField(default=0, editable=False)
    #: The number of the last row that was planned, written or, counting down, undone.
    done = models.PositiveIntegerField(default=0, editable=False)
    created = models.PositiveIntegerField(default=0, editable=False)
    updated = models.PositiveIntegerField(default=0, editable=False)
    skipped = models.PositiveIntegerField(default=0, editable=False)
    rejected = models.PositiveIntegerField(default=0, editable=False)
    warned = models.PositiveIntegerField(default=0, editable=False)
    #: What undoing did with the contacts: removed those it made, put back what was changed, kept.
    removed = models.PositiveIntegerField(default=0, editable=False)
    restored = models.PositiveIntegerField(default=0, editable=False)
    kept = models.PositiveIntegerField(default=0, editable=False)
    #: What planning has noticed of the file as a whole: [{"field", "code", "detail"}].
    notices = models.JSONField(default=list, editable=False)
    #: What was found in the file: {"dates": {field: as of where its dates are read}, "choices":
    #: {field: {value: how often what was said of it was used}}}.
    found = models.JSONField(default=dict, editable=False)
    by_user = user_column()
    by_key = key_column()
    undone_by_user = user_column()
    undone_by_key = key_column()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Since when it writes, and since when it does what it does now.
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    worked_since = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["status", "knocked_at"],
                name="import_to_do",
                condition=Q(status__in=["planning", "running", "undoing"]),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("imports_import"),
            TeamReference(field="by_key", name="imports_import_by_key_fk"),
            TeamReference(field="undone_by_key", name="imports_import_undone_by_key_fk"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def author(self) -> Author:
        """Who causes what the import writes."""
        return Author(Origin.IMPORT, user=self.by_user, key_id=self.by_key_id)

    @property
    def undoer(self) -> Author:
        """Who undoes it: what a machine may not clear, this person or program decides to."""
        if self.undone_by_key_id:
            return Author(Origin.API, key_id=self.undone_by_key_id)
        return Author(Origin.MANUAL, user=self.undone_by_user)

    @property
    def is_planned(self) -> bool:
        """Whether its rows say what would be done, not what was."""
        return self.status in self.OPEN or self.status == Status.PLANNING

    @property
    def can_be_undone(self) -> bool:
        """Whether there is something to undo."""
        return self.status in self.HAS_WRITTEN and self.created + self.updated > 0

    @property
    def revision(self) -> str:
        """What tells one checking of the rows from the next."""
        return self.worked_since.isoformat() if self.worked_since else ""

    @property
    def undo_failed(self) -> bool:
        """Whether it is undoing that was given up, not the import."""
        return self.status == Status.FAILED and bool(
            self.undone_by_user_id or self.undone_by_key_id
        )

    @property
    def row_count(self) -> int:
        """How many rows there are to do: blank ones have nothing in them."""
        return self.total - self.blank

    @property
    def progress(self) -> int:
        """How much is done, of a hundred."""
        rows = self.row_count
        done = rows - self.done if self.status == Status.UNDOING else self.done
        return round(100 * done / rows) if rows else 100

    @property
    def seconds_left(self) -> int | None:
        """How long it will take yet, at the pace so far; None where that is not known."""
        if self.worked_since is None or not self.progress:
            return None
        past = (timezone.now() - self.worked_since).total_seconds()
        return round(past * (100 - self.progress) / self.progress)

    def get_layout(self) -> Layout:
        """Return how the file is read."""
        return Layout.from_json(self.layout)

    def open(self) -> Any:
        """Open the file."""
        return default_storage.open(self.file_path, "rb")

    def contact_ids(self) -> QuerySet["ImportRow", Any]:
        """Return the ids of the contacts it has created or updated, for a subquery."""
        rows = ImportRow.objects.filter(team=self.team_id, run=self.pk, outcome__in=WRITTEN)
        return rows.values("contact_id")


class Undone(models.TextChoices):
    """What undoing did with a row's contact."""

    DONE = "done", "Undone"
    CHANGED = "changed", "Kept: changed since"
    CALLED = "called", "Kept: called since"
    PARTLY = "partly", "Put back, but for what is no longer there"
    STUCK = "stuck", "Kept: it cannot be as it was"
    GONE = "gone", "Deleted since"


class ImportRow(TeamOwned):
    """What became of a row, or, before the import has run, what would.

    `details` holds what few rows have: `errors` and `warnings` as the API says them, the `cells` of
    a row that has either, and `fields` and `companyFields`: {name: [old, new]} of what was changed;
    of a planned update also the contact's `name`, of an update that was undone in part the `left`
    names of fields that could not be put back.
    """

    run = TeamForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    has_warnings = models.BooleanField(default=False)
    #: No reference: the contact may go, its row stays.
    contact_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=0)
    #: The company that the row has created or changed.
    company_id = models.UUIDField(null=True)
    company_version = models.PositiveIntegerField(default=0)
    undone = models.CharField(max_length=10, choices=Undone, blank=True)
    details = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["number"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "run", "outcome", "number"], name="importrow_by_outcome"),
            models.Index(
                fields=["team", "run", "number"],
                name="importrow_with_warnings",
                condition=Q(has_warnings=True),
            ),
            models.Index(fields=["team", "run", "contact_id"], name="importrow_by_contact"),
            models.Index(
                fields=["team", "run", "company_id"],
                name="importrow_by_company",
                condition=Q(company_id__isnull=False),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("imports_importrow"),
            models.UniqueConstraint(
                fields=["team", "run", "number"], name="imports_importrow_once"
            ),
            TeamReference(field="run", name="imports_importrow_run_fk", on_delete="CASCADE"),
        ]

    def __str__(self) -> str:
        return f"Row {self.number} ({self.outcome})"

    def detail(self, name: str) -> Any:
        """Return what `details` say under `name`, or None."""
        return (self.details or {}).get(name)


class ColumnMapping(TeamOwned):
    """What a team last took a column of this name for; `field` is empty where it was left out."""

    header_key = models.CharField(max_length=HEADER_KEY_LENGTH)
    field = models.CharField(max_length=100, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("imports_columnmapping"),
            models.UniqueConstraint(
                fields=["team", "header_key"], name="imports_columnmapping_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.header_key} → {self.field or 'left out'}"


def expiry() -> dt.datetime:
    """Return the moment before which a file was uploaded that nobody came back for."""
    return timezone.now() - dt.timedelta(days=7)


def new_path() -> str:
    """Return where a file is kept, under a name that nobody guesses."""
    return f"uploads/{uuid.uuid4().hex}.csv"
