"""How the dates of a file are written: day first or month first, as each column shows itself."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from contacts.imports.mapping.fields import Target, targets_with_new
from contacts.imports.models import DateOrder, Import
from contacts.imports.options import Options
from contacts.imports.reading import Row, read_table
from crm.records.files import unescape_cell
from crm.records.values import DATE, DAY_FIRST, MONTH_FIRST, FieldType

_REGIONS = {DateOrder.DAY_FIRST: DAY_FIRST, DateOrder.MONTH_FIRST: MONTH_FIRST}


@dataclasses.dataclass(slots=True)
class DateColumn:
    """A column (from 0) of dates, and in which orders they are written in it."""

    place: int
    target: Target
    orders: set[str] = dataclasses.field(default_factory=set)
    #: The first date that may be read either way.
    unclear: str = ""

    @property
    def region(self) -> str | None:
        """As of where the dates are read; "" where both orders occur, None where none is sure."""
        if len(self.orders) > 1:
            return ""
        return next(iter(self.orders), None)

    def look_at(self, text: str) -> None:
        """Learn from one of the column's cells."""
        order = DATE.order_of(unescape_cell(text))
        if order:
            self.orders.add(order)
        elif order == "" and not self.unclear:
            self.unclear = text.strip()


def find_dates(run: Import, options: Options) -> list[DateColumn]:
    """Return the import's columns of dates; the file is read where nobody has said their order."""
    columns = _columns(run)
    if options.date_order:
        region = _REGIONS[DateOrder(options.date_order)]
        return [dataclasses.replace(column, orders={region}) for column in columns]
    for column in columns:
        if (known := options.dates.get(column.target.name)) is not None:
            column.orders = {known} if known else {DAY_FIRST, MONTH_FIRST}
    # What is known of the whole file is not learned anew from some of its rows.
    unknown = [column for column in columns if not column.orders]
    if unknown:
        with run.open() as file:
            _learn(unknown, read_table(file, run.get_layout())[1])
    return columns


def _columns(run: Import) -> list[DateColumn]:
    targets = targets_with_new(run.team, run.mapping)
    mapped = ((place, targets.get(column["field"])) for place, column in enumerate(run.mapping))
    return [
        DateColumn(place, target)
        for place, target in mapped
        if target and target.custom and target.custom.field_type == FieldType.DATE
    ]


def _learn(columns: Sequence[DateColumn], rows: Iterable[Row]) -> None:
    for row in rows:
        cells = row.cells
        for column in columns:
            text = cells[column.place] if column.place < len(cells) else ""
            # What begins with four digits says its year first.
            if text and not text[:4].isdecimal():
                column.look_at(text)


def regions_of(columns: Iterable[DateColumn]) -> Mapping[str, str]:
    """Return as of where the dates of which field are read; those left out, as the file's."""
    return {column.target.name: column.region for column in columns if column.region is not None}
