"""What a file turns out to be: its encoding, how its cells are told apart, where its header is."""

import csv
import dataclasses
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from contacts.imports.reading.cells import is_email, is_phone
from contacts.imports.reading.encoding import ENCODINGS, find_encoding
from contacts.imports.reading.refusals import (
    Unreadable,
    refuse_binary,
    refuse_other_kinds,
    refuse_other_texts,
)
from contacts.imports.reading.rows import decoded_lines, is_blank, read_records

DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar"}
_HEAD = 8192
_SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 256 * 1024
_PREAMBLE = 30

type IsKnown = Callable[[str], bool]


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """How to read the file: found by looking at it, or said by somebody who knows better."""

    encoding: str
    delimiter: str
    quote: str = '"'
    #: Whether a space may stand between the delimiter and a quotation mark.
    skips_space: bool = False
    #: The line of the header, or without one of the first row, from 1; 0 before it is known.
    header_row: int = 0
    has_header: bool = True

    def as_json(self) -> dict[str, Any]:
        """Return it for a JSON column."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Layout":
        """Return what `as_json` was made of."""
        return cls(**values)


def find_layout(file: BinaryIO, is_known: IsKnown, said: Mapping[str, Any] | None = None) -> Layout:
    """Look at the file; raises Unreadable where it is no table.

    `is_known` tells the names of columns that mean something to us, by which a header is told from
    what stands above it. `said` holds what somebody has corrected: `encoding`, `delimiter`,
    `header_row`, and `no_header`.
    """
    said = {name: value for name, value in (said or {}).items() if value}
    file.seek(0)
    head = file.read(_HEAD)
    if len(head) < _HEAD and not head.strip(b"\x00\x1a\r\n\t \xef\xbb\xbf"):
        raise Unreadable("The file is empty.")
    refuse_other_kinds(head)
    refuse_binary(head)
    encoding = said.get("encoding") or find_encoding(file)
    lines = _sample(file, encoding)
    refuse_other_texts("".join(lines)[:_HEAD])
    layout = _find_dialect(lines, Layout(encoding, said.get("delimiter", "")), is_known)
    if "header_row" in said or "no_header" in said:
        return dataclasses.replace(
            layout, header_row=said.get("header_row", 1), has_header="no_header" not in said
        )
    line, record = _find_header(lines, layout, is_known)
    has_header = any(map(is_known, record)) or not any(map(_is_somebodys, record))
    return dataclasses.replace(layout, header_row=line, has_header=has_header)


def describe(layout: Layout) -> dict[str, str]:
    """Return the layout in words."""
    return {
        "encoding": ENCODINGS.get(layout.encoding, layout.encoding.upper()),
        "delimiter": DELIMITERS.get(layout.delimiter, layout.delimiter),
    }


def _sample(file: BinaryIO, encoding: str) -> list[str]:
    """Return the first lines, as many as it takes to judge."""
    room = _SAMPLE_CHARACTERS
    lines: list[str] = []
    for line in itertools.islice(decoded_lines(file, encoding), _SAMPLE_LINES):
        lines.append(line)
        room -= len(line)
        if room < 0:
            break
    return lines


def _find_dialect(lines: Sequence[str], layout: Layout, is_known: IsKnown) -> Layout:
    first = lines[0].strip().strip('"').lower() if lines else ""
    if first.startswith("sep=") and len(first) <= 5:
        # Excel's own way to say it; a tab is stripped with the line's end.
        return dataclasses.replace(layout, delimiter=layout.delimiter or first[4:] or "\t")
    delimiters = [layout.delimiter] if layout.delimiter else list(DELIMITERS)
    candidates = [
        dataclasses.replace(layout, delimiter=delimiter, quote=quote, skips_space=skips)
        for quote, skips in (('"', False), ('"', True), ("'", False))
        for delimiter in delimiters
    ]
    best, best_score = candidates[0], -1.0
    for candidate in candidates:
        if candidate.quote == "'" and not _is_single_quoted(lines, candidate.delimiter):
            continue
        score = _score(lines, candidate, is_known)
        if score > best_score + (0 if candidate.quote == "'" else 1e-9) or (
            candidate.quote == "'" and candidate.delimiter == best.delimiter
        ):
            best, best_score = candidate, score
    return best


def _score(lines: Sequence[str], layout: Layout, is_known: IsKnown) -> float:
    """Return how much like a table the lines are: wide, all rows alike, with headers we know."""
    records = [record for _line, record in _records(lines, layout) if not is_blank(record)]
    if not records:
        return 0.0
    widths = Counter(map(len, records))
    width, alike = max(widths.items(), key=lambda item: (item[1] * (item[0] - 1), item[0]))
    known = max(sum(map(is_known, record)) for record in records[:_PREAMBLE])
    return (width - 1) * (alike / len(records)) ** 2 + 2 * known


def _is_single_quoted(lines: Sequence[str], delimiter: str) -> bool:
    cells = [cell.strip() for line in lines[:50] for cell in line.strip().split(delimiter)]
    filled = [cell for cell in cells if cell]
    quoted = sum(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in filled)
    return len(filled) > 1 and quoted > len(filled) * 0.6


def _is_somebodys(cell: str) -> bool:
    """Return whether the cell is an address or a number, which no column is called."""
    text = cell.strip()
    return is_email(text) or is_phone(text)


def _find_header(lines: Sequence[str], layout: Layout, is_known: IsKnown) -> tuple[int, list[str]]:
    """Return the header and its line: the row with the most names we know, or the first wide one.

    Raises Unreadable where no row has anything in it.
    """
    records = [(line, row) for line, row in _records(lines, layout) if not is_blank(row)]
    if not records:
        raise Unreadable("The file is empty.")
    head = records[:_PREAMBLE]
    known = [sum(map(is_known, set(row))) for _line, row in head]
    if max(known) >= min(2, max(len(row) for _line, row in head)):
        return head[known.index(max(known))]
    usual = Counter(len(row) for _line, row in records).most_common(1)[0][0]
    wide = ((line, row) for line, row in head if sum(map(bool, row)) * 2 > usual)
    return next(wide, head[0])


def _records(lines: Sequence[str], layout: Layout) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from read_records(iter(lines), layout)
    except (csv.Error, Unreadable):
        return


def nameless(number: int) -> str:
    """Return what a column is called that has no name in its file."""
    return f"Column {number}"
