"""What PostgreSQL does for records beyond what models can say; other engines do without."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation


class AddTrigramIndex(Operation):
    """Index a team's `column` by trigrams, for `column LIKE '%term%'` within one team.

    The team leads the index (btree_gin): a word that is common among all teams but rare in this one
    costs no more than a rare word. The two extensions are trusted since PostgreSQL 13, so the
    database's owner may create them.
    """

    reversible = True

    def __init__(self, model: str, column: str, name: str) -> None:
        self.model = model
        self.column = column
        self.name = name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the models as they are: the index is the database's own matter."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Create the index where the engine has trigrams."""
        if schema_editor.connection.vendor != "postgresql":
            return
        quote = schema_editor.quote_name
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
        schema_editor.execute(
            f"CREATE INDEX {quote(self.name)} ON {quote(table)} "
            f"USING gin (team_id, {quote(self.column)} gin_trgm_ops)"
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Drop the index; the extensions stay, others may use them."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(self.name)}")

    def describe(self) -> str:
        """Return the line that `migrate` prints."""
        return f"Index {self.model}.{self.column} by team and trigrams (PostgreSQL)"
