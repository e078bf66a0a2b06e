"""Queries that are asked all the time, whose SQL Django makes once instead of at every request.

Making the SQL of a query takes the ORM two to four times as long as running it and reading fifty
rows. A `Statement` has one shape, and only its values differ. `read_rows` and `count_rows` take any
queryset: they make its conditions anew and keep the rest. What they answer is what the ORM would.
"""

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import QuerySet

type Row = Sequence[Any]


@dataclasses.dataclass(frozen=True, slots=True)
class _Select:
    """SQL that is ready to run; `converters` are by column, as a compiler has them."""

    sql: str
    params: Sequence[Any]
    converters: dict[int, Any]

    def run(self, using: str, sql: str, params: Sequence[Any]) -> list[Row]:
        connection = connections[using]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        return [self._convert(row, connection) for row in rows] if self.converters else rows

    def _convert(self, row: Row, connection: Any) -> Row:
        values = list(row)
        for column, (converters, expression) in self.converters.items():
            for convert in converters:
                values[column] = convert(values[column], expression, connection)
        return values


def _compile(queryset: QuerySet[Any, Any]) -> _Select:
    compiler = queryset.query.get_compiler(queryset.db)
    sql, params = compiler.as_sql()
    columns = [column for column, _sql, _alias in compiler.select]
    return _Select(sql, params, compiler.get_converters(columns))


class Statement:
    """A query of one shape: `build` makes it of the values, which are all of `field`'s kind.

    There may be any number of values, as for `IN`; each number is compiled once.
    """

    def __init__(
        self, field: models.Field[Any, Any], build: Callable[[Sequence[Any]], QuerySet[Any, Any]]
    ) -> None:
        self._field = field
        self._build = build
        self._known: dict[tuple[str, int], tuple[_Select, Sequence[int]]] = {}

    def rows(self, values: Sequence[Any], using: str = "default") -> list[Row]:
        """Run the query for `values` and return its rows, as values_list() does."""
        key = (using, len(values))
        if key not in self._known:
            try:
                self._known[key] = self._prepare(*key)
            except EmptyResultSet:
                return []
        select, order = self._known[key]
        given = self._adapt(values, using)
        return select.run(using, select.sql, [given[place] for place in order])

    def _prepare(self, using: str, length: int) -> tuple[_Select, Sequence[int]]:
        """Compile the query with values that tell where in its parameters each one goes."""
        of_uuid = isinstance(self._field, models.UUIDField)
        marks = [uuid.UUID(int=n + 1) if of_uuid else f"value {n}" for n in range(length)]
        select = _compile(self._build(marks).using(using))
        places = {mark: place for place, mark in enumerate(self._adapt(marks, using))}
        return select, [places[param] for param in select.params]

    def _adapt(self, values: Iterable[Any], using: str) -> list[Any]:
        connection = connections[using]
        return [self._field.get_db_prep_value(value, connection) for value in values]


def read_rows(queryset: QuerySet[Any, Any], columns: Sequence[str]) -> list[Row]:
    """Return what `queryset.values_list(*columns)` does."""
    if not _is_plain(queryset):
        return list(queryset.values_list(*columns))
    model: Any = queryset.model
    query = queryset.query
    default = model._meta.ordering if query.default_ordering else ()
    order = tuple(query.order_by or default or ())
    select, head, tail = _frame(model, tuple(columns), order, queryset.db)
    try:
        where, params = _where(queryset)
    except EmptyResultSet:
        return []
    return select.run(queryset.db, f"{head}{where}{tail}{_limit(queryset)}", params)


def count_rows(queryset: QuerySet[Any, Any], most: int) -> int:
    """Return how many rows there are, or `most` where there are as many or more."""
    if not _is_plain(queryset):
        return queryset.order_by()[:most].count()
    connection = connections[queryset.db]
    table = connection.ops.quote_name(queryset.model._meta.db_table)
    try:
        where, params = _where(queryset)
    except EmptyResultSet:
        return 0
    # Nothing in this text comes from outside: the ORM has made it, with its values apart.
    rows = f"SELECT 1 FROM {table}{where} LIMIT {most:d}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({rows}) counted", params)  # noqa: S608
        return int(cursor.fetchone()[0])


def _is_plain(queryset: QuerySet[Any, Any]) -> bool:
    """Return whether the conditions speak of the model's own table only, subqueries aside."""
    query = queryset.query
    joined = sum(map(bool, query.alias_refcount.values())) > 1
    special = query.distinct or query.combinator or query.annotations or query.extra_order_by
    return query.standard_ordering and not (joined or special)


def _where(queryset: QuerySet[Any, Any]) -> tuple[str, Sequence[Any]]:
    query = queryset.query
    if not query.where:
        return "", ()
    sql, params = query.get_compiler(queryset.db).compile(query.where)
    return f" WHERE {sql}", params


def _limit(queryset: QuerySet[Any, Any]) -> str:
    query = queryset.query
    if not query.is_sliced:
        return ""
    ops = connections[queryset.db].ops
    return f" {ops.limit_offset_sql(query.low_mark, query.high_mark)}"


@cache
def _frame(
    model: Any, columns: tuple[str, ...], order: tuple[Any, ...], using: str
) -> tuple[_Select, str, str]:
    """Return the select, and its SQL before and after the place of WHERE."""
    queryset = model._default_manager.using(using).order_by(*order).values_list(*columns)
    select = _compile(queryset)
    head, by, tail = select.sql.partition(" ORDER BY ")
    return select, head, f"{by}{tail}"
