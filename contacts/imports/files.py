"""Rows of an import as a CSV: those that were rejected, to be corrected and uploaded again."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from contacts.imports.given_back import header_of, is_given_back, row_label
from contacts.imports.models import Import, ImportRow, Outcome
from contacts.imports.reading.layout import nameless
from crm.records.files import stream_csv

_CHUNK = 500


def problems(row: ImportRow) -> str:
    """Return what is wrong with a row, in sentences."""
    said = [*(row.detail("errors") or ()), *(row.detail("warnings") or ())]
    return " ".join(each["detail"] for each in said)


def stream_rows(run: Import, *, warned: bool = False) -> StreamingHttpResponse:
    """Answer with the rejected rows as they were in the file, or with those that have warnings.

    What is wrong stands first, so that cells beyond the header stay beyond it; the delimiter is the
    file's own, which its owner's spreadsheet reads.
    """
    rows = run.rows.filter(team=run.team_id)
    chosen = rows.filter(has_warnings=True) if warned else rows.filter(outcome=Outcome.REJECTED)
    name = "warnings.csv" if warned else "rejected.csv"
    start = first_own_column(run)
    header = [header_of(run, warned=warned), *_names(run)[start:]]
    return stream_csv(_lines(header, chosen, start), name, run.get_layout().delimiter)


def first_own_column(run: Import) -> int:
    """Return the place of the first column that is not what was wrong with the rows before."""
    return int(bool(run.mapping) and is_given_back(run.mapping[0]["header"]))


def _names(run: Import) -> list[str]:
    if any(column["header"] for column in run.mapping):
        return [column["header"] for column in run.mapping]
    return [nameless(number) for number in range(1, len(run.mapping) + 1)]


def _lines(header: Sequence[str], rows: QuerySet[ImportRow], start: int) -> Iterator[Sequence[str]]:
    yield header
    for row in rows.order_by("number").iterator(chunk_size=_CHUNK):
        yield [f"{row_label(row.number)} {problems(row)}", *(row.detail("cells") or ())[start:]]
