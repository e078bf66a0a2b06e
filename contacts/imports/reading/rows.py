"""The rows of a file, one at a time."""

import csv
import dataclasses
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from contacts.imports.reading.refusals import Unreadable
from crm.normalize import NormalizeError, clean_line

if TYPE_CHECKING:
    from contacts.imports.reading.layout import Layout

#: Longer than this, a cell is not one: a quotation mark was opened and never closed.
LONGEST_CELL = 4 * 2**20
MOST_ROWS = 500_000
MOST_COLUMNS = 20_000
_SHORT = 200
_LOOKED_AT = 200

# Python's own limit of 131,072 is shorter than a note may be; it holds for the whole process.
csv.field_size_limit(LONGEST_CELL)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A row of data: its number among those that are not blank, its line in the file, its cells."""

    number: int
    line: int
    cells: list[str]
    #: Whether the file ended inside quotation marks.
    is_open: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it; such a row has the number of the one before."""
        return not self.cells


class _Lines:
    """Lines that know whether they have ended: a reader asks for one more only inside a cell."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        yield from self.lines
        self.ended = True


def decoded_lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Return the file's lines with their ends, whatever these are; raises Unreadable."""
    file.seek(0)
    text = io.TextIOWrapper(_Unclosed(file), encoding=encoding, newline="")  # type: ignore[type-var]
    number = 0
    try:
        for number, line in enumerate(text, 1):
            yield line.lstrip("\ufeff") if number == 1 else line
    except UnicodeError as error:
        message = f"The file cannot be read as {encoding.upper()} after line {number:,}."
        raise Unreadable(message) from error
    finally:
        text.detach()


class _Unclosed(io.RawIOBase):
    """A file for a wrapper that would close it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def read_records(lines: Iterator[str], layout: "Layout") -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it begins on; one that the file's end cut off has line -n."""
    watched = _Lines(lines)
    reader = csv.reader(
        iter(watched),
        delimiter=layout.delimiter,
        quotechar=layout.quote,
        skipinitialspace=layout.skips_space,
    )
    line = 1
    try:
        for record in reader:
            # The reader asks for the next line before it gives a record only inside quotes.
            yield (-line if watched.ended else line), record
            line = reader.line_num + 1
    except csv.Error as error:
        message = (
            f"The cell that begins on line {line:,} does not end. A quotation mark there is opened "
            "and never closed."
        )
        raise Unreadable(message) from error


def read_table(file: BinaryIO, layout: "Layout") -> tuple[list[str], Iterator[Row]]:
    """Return the header and the rows below it, the blank ones too; raises Unreadable.

    Columns of a file without a header are called "".
    """
    records = read_records(decoded_lines(file, layout.encoding), layout)
    for line, record in records:
        if abs(line) < layout.header_row:
            continue
        if layout.has_header:
            return _headers(record), _rows(records)
        # The first row may be shorter than others.
        first = [(line, record), *itertools.islice(records, _LOOKED_AT)]
        width = max(len(each) for _line, each in first)
        return _headers([""] * width), _rows(itertools.chain(first, records))
    raise Unreadable(f"The file has no line {layout.header_row:,} for a header.")


def _headers(record: Sequence[str]) -> list[str]:
    if len(record) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(record):,} columns; at most {MOST_COLUMNS:,} go.")
    return [_visible(cell) for cell in record]


def _visible(cell: str) -> str:
    try:
        return clean_line(cell.replace("\x00", ""))
    except NormalizeError:
        return ""


def _rows(records: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    number = 0
    for line, record in records:
        if is_blank(record):
            yield Row(number, abs(line), [])
        else:
            number += 1
            yield Row(number, abs(line), record, is_open=line < 0)


def is_blank(record: Sequence[str]) -> bool:
    """Return whether nobody would see anything in the record."""
    for cell in record:
        if not cell or cell.isspace():
            continue
        if len(cell) > _SHORT or cell.isprintable() or _visible(cell) or "\x00" in cell:
            return False
    return True
