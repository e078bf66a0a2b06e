"""What records have in common, and the fields that a team adds to its contacts and companies."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from crm import normalize
from crm.fields import LineField, PhoneField
from crm.records.values import TYPES, FieldType, ValueType
from crm.teams.db import TeamOwned, unique_in_team
from crm.teams.models import Team


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
        self._loaded = {
            field.name: self.__dict__[field.attname]
            for field in self._meta.concrete_fields
            if field.attname in self.__dict__ and field.name not in self.KEPT_BY_OPERATIONS
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
        values = self.__dict__
        for name, text in typed.items():
            if extension := normalize.phone_extension(text, self.phone_region):
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


class EntityType(models.TextChoices):
    """The records that can have fields of the team's own."""

    CONTACT = "contact", "Contact"
    COMPANY = "company", "Company"


class FieldCreator(models.TextChoices):
    """Who thought of a field."""

    USER = "user", "A person"
    EXTRACTOR = "extractor", "The extractor"


LONGEST_KEY = 64
LONGEST_OPTION = 100
MOST_OPTIONS = 200
MOST_FIELDS = 200
validate_key = RegexValidator(
    r"^[a-z][a-z0-9_]{1,63}\Z",
    "A key is 2 to 64 small letters, digits and underscores, and begins with a letter.",
    code="invalid_key",
)


def clean_options(options: Any) -> list[dict[str, Any]]:
    """Return the options in their form; raises ValidationError beside `options`."""
    cleaned: dict[str, dict[str, Any]] = {}
    for option in options:
        try:
            name = normalize.clean_line(option["name"])
            key = normalize.name_key(name)
        except normalize.NormalizeError as error:
            raise wrong_options(error.message, error.code) from error
        if not name:
            raise wrong_options("An option needs a name.", "blank")
        if len(name) > LONGEST_OPTION:
            raise wrong_options(f"An option has at most {LONGEST_OPTION} characters.", "max_length")
        if key in cleaned:
            raise wrong_options(f"There are two options “{name}”.", "unique")
        cleaned[key] = {"name": name, "retired": bool(option["retired"])}
    if len(cleaned) > MOST_OPTIONS:
        raise wrong_options(f"A field has at most {MOST_OPTIONS} options.", "max_length")
    return list(cleaned.values())


def wrong_options(message: str, code: str) -> ValidationError:
    """Return the error beside a field's options."""
    return ValidationError({"options": ValidationError(message, code=code)})


class CustomField(Record):
    """A field that a team has added to its contacts or companies.

    `options` are those of a choice, [{"name": …, "retired": …}] in order; they are kept while the
    type is another. An archived field (`active` false) is not shown, and its values stay. It is
    written as records are, so that its history is kept as theirs.
    """

    DERIVED = frozenset()
    #: What never changes once the field is there.
    FIXED = ("entity_type", "key")

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="custom_fields", db_index=False, editable=False
    )
    entity_type = models.CharField("for", max_length=10, choices=EntityType)
    key = models.CharField(
        max_length=LONGEST_KEY,
        validators=[validate_key],
        help_text="What programs and files call it. It never changes.",
    )
    label = LineField(max_length=100, blank=False)
    field_type = models.CharField("type", max_length=10, choices=FieldType, default=FieldType.TEXT)
    options = models.JSONField(default=list, blank=True)
    description = LineField(
        "help text", max_length=500, blank=True, help_text="Stands under the field in forms."
    )
    required = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)
    created_by = models.CharField(
        max_length=10, choices=FieldCreator, default=FieldCreator.USER, editable=False
    )

    class Meta:
        ordering = ["entity_type", "position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("records_customfield"),
            models.UniqueConstraint(
                fields=["team", "entity_type", "key"],
                name="records_customfield_key_uniq",
                violation_error_code="unique",
                violation_error_message="There is a field with this key already.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Check the options, and that what is fixed stays."""
        self.options = clean_options(self.options)
        if self.field_type == FieldType.SELECT and not self.choices:
            message = "Name at least one option to choose."
            raise ValidationError({"options": ValidationError(message, code="required")})
        for name in self.FIXED:
            if self.loaded(name, getattr(self, name)) != getattr(self, name):
                message = "This never changes. Add another field instead."
                raise ValidationError({name: ValidationError(message, code="immutable")})

    def set_options(self, names: Iterable[str]) -> None:
        """Let these be the options to choose, in order; those left out are retired."""
        names = list(names)
        kept = {normalize.name_key(name) for name in names}
        retired = [name for name in self.names if normalize.name_key(name) not in kept]
        self.options = [
            *({"name": name, "retired": False} for name in names),
            *({"name": name, "retired": True} for name in retired),
        ]

    @property
    def name(self) -> str:
        """Its name among the record's fields: `custom_fields.budget`."""
        return f"{CUSTOM}{self.key}"

    @property
    def type(self) -> ValueType:
        """How its values are read and shown."""
        return TYPES[self.field_type]

    @property
    def names(self) -> list[str]:
        """The names of all options, retired ones too, in order."""
        return [option["name"] for option in self.options]

    @property
    def choices(self) -> list[str]:
        """The names of the options that can be chosen, in order."""
        return [option["name"] for option in self.options if not option["retired"]]
