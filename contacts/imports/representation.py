"""What an import and its rows look like to programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from contacts.imports.models import Import, ImportRow, Outcome, Status
from crm.api.naming import camel
from crm.records.models import CUSTOM

LISTED = 1000

#: How the API calls where an import stands: what is worked on is `running`.
STATUSES = {
    Status.MAPPING: "reviewing",
    Status.PLANNING: "running",
    Status.REVIEWING: "reviewing",
    Status.RUNNING: "running",
    Status.UNDOING: "running",
}
COLUMN = ("column", "header", "field", "confidence")
COUNTS = ("total", "created", "updated", "skipped", "rejected", "blank")


def show_summary(run: Import) -> dict[str, Any]:
    """Return an import without its rows and columns."""
    return {
        "id": run.pk,
        "teamId": run.team_id,
        "status": STATUSES.get(Status(run.status), run.status),
        "fileName": run.file_name,
        "progress": run.progress,
        **{name: getattr(run, name) for name in COUNTS},
        "removed": run.removed,
        "restored": run.restored,
        "kept": run.kept,
        "createdAt": run.created_at,
        "endedAt": run.ended_at,
    }


def show_import(run: Import) -> dict[str, Any]:
    """Return an import with its columns and the first of its rows that need a look."""
    layout = run.get_layout()
    rows = run.rows.filter(team=run.team_id)
    rejected = rows.filter(outcome=Outcome.REJECTED).order_by("number")[:LISTED]
    warned = rows.filter(has_warnings=True).order_by("number")[:LISTED]
    return {
        **show_summary(run),
        "headerRow": layout.header_row if layout.has_header else 0,
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "mapping": [{name: column[name] for name in COLUMN} for column in run.mapping],
        "notices": run.notices,
        "rejectedRows": [
            {"row": row.number, "line": row.line, "errors": row.detail("errors") or []}
            for row in rejected
        ],
        "warnings": list(_warnings(warned))[:LISTED],
    }


def _warnings(rows: Iterable[ImportRow]) -> Iterable[dict[str, Any]]:
    for row in rows:
        for warning in row.detail("warnings") or ():
            yield {"row": row.number, "line": row.line, **warning}


def show_rows(rows: Sequence[ImportRow]) -> list[dict[str, Any]]:
    """Return rows with all that is known of each."""
    return [
        {
            "row": row.number,
            "line": row.line,
            "outcome": row.outcome,
            "contactId": row.contact_id,
            "errors": row.detail("errors") or [],
            "warnings": row.detail("warnings") or [],
            "reason": row.detail("reason"),
            "changes": {
                _api_name(name): change for name, change in (row.detail("fields") or {}).items()
            },
            "undone": row.undone or None,
        }
        for row in rows
    ]


def _api_name(name: str) -> str:
    is_own = name.startswith(CUSTOM)
    return f"customFields.{name.removeprefix(CUSTOM)}" if is_own else camel(name)


def rows_of(run: Import) -> QuerySet[ImportRow]:
    """Return the import's rows, the blank ones aside."""
    return run.rows.filter(team=run.team_id)
