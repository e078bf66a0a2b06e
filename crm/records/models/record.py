"""What a contact, a company and a call have in common."""

from collections.abc import Collection
from functools import cache
from typing import Any, Self

from django.db import models
from django.utils import timezone

from crm import normalize
from crm.fields import PhoneField
from crm.teams.db import TeamOwned


class Record(TeamOwned):
    """A team's row with a version, remembered as it was loaded so that a write knows its change.

    `version` rises with each change of what a person can edit. Only an app's operations write a
    record; `changed_fields()` tells them what to write and history what to say.
    """

    #: Columns the operations keep by themselves; they are no edit and not in history.
    KEPT_BY_OPERATIONS = frozenset({"id", "team", "version", "created_at", "updated_at", "search"})
    #: Those among them that follow from other columns, and are written whenever these change.
    DERIVED = frozenset({"search"})

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        instance = super().from_db(db, field_names, values, **kwargs)
        instance.remember()
        return instance

    def remember(self) -> None:
        """Take the present values as those in the database."""
        values = self.__dict__
        self._loaded = {
            name: values[column] for name, column in _remembered(type(self)) if column in values
        }

    def loaded(self, name: str, default: Any = None) -> Any:
        """Return a field's value as it was loaded; `default` for a record not saved yet."""
        return getattr(self, "_loaded", {}).get(name, default)

    def changed_fields(self) -> dict[str, list[Any]]:
        """Return {name: [old, new]} for each field that differs, as history says it."""
        return self.changed_columns()

    def last_values(self) -> dict[str, Any]:
        """Return {name: value} of what was loaded and is not empty, as history keeps it."""
        loaded = getattr(self, "_loaded", {})
        return {name: value for name, value in loaded.items() if value not in (None, "", {})}

    def changed_columns(self) -> dict[str, list[Any]]:
        """Return {name: [old, new]} for each column that differs from what was loaded."""
        changed = {}
        for name, old in getattr(self, "_loaded", {}).items():
            new = getattr(self, self._meta.get_field(name).attname)  # type: ignore[union-attr]
            if new != old:
                changed[name] = [old, new]
        return changed

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Clean each field by itself; an extension typed after a phone number goes to the notes.

        E.164 has no room for it, and nothing typed is lost.
        """
        typed = self._typed_phones()
        super().clean_fields(exclude=exclude)
        for name, text in typed.items():
            self.note_extension(name, text)

    def note_extension(self, name: str, text: str) -> None:
        """Note the extension that was typed with the phone number in this column."""
        if extension := normalize.phone_extension(text, self.phone_region):
            values = self.__dict__
            note = f"Extension of {values[name]}: {extension}"
            values["notes"] = "\n".join(filter(None, [values["notes"], note]))

    def _typed_phones(self) -> dict[str, str]:
        return {
            field.name: text
            for field in self._meta.concrete_fields
            if isinstance(field, PhoneField)
            and (text := self.__dict__.get(field.attname))
            and text != self.loaded(field.name)
        }

    @property
    def phone_region(self) -> str:
        """The country as whose a phone number without a country code is read."""
        return self.team.region


@cache
def _remembered(model: type[Record]) -> list[tuple[str, str]]:
    """Return the fields that history knows, each with its column."""
    fields = model._meta.concrete_fields
    return [(field.name, field.attname) for field in fields
            if field.name not in model.KEPT_BY_OPERATIONS]  # fmt: skip


CUSTOM = "custom_fields."


class CustomizedRecord(Record):
    """A record that holds what its team's own fields ask for, {key: value} (crm.records.values)."""

    custom_fields = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def remember(self) -> None:
        """Take the present values as those in the database; the dict may be changed after that."""
        super().remember()
        if "custom_fields" in self._loaded:
            self._loaded["custom_fields"] = dict(self.custom_fields)

    def changed_fields(self) -> dict[str, list[Any]]:
        """Return the changes, each custom field's by itself."""
        changed = super().changed_fields()
        before, after = changed.pop("custom_fields", ({}, {}))
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                changed[f"{CUSTOM}{key}"] = [before.get(key), after.get(key)]
        return changed

    def last_values(self) -> dict[str, Any]:
        """Return the last values, each custom field's by itself."""
        values = super().last_values()
        custom = values.pop("custom_fields", {})
        return values | {f"{CUSTOM}{key}": value for key, value in custom.items()}
