"""Rows of an import as a CSV: those that were rejected, to be corrected and uploaded again."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from contacts.imports.models import Import, ImportRow
from crm.records.files import stream_csv

#: A column that means nothing to the mapping, so that the file can be uploaded as it is.
REASON = "Import problem"
_CHUNK = 500


def problems(row: ImportRow) -> str:
    """Return what is wrong with a row, in sentences."""
    said = [*(row.detail("errors") or ()), *(row.detail("warnings") or ())]
    return " ".join(each["detail"] for each in said)


def stream_rows(run: Import, rows: QuerySet[ImportRow], name: str) -> StreamingHttpResponse:
    """Answer with the rows as they were in the file, each after what is wrong with it.

    The problem stands first, so that cells beyond the header stay beyond it.
    """
    return stream_csv(_lines(run, rows), name)


def _lines(run: Import, rows: QuerySet[ImportRow]) -> Iterator[Sequence[str]]:
    yield [REASON, *(column["header"] for column in run.mapping)]
    for row in rows.order_by("number").iterator(chunk_size=_CHUNK):
        yield [problems(row), *(row.detail("cells") or ())]
