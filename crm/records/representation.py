"""What a record looks like to programs: one function from a row, plus one query for the page.

Rows and not model instances: building and serializing instances costs two to three times as much.
"""

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db.models.expressions import Combinable

from crm.queries.statements import Row
from crm.records.models import Record


@dataclasses.dataclass(frozen=True, slots=True)
class Representation[Extra]:
    """How a kind of record is shown.

    `columns` are what a row holds, the id first and the team's second. `show` makes the dict of a
    row and of what `find_extras` knows of its record, else `no_extra`. `extra_column` has a list
    find the same with each row, which saves a query.
    """

    columns: Sequence[str]
    show: Callable[[Sequence[Any], Extra], dict[str, Any]]
    find_extras: Callable[[uuid.UUID, Iterable[uuid.UUID]], Mapping[uuid.UUID, Extra]]
    no_extra: Extra
    extra_column: Combinable | None = None

    @property
    def list_columns(self) -> Sequence[Any]:
        """What a list reads of each record."""
        return self.columns if self.extra_column is None else (*self.columns, self.extra_column)

    def of_rows(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Return one team's records, given as rows of `list_columns`, by one query at most."""
        if not rows:
            return []
        if self.extra_column is not None:
            return [self.show(row, row[-1]) for row in rows]
        extras = self.find_extras(rows[0][1], [row[0] for row in rows])
        return [self.show(row, extras.get(row[0], self.no_extra)) for row in rows]

    def of_record(self, record: Record, extra: Extra | None = None) -> dict[str, Any]:
        """Return one record as it stands in memory; its extras are asked for unless given."""
        row = _reader(tuple(self.columns))(record)
        if extra is None:
            found = self.find_extras(record.team_id, [record.pk])
            extra = found.get(record.pk, self.no_extra)
        return self.show(row, extra)


@cache
def _reader(columns: tuple[str, ...]) -> Callable[[Record], tuple[Any, ...]]:
    """Return what reads from a record the values its row would have."""
    return attrgetter(*(column.replace("__", ".") for column in columns))
