"""The versions by which imports know again what they have left."""

import uuid
from collections.abc import Mapping, Sequence

from contacts.imports.models import Import, ImportRow
from contacts.imports.operations import set_versions
from crm.records.models import Record

#: The column of a row that says in which version it has left which kind of record.
_VERSIONS = {"contact": "version", "company": "company_version"}


def shift_versions(
    run: Import,
    kind: str,
    restored: Sequence[Record],
    of_record: Mapping[uuid.UUID, Sequence[ImportRow]],
) -> None:
    """Let earlier imports find what they have left, where it is as it was before this one.

    Else nothing of them could be undone once a later import was. `kind` is contact or company.
    """
    key, version = f"{kind}_id", _VERSIONS[kind]
    earlier = run.team.imports.filter(
        status__in=Import.HAS_WRITTEN, started_at__lt=run.started_at
    ).values_list("pk", flat=True)
    by: dict[uuid.UUID, tuple[int, int]] = {}
    for record in restored:
        versions = {getattr(row, version) for row in of_record[record.pk]}
        before = min(versions) - 1
        # Where somebody wrote between two rows of the import, it is not as it was before.
        if max(versions) - before == len(versions):
            by[record.pk] = before, record.version - before
    moved = []
    if runs := list(earlier) if by else []:
        rows = ImportRow.objects.filter(
            **{f"{key}__in": list(by), f"{version}__gt": 0}, team=run.team_id, run__in=runs
        )
        for row in rows.defer("details"):
            before, more = by[getattr(row, key)]
            if getattr(row, version) <= before:
                setattr(row, version, getattr(row, version) + more)
                moved.append(row)
    set_versions(moved)
