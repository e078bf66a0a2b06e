"""Rows that are kept as they are until a transaction ends."""

from typing import Any

from django.db import connections
from django.db.models import QuerySet

from crm.queries.statements import Row, compile_select


def read_kept(rows: QuerySet[Any, Any]) -> list[Row]:
    """Return the rows of a queryset of plain columns, none of which is deleted before the commit.

    Whoever keeps them too does not wait, only who locks them to delete or rename them. SQLite has
    one writer at a time, so that nobody could.
    """
    select = compile_select(rows)
    is_postgres = connections[rows.db].vendor == "postgresql"
    lock = " FOR KEY SHARE" if is_postgres else ""
    return select.read(rows.db, select.sql + lock, select.params)
