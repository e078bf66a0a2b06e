"""A query of one shape, whose SQL is made at its first use; only its values differ."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, QuerySet
from django.db.models.sql.compiler import SQLCompiler

type Row = Sequence[Any]
type Converter = Callable[..., Any]


class Given(Expression):
    """The place in a query of a value that each run says anew."""

    def __init__(self, place: int, kind: models.Field[Any, Any]) -> None:
        super().__init__(output_field=kind)
        self.place = place

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        """Return a parameter that tells its place."""
        return "%s", (self,)


def run(using: str, sql: str, params: Sequence[Any], *, is_prepared: bool = False) -> list[Row]:
    """Run SQL and return its rows as the driver has them."""
    connection = connections[using]
    with preparing_cursor(connection) if is_prepared else connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Row] = cursor.fetchall()
        return rows


def preparing_cursor(connection: Any) -> CursorWrapper:
    """Return a cursor whose statements PostgreSQL parses and plans once for a connection.

    That costs as much as running a small one. But a plan that is kept is made for a team of middle
    size: this is for statements that are best run in one way, whatever their values.
    """
    if connection.vendor != "postgresql":
        plain: CursorWrapper = connection.cursor()
        return plain
    connection.ensure_connection()
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    # Its other cursors put the values into the SQL, so that each statement is another.
    wrapped: CursorWrapper = wrap(connection.Database.Cursor(connection.connection))
    return wrapped


@dataclasses.dataclass(frozen=True, slots=True)
class Select:
    """SQL that is ready to run; `converters` are by column, as a compiler has them."""

    sql: str
    params: Sequence[Any]
    converters: dict[int, Any]

    def read(
        self, using: str, sql: str, params: Sequence[Any], *, is_prepared: bool = False
    ) -> list[Row]:
        """Run this SQL, or one whose first columns are the same, and return its rows."""
        connection, rows = connections[using], run(using, sql, params, is_prepared=is_prepared)
        return [self._convert(row, connection) for row in rows] if self.converters else rows

    def _convert(self, row: Row, connection: BaseDatabaseWrapper) -> Row:
        values = list(row)
        for column, (converters, expression) in self.converters.items():
            for convert in converters:
                values[column] = convert(values[column], expression, connection)
        return values


def compile_select(queryset: QuerySet[Any, Any]) -> Select:
    """Return the SQL of a queryset of plain columns (`.values_list(…)`)."""
    compiler = queryset.query.get_compiler(queryset.db)
    sql, params = compiler.as_sql()
    columns = [column for column, _sql, _alias in compiler.select]
    converters: dict[int, Any] = compiler.get_converters(columns)
    for column, (each, expression) in converters.items():
        if isinstance(expression.output_field, models.JSONField):
            converters[column] = [_or_empty(convert) for convert in each], expression
    return Select(sql, params, converters)


def _or_empty(convert: Converter) -> Converter:
    """Return a converter that knows the JSON of most rows, which have nothing to say, by heart."""
    return lambda value, *rest: {} if value == "{}" else convert(value, *rest)


class Statement:
    """A query with a place for each value: `build` makes it of the places, as of the values.

    `kinds` are fields like those that the values are compared with. `build` ends in
    `.values_list(…)`. An index must find the rows whatever the values: see preparing_cursor().
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], *kinds: models.Field[Any, Any]
    ) -> None:
        self._build = build
        self._kinds = kinds
        self._known: dict[str, Select] = {}

    def rows(self, *values: Any, using: str = DEFAULT_DB_ALIAS) -> list[Row]:
        """Return the rows for these values, as the queryset's own iteration would."""
        select = self._known.get(using) or self._prepare(using)
        connection = connections[using]
        given = [
            kind.get_db_prep_value(value, connection)
            for kind, value in zip(self._kinds, values, strict=True)
        ]
        params = [given[each.place] if isinstance(each, Given) else each for each in select.params]
        return select.read(using, select.sql, params, is_prepared=True)

    def _prepare(self, using: str) -> Select:
        places = [Given(place, kind) for place, kind in enumerate(self._kinds)]
        select = self._known[using] = compile_select(self._build(*places).using(using))
        return select


def columns_of(model: type[models.Model], relation: str = "") -> list[str]:
    """Return the columns of `model` as values_list() takes them, reached through `relation`."""
    prefix = f"{relation}__" if relation else ""
    return [f"{prefix}{field.attname}" for field in model._meta.concrete_fields]


def load[M: models.Model](model: type[M], row: Row) -> M:
    """Return the instance that a row of columns_of(model) is."""
    return model.from_db(DEFAULT_DB_ALIAS, columns_of(model), row)


def load_joined[M: models.Model](model: type[M], row: Row, relation: str) -> M:
    """Return the instance with the one it refers to, from the columns of both."""
    width = len(model._meta.concrete_fields)
    instance = load(model, row[:width])
    related: Any = model._meta.get_field(relation).related_model
    setattr(instance, relation, load(related, row[width:]))
    return instance
