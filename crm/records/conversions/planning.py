"""What becomes of one record's value: the preview and the conversion ask the same function."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from crm.records.models import ConvertedValue
from crm.records.values import TYPES, FieldType, Value

# Numbers have no word for yes.
_DIGITS = {True: "1", False: "0"}


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What is done to the values of a field: into `to_type`, or options into their new names."""

    from_type: str
    to_type: str
    options: Sequence[str] = ()
    region: str = ""
    renamed: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What a record holds afterwards (None for nothing), and what is kept aside for it.

    `reason` says why a value has no form in the new type. `restored` is the kept value that came
    back; `keep` says that what it held before must be kept.
    """

    value: Value | None
    reason: str = ""
    restored: ConvertedValue | None = None
    keep: bool = False


def plan(
    change: Change, value: Value | None, kept: Iterable[ConvertedValue] = ()
) -> Outcome | None:
    """Return what becomes of a record's value, or None where it has none, now or aside.

    1. An option gets its new name.
    2. A value kept aside from `to_type` comes back, where nobody has touched what it became.
    3. Anything else is read from its text. What cannot be read is kept aside.
    """
    if change.renamed:
        return Outcome(change.renamed.get(str(value), value)) if value is not None else None
    live = [each for each in kept if same(each.became, value)]
    for each in live:
        if each.was_type == change.to_type:
            return Outcome(each.was, restored=each)
    if value is None and not live:
        return None
    source, was = (change.from_type, value) if value is not None else _aside(live)
    try:
        new = convert(source, was, change)
    except ValidationError as error:
        return Outcome(None, reason=error.messages[0], keep=value is not None)
    return Outcome(new, keep=value is not None and not _leads_back(change, value, new))


def _aside(live: Sequence[ConvertedValue]) -> tuple[str, Any]:
    return live[0].was_type, live[0].was


def convert(from_type: str, value: Any, change: Change) -> Value:
    """Return the value in the new type; raises ValidationError where it has no form there."""
    if from_type == FieldType.BOOLEAN and change.to_type == FieldType.NUMBER:
        text = _DIGITS[value]
    else:
        text = TYPES[from_type].write(value)
    new = TYPES[change.to_type].parse(text, change.options, change.region)
    if new is None:
        raise ValidationError("There is nothing left of it.", code="blank")
    return new


def _leads_back(change: Change, value: Any, new: Any) -> bool:
    back = dataclasses.replace(
        change, from_type=change.to_type, to_type=change.from_type, options=(str(value),)
    )
    try:
        return same(convert(change.to_type, new, back), value)
    except ValidationError:
        return False


def same(one: Any, other: Any) -> bool:
    """Return whether two values are the same in JSON, where 1 is not true."""
    return type(one) is type(other) and bool(one == other)
