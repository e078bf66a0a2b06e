"""A page of a list: the rows that meet a condition, in an order, and how many there are.

Only the condition is compiled anew for each page; columns, joins and order are so once.
"""

import dataclasses
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from django.core.cache import cache as shared_cache
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import QuerySet

from crm.queries.lookups import IdsField
from crm.queries.statements import Given, Row, Select, Statement, compile_select, run

#: From this row on, the ids are found first: skipping over narrow rows is quicker.
DEEP = 1000
#: So many hits of a search are found at least, where nobody wants to know how many there are.
FEW_HITS = 1000
#: A list with twice as many rows as one counts to is known for so many seconds not to be counted.
KNOWN_LARGE = 10
#: So many kinds of pages are remembered. Teams can sort by fields of their own, so there is no end
#: of orders.
MOST_KNOWN = 256

type Rows = QuerySet[Any, Any]
#: A compiled WHERE over a model's own table (empty for all of it), and its parameters.
type Condition = tuple[str, Sequence[Any]]


def list_rows(
    rows: Rows, order: Sequence[Any], columns: Sequence[Any], *, is_prepared: bool = False
) -> "Listing":
    """Return `rows` as pages of what values_list(*columns) gives, in what order_by() takes.

    `is_prepared` says that one index holds their condition and this order, so that the first page
    is best read in one way for every team (see preparing_cursor()).
    """
    if not _is_plain(rows):
        return QuerySetListing(rows, order, columns)
    try:
        condition = _condition(rows)
    except EmptyResultSet:
        return QuerySetListing(rows.none(), order, columns)
    listing = CompiledListing(rows.model, rows.db, condition, order, columns)
    listing.is_prepared = is_prepared
    return listing


def list_where(
    model: type[models.Model], field: str, value: Any, order: Sequence[Any], columns: Sequence[Any]
) -> "Listing":
    """Return the rows whose `field` is `value`: list_rows() of that filter, without the ORM."""
    using = model._default_manager.db
    kind, where = _equality(model, field, using)
    condition = where, [kind.get_db_prep_value(value, connections[using])]
    name = f"{model._meta.db_table}:{field}:{value}"
    listing = WholeListing(name, model, using, condition, order, columns)
    listing.is_prepared = _has_index(model, (field, *order))
    return listing


def _is_plain(rows: Rows) -> bool:
    """Return whether the conditions speak of the model's own table only, subqueries aside."""
    query = rows.query
    joined = sum(map(bool, query.alias_refcount.values())) > 1
    return not (joined or query.distinct or query.combinator or query.annotations)


def _condition(rows: Rows) -> Condition:
    query = rows.query
    if not query.where:
        return "", ()
    sql, params = query.get_compiler(rows.db).compile(query.where)
    return f" WHERE {sql}", params


@cache
def _equality(model: Any, field: str, using: str) -> tuple[models.Field[Any, Any], str]:
    """Return what the value of `field` is, and the condition with a place for it."""
    kind = model._meta.get_field(field)
    rows = model._default_manager.using(using).filter(**{field: Given(0, kind)})
    return kind, _condition(rows)[0]


@cache
def _has_index(model: Any, fields: tuple[Any, ...]) -> bool:
    return any(tuple(index.fields[: len(fields)]) == fields for index in model._meta.indexes)


class Listing:
    """Pages of rows. A subclass says how to read them."""

    def __init__(
        self, model: Any, using: str, order: Sequence[Any], columns: Sequence[Any]
    ) -> None:
        self.model = model
        self.using = using
        self.order = tuple(order)
        self.columns = tuple(columns)

    def page(self, start: int, stop: int, most: int) -> tuple[list[Row], int | None]:
        """Return the rows from `start` to before `stop`, and how many there are, `most` at most.

        With `most` 0 the count is None.
        """
        if start < DEEP:
            return self.read_counted(start, stop, most) if most else (self.read(start, stop), None)
        found = self.read_by_ids(self.read_ids(start, stop))
        return found, self.count(most) if most else None

    def search_page(self, start: int, stop: int, most: int) -> tuple[list[Row], int | None]:
        """Return the same of a search; with `most` 0 the count is None only where it is high.

        A page of search hits in another order tempts the planner to walk that order's index through
        the whole team until the page is full: 2.7 s against 0.2 s for a rare word among 500,000. So
        the hits are found first, then sorted. More than that fill a page soon whichever way.
        """
        found_at_most = most or FEW_HITS + 1
        rows, count = self.read_hits(start, stop, found_at_most)
        if count < found_at_most:
            return rows, count
        return self.page(start, stop, 0)[0], most or None

    def read_by_ids(self, ids: Sequence[Any]) -> list[Row]:
        """Return the rows of these ids, in order."""
        known = _of_ids(self.model, self.columns, self.order)
        return known.rows(ids, using=self.using) if ids else []

    def count(self, most: int | None) -> int:
        """Return how many rows there are, or `most` where there are as many or more."""
        raise NotImplementedError

    def read(self, start: int, stop: int) -> list[Row]:
        """Return the rows from `start` to before `stop`."""
        raise NotImplementedError

    def read_counted(self, start: int, stop: int, most: int) -> tuple[list[Row], int]:
        """Return these rows, and the count."""
        return self.read(start, stop), self.count(most)

    def read_ids(self, start: int, stop: int) -> list[Any]:
        """Return the ids of these rows."""
        raise NotImplementedError

    def read_hits(self, start: int, stop: int, most: int) -> tuple[list[Row], int]:
        """Return these rows among any `most` that meet the condition, and how many such there are.

        As many as `most` are not all, so the rows are of no use then.
        """
        raise NotImplementedError


@lru_cache(MOST_KNOWN)
def _of_ids(model: Any, columns: tuple[Any, ...], order: tuple[Any, ...]) -> Statement:
    """Return the statement that reads rows by their ids."""

    def build(ids: Any) -> Rows:
        rows = model._default_manager.filter(pk__any=ids)
        return rows.order_by(*order).values_list(*columns)

    return Statement(build, IdsField())


class QuerySetListing(Listing):
    """Pages of any queryset, by the ORM."""

    def __init__(self, rows: Rows, order: Sequence[Any], columns: Sequence[Any]) -> None:
        super().__init__(rows.model, rows.db, order, columns)
        self.rows = rows

    def count(self, most: int | None) -> int:
        """Return how many rows there are."""
        return self.rows.order_by()[:most].count()

    def read(self, start: int, stop: int) -> list[Row]:
        """Return the rows."""
        return list(self.rows.order_by(*self.order).values_list(*self.columns)[start:stop])

    def read_ids(self, start: int, stop: int) -> list[Any]:
        """Return the ids."""
        ids = self.rows.order_by(*self.order).values_list("pk", flat=True)
        return list(ids[start:stop])

    def read_hits(self, start: int, stop: int, most: int) -> tuple[list[Row], int]:
        """Return the rows, by the ids of all hits."""
        hits = list(self.rows.order_by().values_list("pk", flat=True)[:most])
        if len(hits) == most:
            return [], most
        few = self.model._default_manager.filter(pk__any=hits).order_by(*self.order)
        return list(few.values_list(*self.columns)[start:stop]), len(hits)


class CompiledListing(Listing):
    """Pages of the rows that meet a compiled condition.

    Nothing in the SQL here comes from outside: the ORM has made it, with its values apart.
    """

    is_prepared = False

    def __init__(
        self,
        model: Any,
        using: str,
        condition: Condition,
        order: Sequence[Any],
        columns: Sequence[Any],
    ) -> None:
        super().__init__(model, using, order, columns)
        self.where, self.params = condition

    def count(self, most: int | None) -> int:
        """Return how many rows there are."""
        return int(run(self.using, f"SELECT {self._counting(most)}", self.params)[0][0])

    def _counting(self, most: int | None) -> str:
        """Return the column that counts the rows."""
        rows = f"SELECT 1 FROM {_table(self.model, self.using)}{self.where}"  # noqa: S608
        limit = "" if most is None else f" LIMIT {most:d}"
        return f"(SELECT COUNT(*) FROM ({rows}{limit}) counted)"  # noqa: S608

    def read(self, start: int, stop: int) -> list[Row]:
        """Return the rows."""
        return self._select(self.columns, start, stop)

    def read_counted(self, start: int, stop: int, most: int) -> tuple[list[Row], int]:
        """Return the rows and the count by one query."""
        count = f", {self._counting(most)}"
        found = self._select(self.columns, start, stop, count, self.params)
        if not found:
            return [], self.count(most) if start else 0
        return [row[:-1] for row in found], found[0][-1]

    def read_ids(self, start: int, stop: int) -> list[Any]:
        """Return the ids."""
        return [row[0] for row in self._select(("pk",), start, stop)]

    def _select(
        self,
        columns: tuple[Any, ...],
        start: int,
        stop: int,
        column: str = "",
        params: Sequence[Any] = (),
    ) -> list[Row]:
        """Return the rows with one column more, which has these params."""
        frame = _frame(self.model, columns, self.order, self.using)
        sql = (
            f"{frame.columns}{column} FROM {frame.table}{frame.joins}{self.where}{frame.order}"
            f"{self._limit(start, stop)}"
        )
        given = [*params, *self.params, *frame.select.params]
        return frame.select.read(self.using, sql, given, is_prepared=self.is_prepared and not start)

    def read_hits(self, start: int, stop: int, most: int) -> tuple[list[Row], int]:
        """Return the rows, by their ids: those and the count are found by one query."""
        frame = _frame(self.model, ("pk",), self.order, self.using)
        hits = f"(SELECT * FROM {frame.table}{self.where} LIMIT {most:d}) {frame.table}"  # noqa: S608
        sql = (
            f"{frame.columns}, COUNT(*) OVER () FROM {hits}{frame.joins}{frame.order}"
            f"{self._limit(start, stop)}"
        )
        found = frame.select.read(self.using, sql, [*self.params, *frame.select.params])
        if not found:
            return [], self.count(most) if start else 0
        count = found[0][-1]
        return self.read_by_ids([row[0] for row in found]) if count < most else [], count

    def _limit(self, start: int, stop: int) -> str:
        return f" {connections[self.using].ops.limit_offset_sql(start, stop)}"


class WholeListing(CompiledListing):
    """Pages of all that one owner has, whose count stops at `most` on nearly every page of some.

    Counting so far costs more than the page itself. Where there are twice as many rows, they are
    not counted for the next seconds: nobody deletes that many meanwhile.
    """

    def __init__(self, name: str, *args: Any) -> None:
        super().__init__(*args)
        self.name = name

    def read_counted(self, start: int, stop: int, most: int) -> tuple[list[Row], int]:
        """Return these rows, and the count."""
        key = f"large:{self.name}:{most}"
        is_large = shared_cache.get(key)
        if is_large:
            return self.read(start, stop), most
        rows, count = super().read_counted(start, stop, most)
        if count == most and is_large is None:
            shared_cache.set(key, self.count(2 * most) == 2 * most, KNOWN_LARGE)
        return rows, count


@dataclasses.dataclass(frozen=True, slots=True)
class _Frame:
    """A select's SQL in parts; a condition goes before the last one, which alone has params."""

    select: Select
    columns: str
    table: str
    joins: str
    order: str


@lru_cache(MOST_KNOWN)
def _frame(model: Any, columns: tuple[Any, ...], order: tuple[Any, ...], using: str) -> _Frame:
    rows = model._default_manager.using(using).order_by(*order).values_list(*columns)
    select, table = compile_select(rows), _table(model, using)
    head, _, rest = select.sql.partition(f" FROM {table}")
    joins, by, fields = rest.partition(" ORDER BY ")
    return _Frame(select, head, table, joins, f"{by}{fields}")


@cache
def _table(model: Any, using: str) -> str:
    return str(connections[using].ops.quote_name(model._meta.db_table))
