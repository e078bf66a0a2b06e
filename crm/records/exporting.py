"""A team's table as a CSV: every row that the filters let through, in the table's order.

Cells hold what an import reads as the same values (`RecordField.write`). Rows come from the
database and go to the browser by the thousand, so that any number of them takes the same memory.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from crm.records.catalog import RecordField, built_in_fields
from crm.records.files import stream_csv
from crm.records.lists import CustomizedList
from crm.records.models import CUSTOM, CustomizedRecord

BATCH = 1000
CUSTOM_FIELDS = CUSTOM.removesuffix(".")

#: What is no column of a record, such as a contact's tags: {field: {record's id: cell}}.
type Extras = Mapping[str, Mapping[uuid.UUID, str]]


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the file; `path` is where its value is read, "" for an extra."""

    header: str
    field: RecordField
    path: str

    def write(self, value: Any) -> str:
        """Return what was read as it stands in the file."""
        custom = self.field.custom
        return self.field.write(value.get(custom.key) if custom else value)


class ExportMixin[R: CustomizedRecord](CustomizedList[R]):
    """Answers with the table as a file: its columns, or all fields where the address asks for them.

    Goes before the table's own view.
    """

    #: Where the value of a field is read whose column holds an id.
    paths: ClassVar[Mapping[str, str]] = {}
    #: What no form writes, after all other fields: {name: header}.
    told: ClassVar[Mapping[str, str]] = {}

    def find_extras(self, ids: Sequence[uuid.UUID]) -> Extras:
        """Return the extras of these records."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Stream the file."""
        day = timezone.localdate().isoformat()
        name = f"{self.namespace}-{self.team.slug}-{day}.csv"
        return stream_csv(self._lines(self._file_columns()), name)

    def _file_columns(self) -> list[FileColumn]:
        known = self._known_fields()
        if self.request.GET.get("fields") == "all":
            names = list(known)
        else:
            names = [name for column in self.shown_columns for name in column.fields]
        headers = Counter(field.label.casefold() for field in known.values())
        return [self._file_column(known[name], headers) for name in names]

    def _known_fields(self) -> dict[str, RecordField]:
        """Return the fields that the team has and shows, and what no form writes."""
        model = self.model._meta
        columns: dict[str, Any] = {column.name: column for column in model.concrete_fields}
        told = {
            name: RecordField(name, header, columns.get(name)) for name, header in self.told.items()
        }
        custom = {
            name: RecordField(name, field.label, custom=field)
            for name, field in self.table_columns.fields.items()
        }
        return {**built_in_fields(self._table), **custom, **told}

    def _file_column(self, field: RecordField, headers: Counter[str]) -> FileColumn:
        # A field of the team's own that is called like another one stands under its API name.
        is_alone = not field.custom or headers[field.label.casefold()] == 1
        header = field.label if is_alone else field.api_name
        own = CUSTOM_FIELDS if field.custom else field.name if field.column else ""
        return FileColumn(header, field, self.paths.get(field.name, own))

    def _lines(self, columns: Sequence[FileColumn]) -> Iterator[Sequence[str]]:
        yield [column.header for column in columns]
        paths = list(dict.fromkeys(["pk", *(column.path for column in columns if column.path)]))
        has_extras = any(not column.path for column in columns)
        cells = [(column, paths.index(column.path) if column.path else -1) for column in columns]
        rows = self.get_filtered().order_by(*self.order).values_list(*paths)
        for some in batched(rows.iterator(chunk_size=BATCH), BATCH):
            extras = self.find_extras([row[0] for row in some]) if has_extras else {}
            for row in some:
                yield [
                    column.write(row[place])
                    if column.path
                    else extras[column.field.name].get(row[0], "")
                    for column, place in cells
                ]
