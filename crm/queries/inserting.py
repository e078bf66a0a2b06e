"""Inserting rows: many by COPY where the engine has it, else by one statement that is run for each.

COPY costs a third of an INSERT with as many parameters, and no statement has to be put together.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.sql import InsertQuery

from crm.queries.statements import preparing_cursor

FEW = 20


def insert_many(instances: Sequence[models.Model]) -> None:
    """Insert new rows of one model, whose ids are set already."""
    if not instances:
        return
    model, connection = type(instances[0]), connections[DEFAULT_DB_ALIAS]
    if len(instances) < FEW:
        model._base_manager.bulk_create(instances)
        return
    if connection.vendor == "postgresql":
        _copy(model, instances, connection)
    else:
        _execute_many(model, instances, connection)
    for instance in instances:
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS


def _copy(model: type[models.Model], instances: Sequence[models.Model], connection: Any) -> None:
    sql = f"COPY {_table(model, connection)} FROM STDIN"
    readers = _readers(model, connection)
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        for instance in instances:
            copy.write_row(_values(instance, readers))


def _execute_many(
    model: type[models.Model], instances: Sequence[models.Model], connection: Any
) -> None:
    readers = _readers(model, connection)
    places = ", ".join(["%s"] * len(readers))
    sql = f"INSERT INTO {_table(model, connection)} VALUES ({places})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, [_values(instance, readers) for instance in instances])


def _table(model: type[models.Model], connection: Any) -> str:
    """Return the table with its columns, as an INSERT names them."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in model._meta.concrete_fields)
    return f"{quote(model._meta.db_table)} ({columns})"


type _Reader = tuple[str, Callable[[Any], Any] | None]


def _readers(model: type[models.Model], connection: Any) -> list[_Reader]:
    return [(field.attname, _preparer(field, connection)) for field in model._meta.concrete_fields]


def _values(instance: models.Model, readers: Sequence[_Reader]) -> list[Any]:
    values = instance.__dict__
    return [values[name] if ready is None else ready(values[name]) for name, ready in readers]


def _preparer(field: models.Field[Any, Any], connection: Any) -> Callable[[Any], Any] | None:
    """Return what makes a value ready for the driver, or None where it takes it as it is."""
    if isinstance(field, models.JSONField):
        return partial(_prepare_json, field, connection)
    is_text = isinstance(field, models.CharField | models.TextField)
    if field.choices and (is_text or connection.vendor == "postgresql"):
        # A member of an enumeration is a text, which the driver would write by its name.
        return str
    if is_text or connection.vendor == "postgresql":
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _prepare_json(field: models.JSONField, connection: Any, value: Any) -> Any:
    # Most rows have nothing to say there.
    return "{}" if value == {} else field.get_db_prep_save(value, connection)


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
