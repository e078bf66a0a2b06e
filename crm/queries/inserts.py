"""One new row, by an INSERT whose SQL is made at its first use."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connections, models, router
from django.db.models.sql import InsertQuery


def insert(instance: models.Model) -> None:
    """Insert a new row of plain values that brings its own id; like bulk_create(), no signals.

    Raises IntegrityError.
    """
    model = type(instance)
    using = router.db_for_write(model, instance=instance)
    connection, fields = connections[using], _fields(model)
    params = [
        field.get_db_prep_save(field.pre_save(instance, True), connection) for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_sql(model, using), params)
    instance._state.adding = False
    instance._state.db = using


@cache
def _fields(model: Any) -> Sequence[models.Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


@cache
def _sql(model: Any, using: str) -> str:
    query = InsertQuery(model)
    query.insert_values(_fields(model), [model()])
    ((sql, _params),) = query.get_compiler(using).as_sql()
    return str(sql)
