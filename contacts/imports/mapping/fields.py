"""What a column can become: the catalogue's fields of a contact and of its company."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from contacts.imports.mapping.vocabulary import words_of
from crm.records.catalog import active_custom_fields, built_in_fields
from crm.records.models import CUSTOM, CustomField, EntityType
from crm.teams.models import Team

CONTACT, COMPANY = "contact", "company"
FULL_NAME, COMPANY_NAME = "fullName", "companyName"


@dataclasses.dataclass(frozen=True)
class Target:
    """A field that a column can be mapped to: `model` says whose, `attribute` where it is kept.

    `name` is the REST API's. What is no single column of the model (a full name, tags) has no
    attribute; a field that the team has added has its definition.
    """

    name: str
    label: str
    model: str
    attribute: str = ""
    custom: CustomField | None = None

    @cached_property
    def key(self) -> str:
        """What a record's values are called by: the attribute, or `custom_fields.<key>`."""
        return f"{CUSTOM}{self.custom.key}" if self.custom else self.attribute

    @property
    def is_of_company(self) -> bool:
        """Whether it is a detail of the company, saved only where that was asked for."""
        return self.model == COMPANY and self.name != COMPANY_NAME


@cache
def built_in() -> Mapping[str, Target]:
    """Return the fields that every team has, by name."""
    return {target.name: target for target in _built_in()}


def _built_in() -> Iterator[Target]:
    for name, field in built_in_fields(CONTACT).items():
        if name == "company":
            yield Target(COMPANY_NAME, field.label, COMPANY, "name")
        else:
            yield Target(field.api_name, field.label, CONTACT, name if field.column else "")
        if name == "last_name":
            yield Target(FULL_NAME, "Full name, split in two", CONTACT)
    for name, field in built_in_fields(COMPANY).items():
        if name in ("name", "external_id"):
            continue
        bare = field.api_name.removeprefix("company")
        said = f"company{bare[:1].upper()}{bare[1:]}"
        yield Target(said, f"Company {field.label.lower()}", COMPANY, name)


def targets_of(team: Team) -> dict[str, Target]:
    """Return the team's fields, those it has added too, by name: two queries."""
    targets = dict(built_in())
    for model, start in ((CONTACT, "customFields"), (COMPANY, "companyCustomFields")):
        for field in active_custom_fields(team.pk, model):
            name = f"{start}.{field.key}"
            targets[name] = Target(name, field.label, model, custom=field)
    return targets


def targets_with_new(team: Team, mapping: Iterable[Mapping[str, Any]]) -> dict[str, Target]:
    """Return the team's fields, and those that this mapping will add to them."""
    targets = targets_of(team)
    for field in new_fields(team, mapping):
        name = f"customFields.{field.key}"
        targets.setdefault(name, Target(name, field.label, CONTACT, custom=field))
    return targets


def new_fields(team: Team, mapping: Iterable[Mapping[str, Any]]) -> list[CustomField]:
    """Return the fields that the mapping will add to the team's, none of them saved."""
    return [
        new_field(team, column["header"], column["new"], column["field"].partition(".")[2])
        for column in mapping
        if column.get("new")
    ]


def new_field(team: Team, header: str, field_type: str, key: str) -> CustomField:
    """Return a field of contacts that a column of this name becomes."""
    return CustomField(
        team=team, entity_type=EntityType.CONTACT, key=key, label=header, field_type=field_type
    )


def own_names(targets: Mapping[str, Target]) -> dict[str, str]:
    """Return what columns of the fields that the team has added are called: words -> field."""
    names: dict[str, str] = {}
    for target in targets.values():
        if target.custom:
            for said in (target.custom.label, target.custom.key, target.name):
                names.setdefault(words_of(said), target.name)
    names.pop("", None)
    return names


def get_value(record: Any, key: str) -> Any:
    """Return a record's value by its `Target.key`."""
    if key.startswith(CUSTOM):
        return record.custom_fields.get(key.removeprefix(CUSTOM))
    return getattr(record, key)


def set_value(record: Any, key: str, value: Any) -> None:
    """Set a record's value; None takes a custom one away."""
    if not key.startswith(CUSTOM):
        setattr(record, key, value)
        return
    values = {**record.custom_fields, key.removeprefix(CUSTOM): value}
    record.custom_fields = {name: each for name, each in values.items() if each is not None}
