"""Inserting rows: many by COPY where the engine has it, else by one statement that is run for each.

COPY costs a third of an INSERT with as many parameters, and no statement has to be put together.
Values are made ready a column at a time: what is to be done is decided once for a column, and in
most columns all rows hold the same value.
"""

import json
import re
import uuid
from collections.abc import Callable, Sequence
from functools import cache, partial
from operator import itemgetter
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.sql import InsertQuery

from crm.queries.statements import preparing_cursor

FEW = 20
#: How COPY writes what is not there, and the characters that mean something to it.
_NULL = r"\N"
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def insert_many(instances: Sequence[models.Model]) -> None:
    """Insert new rows of one model, whose ids are set already."""
    if not instances:
        return
    model, connection = type(instances[0]), connections[DEFAULT_DB_ALIAS]
    if len(instances) < FEW:
        model._base_manager.bulk_create(instances)
        return
    insert = _copy if connection.vendor == "postgresql" else _execute_many
    insert(model, [instance.__dict__ for instance in instances], connection)
    for instance in instances:
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS


type _Rows = Sequence[dict[str, Any]]
type _Values = Sequence[Any]


def _copy(model: type[models.Model], rows: _Rows, connection: Any) -> None:
    columns = _columns(model, rows, partial(_copied, connection))
    lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
    sql = f"COPY {_table(model, connection)} FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        copy.write(f"{lines}\n")


def _execute_many(model: type[models.Model], rows: _Rows, connection: Any) -> None:
    columns = _columns(model, rows, partial(_prepared, connection))
    places = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {_table(model, connection)} VALUES ({places})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(zip(*columns, strict=True)))


def _columns(
    model: type[models.Model], rows: _Rows, ready: Callable[[Any, _Values], _Values]
) -> list[_Values]:
    """Return the values of each column, made ready for the driver."""
    fields = model._meta.concrete_fields
    # One row after another: a thousand rows are more than the processor's cache holds.
    read = itemgetter(*(field.attname for field in fields))
    columns = zip(*map(read, rows), strict=True)
    return [ready(field, values) for field, values in zip(fields, columns, strict=True)]


def _table(model: type[models.Model], connection: Any) -> str:
    """Return the table with its columns, as an INSERT names them."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in model._meta.concrete_fields)
    return f"{quote(model._meta.db_table)} ({columns})"


def _copied(connection: Any, field: Any, values: _Values) -> Sequence[str]:
    """Return a column's values as COPY reads them."""
    if isinstance(field, models.JSONField):
        return _escaped(_each(partial(_as_json, (field.encoder or json.JSONEncoder)()), values))
    if isinstance(field, models.CharField | models.TextField):
        return _escaped(values if _is_plain(field) else _saved(connection, field, values))
    assert not isinstance(field, models.BinaryField)
    return _each(_said, values)


def _as_json(encoder: json.JSONEncoder, value: Any) -> str | None:
    """Return a value as JSON, or None for NULL; `encoder` knows what to do with dates and such."""
    if value is None:
        return None
    try:
        said = orjson.dumps(value, encoder.default, orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:
        # An integer of many digits, half a character: whatever the slower one makes of it.
        return encoder.encode(value)
    return said.decode()


def _said(value: Any) -> str:
    """Return a number, an id, a moment or a truth value as COPY reads it."""
    if value is None:
        return _NULL
    return value.hex if isinstance(value, uuid.UUID) else str(value)


def _escaped(texts: _Values) -> Sequence[str]:
    """Return the texts as COPY reads them; few need anything done."""
    if None in texts:
        return [_NULL if text is None else text.translate(_ESCAPES) for text in texts]
    if _SPECIAL.search("".join(texts)):
        return [text.translate(_ESCAPES) for text in texts]
    return texts


def _prepared(connection: Any, field: Any, values: _Values) -> _Values:
    """Return a column's values as the driver takes them."""
    if isinstance(field, models.CharField | models.TextField) and _is_plain(field):
        # A member of an enumeration is a text, which the driver would write by its name.
        return _each(_plain_text, values) if field.choices else values
    return _saved(connection, field, values)


def _plain_text(text: str | None) -> str | None:
    return None if text is None else str(text)


def _saved(connection: Any, field: Any, values: _Values) -> _Values:
    return _each(partial(field.get_db_prep_save, connection=connection), values)


def _is_plain(field: Any) -> bool:
    """Return whether the column holds the texts just as they are; a secret is encrypted."""
    return type(field).get_db_prep_save is models.Field.get_db_prep_save


def _each(say: Callable[[Any], Any], values: _Values) -> _Values:
    """Return what `say` makes of the values, asked once where all are the very same."""
    if len(set(map(id, values))) == 1:
        return [say(values[0])] * len(values)
    return [say(value) for value in values]


def insert_one(instance: models.Model, using: str, fields: Sequence[Any]) -> bool:
    """Insert a new row of plain values; leave one with an expression alone, and return False."""
    values = [field.pre_save(instance, True) for field in fields]
    if any(hasattr(value, "resolve_expression") for value in values):
        return False
    connection = connections[using]
    params = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values, strict=True)
    ]
    with preparing_cursor(connection) as cursor:
        cursor.execute(_insert_sql(type(instance), using, tuple(fields)), params)
    return True


@cache
def _insert_sql(model: type[models.Model], using: str, fields: tuple[Any, ...]) -> str:
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    ((sql, _params),) = query.get_compiler(using).as_sql()
    return str(sql)
