"""Rows of an import as a CSV: those that were rejected, to be corrected and uploaded again."""

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from contacts.imports.models import Import, ImportRow
from crm.records.files import escape_cell

#: A column that means nothing to the mapping, so that the file can be uploaded as it is.
REASON = "Import problem"
_CHUNK = 500


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def problems(row: ImportRow) -> str:
    """Return what is wrong with a row, in sentences."""
    said = [*(row.detail("errors") or ()), *(row.detail("warnings") or ())]
    return " ".join(each["detail"] for each in said)


def stream_rows(run: Import, rows: QuerySet[ImportRow], name: str) -> StreamingHttpResponse:
    """Answer with the rows as they were in the file, each after what is wrong with it.

    The problem stands first, so that cells beyond the header stay beyond it.
    """
    response = StreamingHttpResponse(_lines(run, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(run: Import, rows: QuerySet[ImportRow]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    headers = [column["header"] for column in run.mapping]
    # Excel reads UTF-8 only where it is marked as such.
    yield "\ufeff" + writer.writerow(_escaped([REASON, *headers]))
    for row in rows.order_by("number").iterator(chunk_size=_CHUNK):
        yield writer.writerow(_escaped([problems(row), *(row.detail("cells") or ())]))


def _escaped(cells: Sequence[str]) -> list[str]:
    return [escape_cell(cell) for cell in cells]
