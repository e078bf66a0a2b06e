"""What PostgreSQL does for records beyond what models can say; other engines do without."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation


class AddPostgresIndex(Operation):
    """Index `model`'s table on PostgreSQL; `columns` is what stands behind ON table in its SQL.

    It locks the table against writes while it is built: right for a table made in the same
    migration. Any other table wants `concurrently`, in a migration that is not atomic.
    """

    reversible = True

    def __init__(self, model: str, name: str, columns: str, *, concurrently: bool = False) -> None:
        self.model = model
        self.name = name
        self.columns = columns
        self.concurrently = concurrently

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the models as they are: the index is the database's own matter."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Create the index where the engine is PostgreSQL."""
        if schema_editor.connection.vendor != "postgresql":
            return
        quote = schema_editor.quote_name
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        how = "CONCURRENTLY IF NOT EXISTS " if self.concurrently else ""
        schema_editor.execute(
            f"CREATE INDEX {how}{quote(self.name)} ON {quote(table)} {self.columns}"
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Drop the index."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(self.name)}")

    def describe(self) -> str:
        """Return the line that `migrate` prints."""
        return f"Index {self.model} by {self.name} (PostgreSQL)"


class AddTrigramIndex(AddPostgresIndex):
    """Index a team's `column` by trigrams, for `column LIKE '%term%'` within one team.

    The team leads the index (btree_gin): a word that is common among all teams but rare in this one
    costs no more than a rare word. The two extensions are trusted since PostgreSQL 13, so the
    database's owner may create them; undoing leaves them, for others may use them.
    """

    def __init__(self, model: str, column: str, name: str) -> None:
        super().__init__(model, name, f'USING gin (team_id, "{column}" gin_trgm_ops)')

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Create the extensions and the index."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
        super().database_forwards(app_label, schema_editor, from_state, to_state)
