"""Lists on either side of a query.

`id__any=[…]`, `email__any=[…]` are like `in`, with all the values in one parameter: fifty ids as
fifty parameters cost more to put into the SQL than to look up, and as many as an `IN` holds, so
many different queries there are. `TextsOf` is a list in a row.
"""

import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

#: What means something inside a quoted text of PostgreSQL's arrays.
_SPECIAL = re.compile(r'[\\"]')
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\""})


class IdsField(models.Field[Any, Any]):
    """Any number of ids as one parameter; no column is of this kind."""

    def get_db_prep_value(
        self, value: Iterable[uuid.UUID], connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> str:
        """Return the ids as the text of an array: PostgreSQL's own, or JSON."""
        ids = [each.hex for each in value]
        return f"{{{','.join(ids)}}}" if connection.vendor == "postgresql" else json.dumps(ids)


class TextsField(models.Field[Any, Any]):
    """Any number of texts as one parameter; no column is of this kind."""

    def get_db_prep_value(
        self, value: Iterable[str], connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> str:
        """Return the texts as the text of an array: PostgreSQL's own, or JSON."""
        if connection.vendor != "postgresql":
            return json.dumps(list(value))
        texts = list(value)
        if _SPECIAL.search("".join(texts)):
            texts = [text.translate(_ESCAPES) for text in texts]
        return "{" + ",".join([f'"{text}"' for text in texts]) + "}"


class AnyOf(models.Lookup[Any]):
    """The id, or the text, is one of those given."""

    lookup_name = "any"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Return the one parameter."""
        field = TextsField() if self._is_text else IdsField()
        return "%s", [field.get_db_prep_value(value, connection)]

    @property
    def _is_text(self) -> bool:
        return isinstance(self.lhs.output_field, models.CharField)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the SQL of SQLite."""
        return self._fill("{} IN (SELECT value FROM json_each({}))", compiler, connection)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, Any]:
        """Return the SQL of PostgreSQL."""
        kind = "text" if self._is_text else "uuid"
        return self._fill(f"{{}} = ANY({{}}::{kind}[])", compiler, connection)

    def _fill(
        self, pattern: str, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return pattern.format(left, right), (*left_params, *right_params)


class TextsOf(models.Subquery):
    """The texts that a subquery of one column finds, as a list in its order."""

    output_field = models.TextField()
    template = "ARRAY(%(subquery)s)"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, Any]:
        """Return the SQL of SQLite, which has no arrays."""
        template = "(SELECT JSON_GROUP_ARRAY(text) FROM (%(subquery)s))"
        return self.as_sql(compiler, connection, template=template)

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        """Return what reads SQLite's list."""
        is_list = connection.vendor == "postgresql"
        return [] if is_list else [lambda value, *_: json.loads(value)]
