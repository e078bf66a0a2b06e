"""Indexing a table that is in use."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex


class AddIndexInUse(AddIndex):
    """Add an index without stopping writes: on PostgreSQL it is built concurrently.

    The migration must not be atomic. One that was broken off is run again as it is: what it left
    behind, PostgreSQL's half-built index too, is built anew. SQLite, which has one writer anyway,
    builds it as usual.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Build the index."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        editor: Any = schema_editor
        name = editor.quote_name(self.index.name)
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        editor.add_index(to_state.apps.get_model(app_label, self.model_name), self.index, True)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Drop the index."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        editor: Any = schema_editor
        editor.remove_index(from_state.apps.get_model(app_label, self.model_name), self.index, True)
