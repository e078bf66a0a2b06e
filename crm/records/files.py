"""Files of records, as import and export read and write them: CSV, TSV and JSON.

Spreadsheets run a cell that begins like a formula (= + - @, a tab or a line break, behind spaces
too), so whatever writes a CSV or TSV puts an apostrophe before such a cell by `escape_cell`
(“+14155550182” too), and before one that begins with apostrophes and goes on like that. Whatever
reads takes one away again from just these by `unescape_cell`: every text comes back as it was.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Any, ClassVar

import tablib
from django.http import StreamingHttpResponse
from import_export.formats import base_formats

MOST_ROWS = 10_000
#: Excel reads UTF-8 only where it is marked as such.
MARK = "\ufeff"
_ROWS_SENT = 500
_FORMULA = re.compile(r"'*[\t\r\n]|['\s]*[=+\-@＝＋－＠]")


def escape_cell(text: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unescape_cell(text: str) -> str:
    """Return the cell as it was before `escape_cell`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def stream_csv(
    rows: Iterable[Sequence[str]], name: str, delimiter: str = ","
) -> StreamingHttpResponse:
    """Answer with the rows, headers first, as a CSV to keep; they are never all in memory."""
    parts = _csv_parts(rows, delimiter)
    response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv_parts(rows: Iterable[Sequence[str]], delimiter: str) -> Iterator[str]:
    start = MARK
    for some in batched(rows, _ROWS_SENT):
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=delimiter)
        writer.writerows([escape_cell(cell) for cell in row] for row in some)
        yield start + out.getvalue()
        start = ""


class UnreadableFile(Exception):
    """The file is no table that can be imported; the text says why, to people."""


class Table:
    """Reads a file's text into rows under headers, or says in words why it cannot."""

    def create_dataset(self, in_stream: bytes | str) -> tablib.Dataset:
        """Return the file's rows; raises UnreadableFile."""
        try:
            text = in_stream if isinstance(in_stream, str) else in_stream.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UnreadableFile("The file is not in UTF-8. Save it as UTF-8 first.") from error
        headers, rows = self.read(text)
        if len(rows) > MOST_ROWS:
            message = f"The file has {len(rows):,} rows; at most {MOST_ROWS:,} go at a time."
            raise UnreadableFile(message)
        return tablib.Dataset(*rows, headers=[as_header(header) for header in headers])

    def read(self, text: str) -> tuple[list[str], list[list[Any]]]:
        """Return the headers and the rows that are not blank; raises UnreadableFile."""
        raise NotImplementedError


def as_header(text: object) -> str:
    """Return a column's name as we write it: “First name” is `first_name`."""
    return "_".join(str(text).casefold().split())


class _Separated(Table):
    delimiter: ClassVar[str]

    def read(self, text: str) -> tuple[list[str], list[list[Any]]]:
        """Return the headers and the rows that are not blank; raises UnreadableFile."""
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True)
        try:
            headers, *rows = [[unescape_cell(cell) for cell in line] for line in lines] or [[]]
        except csv.Error as error:
            message = f"The file cannot be read as a table from line {lines.line_num} on: {error}."
            raise UnreadableFile(message) from error
        rows = [row for row in rows if any(row)]
        for number, row in enumerate(rows, 1):
            if len(row) != len(headers):
                message = f"Row {number} has {len(row)} cells under {len(headers)} headers."
                raise UnreadableFile(message)
        return headers, rows

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> str:
        """Return the file's text, marked as UTF-8."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self.delimiter)
        writer.writerow([escape_cell(header) for header in dataset.headers])
        writer.writerows([escape_cell(str(cell)) for cell in row] for row in dataset)
        return f"{MARK}{out.getvalue()}"


class CSV(_Separated, base_formats.CSV):
    """Commas between cells."""

    delimiter = ","


class TSV(_Separated, base_formats.TSV):
    """Tabs between cells."""

    delimiter = "\t"


class JSON(Table, base_formats.JSON):
    """A list of objects, all with the same keys."""

    def read(self, text: str) -> tuple[list[str], list[list[Any]]]:
        """Return the headers and the rows; raises UnreadableFile."""
        try:
            rows = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UnreadableFile(f"The file is not JSON: {error}.") from error
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnreadableFile("The file is not a list of objects.")
        headers = list(rows[0]) if rows else []
        for number, row in enumerate(rows, 1):
            if row.keys() != set(headers):
                raise UnreadableFile(f"Object {number} has other keys than the first.")
        return headers, [[row[header] for header in headers] for row in rows]


FORMATS = [CSV, TSV, JSON]
