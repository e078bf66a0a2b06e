"""Import and export of one team's records by django-import-export, through the app's operations.

How a file is imported:

1. A row with an id, or else with an external id that a record of the team has, changes that record;
   any other row is a new one. An id of another team is unknown, like one that never was.
2. Columns that the file lacks stay as they are.
3. All rows are handed to the operation together. One wrong row, and nothing is written: the
   preview shows each error at its row.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import batched
from typing import Any, ClassVar

import tablib
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.html import format_html
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import Error, Result, RowResult

from crm.history.recording import Author
from crm.records.catalog import active_custom_fields
from crm.records.cells import CustomColumn, column
from crm.records.loading import TeamLoader
from crm.records.models import Record
from crm.records.writing import Saved, StaleRecord, merge_errors
from crm.teams.models import Team

BATCH = 1000
ROWS_SHOWN = 200


class TeamResource(ModelResource):
    """Reads and writes one team's records; a subclass says the columns and the operation.

    The team's own fields are columns too, `custom_fields.<key>`, after all others.
    """

    #: Where an error about this field of the model stands in the file.
    columns_of_fields: ClassVar[Mapping[str, str]] = {}

    def __init__(self, team: Team | None = None, by: Author | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.team = team
        self._by = by
        self.row_number = 0
        self._given: list[str] = []
        self._rows: dict[uuid.UUID, tuple[int, Mapping[str, Any], RowResult]] = {}
        self._errors: dict[uuid.UUID, ValidationError] = {}
        self._before: dict[uuid.UUID, list[Any]] = {}
        if team:
            own = active_custom_fields(team.pk, self._meta.model._meta.model_name or "")
            self.fields |= {field.name: CustomColumn(field, team.region) for field in own}

    @classmethod
    def field_from_django_field(cls, field_name: str, django_field: Any, readonly: bool) -> Field:
        """Return the column of a model's field."""
        return column(django_field)

    @property
    def by(self) -> Author:
        """Who imports."""
        assert self._by is not None
        return self._by

    @property
    def noun(self) -> str:
        """What one record is called."""
        return str(self._meta.model._meta.verbose_name)

    # What a subclass says

    def save(self, records: Sequence[Any]) -> Saved[Any]:
        """Write records of the team by their operation."""
        raise NotImplementedError

    def delete(self, records: Sequence[Any]) -> None:
        """Delete records of the team by their operation."""
        raise NotImplementedError

    def with_columns(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the queryset with what the columns show beyond the record itself."""
        return queryset

    # Reading the file

    def get_queryset(self) -> QuerySet[Any]:
        """Return the team's records."""
        rows = self._meta.model._default_manager.filter(team=self.team)
        return self.with_columns(rows)

    def import_data(self, dataset: tablib.Dataset, *args: Any, **kwargs: Any) -> Result:
        """Import the file's rows, all or none; say what is wrong with which."""
        if wrong := self._wrong_columns(dataset.headers or []):
            result = self.get_result_class()()
            result.append_base_error(Error(ValidationError(wrong)))
            return result
        self._given = [name for name in self.get_export_headers() if name in dataset.headers]
        kwargs["rollback_on_validation_errors"] = True
        return super().import_data(dataset, *args, **kwargs)

    def _wrong_columns(self, headers: Sequence[str]) -> str:
        known = self.get_export_headers()
        if unknown := [header for header in headers if header not in known]:
            columns = ", ".join(f"“{header}”" for header in unknown)
            return f"There is no column {columns}. The columns are: {', '.join(known)}."
        if twice := {header for header in headers if headers.count(header) > 1}:
            return f"The file has the column “{min(twice)}” twice."
        return ""

    @cached_property
    def _import_fields(self) -> list[Field]:
        return [field for field in super().get_import_fields() if not field.readonly]

    def get_import_fields(self) -> list[Field]:
        """Return the columns that are read, found once for all rows."""
        return self._import_fields

    def find(self, column: str, values: Iterable[Any]) -> list[Any]:
        """Return the team's records with one of these values."""
        return [
            record
            for some in batched(values, BATCH)
            for record in self.get_queryset().filter(**{f"{column}__in": some})
        ]

    def get_instance(self, instance_loader: TeamLoader, row: Mapping[str, Any]) -> Any:
        """Return the record that the row is about, or None; raises ValidationError."""
        return instance_loader.get_instance(row)

    def init_instance(self, row: Mapping[str, Any] | None = None) -> Record:
        """Return a new record of the team."""
        return self._meta.model(team=self.team)

    def before_import_row(self, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Remember where we are."""
        self.row_number = kwargs["row_number"]

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        """Remember how the record was, for the preview."""
        instance.team = self.team
        if not new and self.row_number <= ROWS_SHOWN:
            self._before[instance.pk] = self._cells(instance)

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Keep what could not be read, so that it is told with what the operation finds wrong."""
        if import_validation_errors:
            self._errors[instance.pk] = ValidationError(import_validation_errors)

    def after_import_row(self, row: Any, row_result: RowResult, **kwargs: Any) -> None:
        """Remember where the record comes from."""
        self._rows[row_result.instance.pk] = (self.row_number, row, row_result)

    # Writing

    def bulk_create(self, *args: Any, result: Result, **kwargs: Any) -> None:
        """Write the new records."""
        self._write(self.create_instances, result)

    def bulk_update(self, *args: Any, result: Result, **kwargs: Any) -> None:
        """Write the changed records."""
        self._write(self.update_instances, result)
        result.invalid_rows.sort(key=lambda row: row.number)

    def bulk_delete(self, *args: Any, **kwargs: Any) -> None:
        """Delete the records that `for_delete` chose."""
        self.delete(self.delete_instances)
        self.delete_instances.clear()

    def _write(self, records: list[Any], result: Result) -> None:
        try:
            for some in batched(records, BATCH):
                self._write_some(some, result)
        except StaleRecord as error:
            result.append_base_error(Error(error))
        records.clear()

    def _write_some(self, records: Sequence[Any], result: Result) -> None:
        saved = self.save(records)
        written = {record.pk for record in (*saved.created, *saved.updated)}
        for index, record in enumerate(records):
            error = self._errors.get(record.pk)
            if refused := saved.errors.get(index):
                error = merge_errors(error, refused)
            if error:
                self._refuse(record, error, result)
            elif record.pk not in written:
                self._count_as(RowResult.IMPORT_TYPE_SKIP, record, result)
            self._show(record)

    def _refuse(self, record: Any, error: ValidationError, result: Result) -> None:
        number, row, row_result = self._rows[record.pk]
        told = {
            self.columns_of_fields.get(field, field): errors
            for field, errors in error.update_error_dict({}).items()
        }
        row_result.validation_error = ValidationError(told)
        self._count_as(RowResult.IMPORT_TYPE_INVALID, record, result)
        result.append_invalid_row(number, row, row_result.validation_error)

    def _count_as(self, kind: str, record: Any, result: Result) -> None:
        _number, _row, row_result = self._rows[record.pk]
        result.totals[row_result.import_type] -= 1
        result.totals[kind] += 1
        row_result.import_type = kind

    def _show(self, record: Any) -> None:
        number, _row, row_result = self._rows[record.pk]
        if number > ROWS_SHOWN or not row_result.is_valid():
            return
        after = self._cells(record)
        before = self._before.get(record.pk, after)
        if row_result.is_skip():
            after = before
        elif row_result.is_new():
            # The id of a preview is not the one that the import will give.
            after = before = [
                "" if name == "id" else cell for name, cell in zip(self._given, after, strict=True)
            ]
        row_result.diff = [_difference(*pair) for pair in zip(before, after, strict=True)]

    def _cells(self, record: Any) -> list[Any]:
        return self.export_resource(record, selected_fields=self._given)

    def get_diff_headers(self) -> list[str]:
        """Return the columns of the preview: those of the file."""
        return self._given

    # Exporting

    @cached_property
    def _readers(self) -> dict[str, Callable[[Any], Any]]:
        """How each column is read from a record, in the columns' order."""
        return {
            name: getattr(self, f"dehydrate_{name}", self.fields[name].export)
            for name in self.get_export_order()
        }

    def export_resource(
        self, instance: Any, selected_fields: Sequence[str] | None = None, **kwargs: Any
    ) -> list[Any]:
        """Return the record's cells; to find the columns anew for each row takes the most time."""
        return [self._readers[name](instance) for name in selected_fields or self._readers]

    def filter_export(self, queryset: QuerySet[Any], **kwargs: Any) -> QuerySet[Any]:
        """Return the team's records among those asked for, with all their columns."""
        return self.with_columns(queryset.filter(team=self.team).defer(None))

    def get_user_visible_fields(self) -> list[Field]:
        """Return all columns, for the pages that list them."""
        return self.get_export_fields()

    def iter_queryset(self, queryset: QuerySet[Any]) -> Iterator[Any]:
        """Read in chunks, with what is prefetched; by pages it would be read over and over."""
        yield from queryset.iterator(chunk_size=BATCH)


def _difference(before: Any, after: Any) -> Any:
    if before == after:
        return after
    return format_html("<del>{}</del> <ins>{}</ins>", before, after)


class TeamResourceMeta:
    """How every such resource works; a subclass's Meta adds model and columns."""

    use_bulk = True
    batch_size = None  # all rows are written at the end, by `BATCH`
    skip_diff = True
    store_instance = True
    use_transactions = True
    instance_loader_class = TeamLoader
