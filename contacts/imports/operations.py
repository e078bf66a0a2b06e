"""The one writer of imports themselves: uploading, mapping, starting, cancelling, undoing.

What an import writes of contacts goes through `contacts.operations`, like everything else.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from contacts.imports.given_back import is_given_back
from contacts.imports.mapping import remembering
from contacts.imports.mapping.fields import new_fields
from contacts.imports.models import ColumnMapping, Import, ImportRow, Status, expiry, new_path
from contacts.imports.options import Options, Taken
from contacts.imports.reading import Layout
from crm.history.models import Origin
from crm.history.recording import Author
from crm.jobs.operations import renew
from crm.jobs.reaper import knock
from crm.queries.inserting import insert_many
from crm.records.catalog import active_custom_fields
from crm.records.models import CustomField, EntityType
from crm.records.operations import save_custom_fields
from crm.teams.models import Team

NO_ROWS = dict.fromkeys(("done", "created", "updated", "skipped", "rejected", "warned", "kept"), 0)


class NotNow(Exception):
    """As the import stands, that cannot be done with it; the text says why, to people."""

    def __init__(
        self, message: str = "Somebody else has gone on with this import meanwhile."
    ) -> None:
        super().__init__(message)


def create_import(
    team: Team,
    file: File[bytes],
    *,
    by: Author,
    layout: Layout,
    rows: tuple[int, int],
    taken: Taken,
) -> Import:
    """Keep a file that can be read; `rows` are how many it has, and how many of them are blank."""
    discard_forgotten(team)
    file.seek(0)
    run = Import(
        team=team,
        file_name=shown_name(file.name),
        file_path=default_storage.save(new_path(), file),
        file_size=file.size,
        layout=layout.as_json(),
        mapping=list(taken.mapping),
        options=taken.options.as_json(),
        notices=list(taken.notices),
        total=rows[0],
        blank=rows[1],
        by_user=by.user,
        by_key_id=by.key_id,
    )
    run.save(force_insert=True)
    return run


def shown_name(name: str | None) -> str:
    """Return a file's name without its folders, and without what would only confuse."""
    bare = (name or "").replace("\\", "/").rpartition("/")[2]
    visible = "".join(char for char in bare if char.isprintable())
    return visible[:200] or "contacts.csv"


def set_reading(
    run: Import, *, layout: Layout, rows: tuple[int, int], mapping: Any, options: Options
) -> None:
    """Read the file otherwise than it was guessed."""
    _change(run, Import.OPEN, layout=layout.as_json(), total=rows[0],
            blank=rows[1], mapping=list(mapping), options=options.as_json(),
            status=Status.MAPPING)  # fmt: skip


def set_mapping(run: Import, mapping: Sequence[Mapping[str, Any]], options: Options) -> None:
    """Take what was chosen at the mapping."""
    _change(run, Import.OPEN, mapping=list(mapping), options=options.as_json(),
            status=Status.MAPPING)  # fmt: skip


def start_planning(run: Import, *, in_background: bool = True) -> None:
    """Look at every row, writing nothing."""
    _start(run, Import.OPEN, Status.PLANNING, in_background=in_background)


def start_running(run: Import, *, from_: Iterable[str] = (Status.REVIEWING,)) -> None:
    """Import the rows; the team's choices are remembered for its next file.

    The fields that its columns become are made now; raises ValidationError where one cannot be.
    """
    with transaction.atomic():
        # Whoever comes second finds it started, before any field is made twice.
        _start(run, from_, Status.RUNNING, started_at=timezone.now())
        if fields := new_fields(run.team, run.mapping):
            _make(fields, by=run.author)
            plain = [
                {**column, "new": "", "was_new": bool(column.get("new"))} for column in run.mapping
            ]
            _change(run, (Status.RUNNING,), mapping=plain)
        remember(run.team, run.mapping)


def _make(fields: Sequence[CustomField], *, by: Author) -> None:
    """Add the fields that somebody else has not added meanwhile."""
    active = active_custom_fields(fields[0].team_id, EntityType.CONTACT)
    known = {field.key: field for field in active}
    for field in fields:
        there = known.get(field.key)
        if there and there.field_type != field.field_type:
            message = (
                f"Somebody has made the field “{there.label}” meanwhile, of another type: "
                f"{there.get_field_type_display().lower()}. Go back to the columns and review the "
                "rows again."
            )
            raise ValidationError(message, code="changed")
    if missing := [field for field in fields if field.key not in known]:
        save_custom_fields(missing, by=by)


def stop_planning(run: Import) -> None:
    """Go back to the columns; nothing is lost."""
    _change(run, (Status.PLANNING,), status=Status.MAPPING, lease=None, leased_until=None)


def cancel(run: Import) -> None:
    """Stop writing; what is written stays, and can be undone."""
    _change(run, (Status.RUNNING,), status=Status.CANCELLED, lease=None, leased_until=None,
            ended_at=timezone.now())  # fmt: skip
    discard_file(run)


def start_undo(run: Import, *, by: Author) -> None:
    """Take back what the import has written, except what was touched since."""
    if not run.can_be_undone:
        raise NotNow(_why_not(run))
    key_id = by.key_id if by.origin == Origin.API else None
    counts = {name: getattr(run, name) for name in NO_ROWS if name != "kept"}
    with transaction.atomic():
        _start(
            run,
            Import.HAS_WRITTEN,
            Status.UNDOING,
            undone_by_user=by.user,
            undone_by_key_id=key_id,
            **counts,
        )
        forget(run)


def _why_not(run: Import) -> str:
    match run.status:
        case Status.UNDONE | Status.UNDOING:
            return "This import is undone already."
        case status if status in Import.HAS_WRITTEN:
            return "This import has written nothing that could be undone."
    return "This import has not ended yet."


def _start(
    run: Import, from_: Iterable[str], status: str, *, in_background: bool = True, **values: Any
) -> None:
    with transaction.atomic():
        _change(
            run,
            from_,
            **{
                **NO_ROWS,
                "status": status,
                "worked_since": timezone.now(),
                "ended_at": None,
                "attempts": 0,
                "not_before": None,
                "last_error": "",
                "knocked_at": timezone.now(),
                **values,
            },
        )
        if in_background:
            knock(run)


def _change(run: Import, from_: Iterable[str], **values: Any) -> None:
    """Change the import where it still stands as one thinks; raises NotNow."""
    rows = Import.objects.filter(
        pk=run.pk, team=run.team_id, status__in=list(from_), worked_since=run.worked_since
    )
    if not rows.update(**values):
        raise NotNow
    for name, value in values.items():
        setattr(run, name, value)


def discard(run: Import) -> None:
    """Forget a file that was not imported; raises NotNow."""
    with transaction.atomic():
        _change(run, Import.OPEN, status=Status.CANCELLED)
        run.delete()
    discard_file(run)


def discard_file(run: Import) -> None:
    """Throw the file away: it is other people's data, and of no more use."""
    if run.file_path:
        default_storage.delete(run.file_path)


def discard_forgotten(team: Team) -> None:
    """Throw away files that nobody came back for."""
    waiting = team.imports.filter(status__in=Import.OPEN)
    for run in waiting.filter(created_at__lt=expiry()):
        discard(run)


def write_rows(rows: Sequence[ImportRow]) -> None:
    """Keep what became of some rows, in the caller's transaction."""
    insert_many(rows)


def clear_rows(run: Import) -> None:
    """Forget what was said of the rows, some thousand at a time, keeping the lease meanwhile."""
    rows = ImportRow.objects.filter(team=run.team_id, run=run.pk)
    while ids := list(rows.values_list("pk", flat=True)[:5000]):
        with transaction.atomic():
            renew(run)
            rows.filter(pk__in=ids).delete()


def mark_undone(rows: Iterable[ImportRow], said: str) -> None:
    """Note what undoing did with these rows."""
    chosen = list(rows)
    if chosen:
        ids = [row.pk for row in chosen]
        ImportRow.objects.filter(team=chosen[0].team_id, pk__in=ids).update(undone=said)


def note_left(rows: Iterable[ImportRow], left: Mapping[uuid.UUID, Iterable[str]]) -> None:
    """Note in each contact's row which fields undoing could not put back."""
    noted = [row for row in rows if row.contact_id in left]
    for row in noted:
        assert row.contact_id
        row.details = {**(row.details or {}), "left": sorted(left[row.contact_id])}
    ImportRow.objects.bulk_update(noted, ["details"])


def set_versions(rows: Sequence[ImportRow]) -> None:
    """Keep in which version these rows have left their contact and company."""
    ImportRow.objects.bulk_update(rows, ["version", "company_version"])


def remember(team: Team, mapping: Sequence[Mapping[str, Any]]) -> None:
    """Remember what the team has taken the columns for; of two alike the first counts."""
    chosen: dict[str, str] = {}
    for column in mapping:
        key = remembering.header_key(column["header"])
        if key and not is_given_back(column["header"]):
            chosen.setdefault(key, column["field"] or "")
    now = timezone.now()
    ColumnMapping.objects.bulk_create(
        [
            ColumnMapping(team=team, header_key=key, field=field, updated_at=now)
            for key, field in chosen.items()
        ],
        update_conflicts=True,
        unique_fields=["team", "header_key"],
        update_fields=["field", "updated_at"],
        batch_size=1000,
    )


def forget(run: Import) -> None:
    """Forget what the import's columns were taken for: who undoes it may have chosen wrongly."""
    fields = {remembering.header_key(each["header"]): each["field"] or "" for each in run.mapping}
    known = ColumnMapping.objects.filter(team=run.team_id, header_key__any=set(fields))
    since = known.filter(updated_at__gte=run.started_at)
    wrong = [pk for pk, key, field in since.values_list("pk", "header_key", "field")
             if fields[key] == field]  # fmt: skip
    ColumnMapping.objects.filter(team=run.team_id, pk__in=wrong).delete()


def recall(team_id: uuid.UUID, headers: Iterable[str]) -> dict[str, str]:
    """Return what the team last took columns of these names for, by the name's key."""
    keys = {remembering.header_key(header) for header in headers} - {""}
    if len(keys) > 1000:
        return {}
    known = ColumnMapping.objects.filter(team=team_id, header_key__in=keys)
    return dict(known.values_list("header_key", "field"))
