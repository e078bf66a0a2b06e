"""What makes a row a team's own, in the database itself.

Every team-owned row has a UUIDv7 and a team that never changes. A reference between team-owned rows
is a TeamForeignKey together with a TeamReference constraint: a composite foreign key
(team_id, x_id) -> (team_id, id), on PostgreSQL and on SQLite. Code that forgets a filter can then
show the wrong rows, but never join two teams in one row.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Self

import uuid_utils.compat
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models, router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint
from django.db.models.deletion import Collector
from django.db.models.sql.where import WhereNode

from crm.queries.inserting import insert_one
from crm.queries.lookups import AnyOf

models.UUIDField.register_lookup(AnyOf)
models.ForeignKey.register_lookup(AnyOf)
models.CharField.register_lookup(AnyOf)


class TeamForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key to a row of the same team; joins and lookups compare the team too.

    The database's constraint is the TeamReference beside it, so the plain one is left out, and so
    is its index: each model says which indexes its lists need, always led by the team.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        kwargs.setdefault("db_index", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "db_constraint": False, "db_index": False}

    def get_extra_descriptor_filter(self, instance: models.Model) -> dict[str, Any]:
        return {"team_id": instance.team_id}  # type: ignore[attr-defined]

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Any:
        # Without an alias the join was trimmed away (a subquery of exclude()).
        if alias is None or related_alias is None:
            return None
        theirs: Any = self.related_model._meta.get_field("team")
        ours: Any = self.model._meta.get_field("team")
        same_team = theirs.get_lookup("exact")(theirs.get_col(alias), ours.get_col(related_alias))
        return WhereNode([same_team])


class TeamReference(BaseConstraint):
    """The composite foreign key (team_id, `field`_id) -> (team_id, id) of the target.

    Initially deferred, like Django's own: a backstop at commit, never the source of a message to a
    person. `validate()` gives that message, code `does_not_exist`, beside the field.
    """

    def __init__(self, *, field: str, name: str, on_delete: str = "") -> None:
        super().__init__(name=name, violation_error_code="does_not_exist")
        self.field = field
        self.on_delete = on_delete

    def _clause(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        field: Any = model._meta.get_field(self.field)
        target = field.remote_field.model
        quote = editor.quote_name
        on_delete = f" ON DELETE {self.on_delete}" if self.on_delete else ""
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({quote('team_id')}, {quote(field.column)})"
            f" REFERENCES {quote(target._meta.db_table)} ({quote('team_id')}, {quote('id')})"
            f"{on_delete} DEFERRABLE INITIALLY DEFERRED"
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the clause that SQLite inlines in CREATE TABLE."""
        return self._clause(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        """Queue the constraint for the migration's end, when the target's unique key is there."""
        table = schema_editor.quote_name(model._meta.db_table)
        schema_editor.deferred_sql.append(
            f"ALTER TABLE {table} ADD {self._clause(model, schema_editor)}"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """Return the SQL that drops the constraint."""
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Raise ValidationError beside the field where the target is not of the instance's team."""
        if exclude and self.field in exclude:
            return
        field: Any = model._meta.get_field(self.field)
        value = getattr(instance, field.attname)
        if value is None:
            return
        target = field.related_model
        team_id = instance.team_id  # type: ignore[attr-defined]
        if not target._base_manager.using(using).filter(pk=value, team_id=team_id).exists():
            raise ValidationError({self.field: does_not_exist(target._meta.verbose_name)})

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, _kwargs = super().deconstruct()
        kwargs = {"field": self.field, "name": self.name}
        return path, args, kwargs | ({"on_delete": self.on_delete} if self.on_delete else {})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TeamReference) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


def does_not_exist(noun: str) -> ValidationError:
    """Return the one error for a row that is unknown or another team's: the two answer alike."""
    return ValidationError(f"There is no such {noun} in this team.", code="does_not_exist")


def first_id_at(moment: dt.datetime) -> uuid.UUID:
    """Return the least id that a row made then can have: ids tell the time, to the millisecond."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


class TeamCollector(Collector):
    """Finds what hangs on rows that are deleted, within their team.

    The indexes of a team's tables are led by the team: without it, the rows of all teams are read.
    """

    def __init__(self, rows: Sequence["TeamOwned"]) -> None:
        using = router.db_for_write(type(rows[0]), instance=rows[0])
        super().__init__(using, origin=rows[0])
        self.team_id = rows[0].team_id

    def related_objects(
        self, related_model: type[models.Model], related_fields: Any, objs: Any
    ) -> models.QuerySet[Any]:
        found: models.QuerySet[Any] = super().related_objects(related_model, related_fields, objs)
        is_ours = issubclass(related_model, TeamOwned)
        return found.filter(team=self.team_id) if is_ours else found


class TeamOwned(models.Model):
    """A row that belongs to one team for ever."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    team = models.ForeignKey(
        "teams.Team", models.CASCADE, related_name="+", db_index=False, editable=False
    )

    _loaded_team_id: uuid.UUID | None

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; raises ValueError where its team was changed."""
        loaded = getattr(self, "_loaded_team_id", None)
        if loaded is not None and loaded != self.team_id:
            raise ValueError(f"A {self._meta.verbose_name} never changes its team.")
        super().save(*args, **kwargs)
        self._loaded_team_id = self.team_id

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Delete the row, and what hangs on it."""
        return delete_rows([self])

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        instance = super().from_db(db, field_names, values, **kwargs)
        instance._loaded_team_id = instance.__dict__.get("team_id")
        return instance

    def _do_insert(
        self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool
    ) -> Any:
        # Putting the statement together costs more than running it.
        if not (returning_fields or raw) and insert_one(self, using, fields):
            return []
        return super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]

    def _do_update(
        self, base_qs: Any, using: Any, pk_val: Any, values: Any, *args: Any, **kwargs: Any
    ) -> Any:
        values = [value for value in values if value[0].attname != "team_id"]
        base_qs = base_qs.filter(team_id=self.team_id)
        return super()._do_update(base_qs, using, pk_val, values, *args, **kwargs)

    def refresh_from_db(
        self, using: Any = None, fields: Any = None, from_queryset: Any = None
    ) -> None:
        """Reload the row, within its team where the team is known."""
        queryset = from_queryset
        # Asking for a deferred team_id would come back here, for ever.
        if "team_id" in self.__dict__:
            if queryset is None:
                queryset = type(self)._base_manager.using(using)
            queryset = queryset.filter(team_id=self.team_id)
        super().refresh_from_db(using, fields, queryset)


def delete_rows(rows: Sequence[TeamOwned]) -> tuple[int, dict[str, int]]:
    """Delete rows of one model and one team, and what hangs on them, with as few statements as one.

    Returns how many rows went, and how many of which model; raises RestrictedError where something
    else needs one of them.
    """
    collector = TeamCollector(rows)
    collector.collect(rows)
    return collector.delete()


def unique_in_team(table: str) -> models.UniqueConstraint:
    """Return the UNIQUE (team, id) that composite foreign keys refer to."""
    return models.UniqueConstraint(fields=["team", "id"], name=f"{table}_team_id_uniq")
