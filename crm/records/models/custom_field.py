"""The fields that a team adds to its contacts and companies."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from crm import normalize
from crm.fields import LineField
from crm.records.models.record import CUSTOM, Record
from crm.records.values import TYPES, FieldType, ValueType
from crm.teams.db import unique_in_team
from crm.teams.models import Team


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

    KEPT_BY_OPERATIONS = Record.KEPT_BY_OPERATIONS | {"converting"}
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
    #: Whether its values are being turned into another type; nobody writes them meanwhile.
    converting = models.BooleanField(default=False, editable=False)
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
