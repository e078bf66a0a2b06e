"""What reads the texts of a column: one rule a column, decided once for the file."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any

from contacts.imports.mapping.fields import Target
from contacts.imports.words import READERS
from crm.fields import PhoneField
from crm.records.models import Record

#: So many texts of each column are remembered with what they are.
TEXTS_KNOWN = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """What reads the texts of a column; raises ValidationError for those that it cannot."""

    target: Target
    read: Callable[[str], Any]
    is_phone: bool = False
    #: What the team's own field is called among a record's values.
    key: str = ""


def remembering(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what reads each text of a column once: most columns have few different ones."""
    return lru_cache(TEXTS_KNOWN)(read)


def field_rule(target: Target, record: Record) -> Rule:
    """Return the rule of a model's own field; `record` is one like those that it will be read for.

    It knows in which region a phone number was typed.
    """
    field: Any = record._meta.get_field(target.attribute)
    read = remembering(lambda text: field.clean(text, record))
    return Rule(target, read, isinstance(field, PhoneField))


def field_rules(targets: Iterable[Target], record: Record) -> list[Rule]:
    """Return the rules of a model's columns; phones come last, for they may add to the notes."""
    rules = [
        field_rule(target, record)
        for target in targets
        if target.model == record._meta.model_name
        and target.attribute
        and target.name not in READERS
    ]
    return sorted(rules, key=lambda rule: rule.is_phone)


def custom_rules(
    targets: Iterable[Target], kind: str, region: str, dates: Mapping[str, str]
) -> list[Rule]:
    """Return the rules of the fields that the team has added; `dates` says where theirs are of."""
    return [
        Rule(
            target,
            remembering(
                partial(
                    target.custom.type.parse,
                    options=target.custom.choices,
                    region=dates.get(target.name, region),
                )
            ),
            key=target.custom.key,
        )
        for target in targets
        if target.custom and target.model == kind
    ]
