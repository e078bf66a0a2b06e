"""How rows that an import gives back (rejected.csv, warnings.csv) say whose they are.

Their first column is named after the import, and its cells say which row each was.
"""

import re
from typing import NamedTuple

from contacts.imports.models import Import

_HEADER = re.compile(r"Import (problem|warning) \(([0-9a-f]{12})\)")
_ROW = re.compile(r"Row (\d{1,7}):", re.ASCII)


class GivenBack(NamedTuple):
    """Rows of an import: whether those that have warnings, and the end of the import's id."""

    warned: bool
    id_end: str


def header_of(run: Import, *, warned: bool) -> str:
    """Return what the first column of rows that are given back is called."""
    return f"Import {'warning' if warned else 'problem'} ({run.pk.hex[-12:]})"


def read_header(header: str) -> GivenBack | None:
    """Return what `header_of` was made of; None for any other name of a column."""
    match = _HEADER.fullmatch(header)
    return GivenBack(match[1] == "warning", match[2]) if match else None


def is_given_back(header: str) -> bool:
    """Return whether this column names the import that has given the rows back."""
    return read_header(header) is not None


def row_label(number: int) -> str:
    """Return how a row that is given back says which one it was."""
    return f"Row {number}:"


def row_of(text: str) -> int | None:
    """Return the number that `row_label` was made of; None where there is none."""
    match = _ROW.match(text)
    return int(match[1]) if match else None
