"""What PostgreSQL knows of its tables, by which it chooses an index."""

from django.db import DEFAULT_DB_ALIAS, connections, models

_GROWN = """
SELECT relname FROM pg_class
WHERE oid = ANY(%s::regclass[])
    AND pg_relation_size(oid) / current_setting('block_size')::int >= 4 * greatest(relpages, 1)
"""


def analyze_grown(*tables: type[models.Model]) -> None:
    """Let PostgreSQL look again at those tables that have grown fourfold since it last looked.

    It looks by itself, but only once a minute: by then a file of 100,000 rows is imported. Until it
    has, it goes on as for the few rows that there were, and checks each reference to a company by
    reading all companies.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [[quote(table._meta.db_table) for table in tables]])
        for (name,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {quote(name)}")
