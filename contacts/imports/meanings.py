"""What people say that a value means which is no status of ours and no option of its field."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

from contacts.imports.mapping.fields import Target, targets_with_new
from contacts.imports.models import Import, ImportRow
from contacts.imports.options import Options
from contacts.models import LeadStatus

CHOICES_SHOWN = 30
SCANNED = 5000
#: The choice to add a value to the options of its field.
NEW_OPTION = "new:option"


@dataclasses.dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is none of a field's, how often it stands there, and what it could be."""

    field: str
    label: str
    value: str
    count: int
    options: Sequence[tuple[str, str]]
    chosen: str


def unknown_values(run: Import) -> list[Unknown]:
    """Return the values that no status or option is called, and what was said of them.

    Those that are still open come first, of these the frequent ones.
    """
    rows = run.rows.filter(team=run.team_id, has_warnings=True).order_by("number")[:SCANNED]
    targets = targets_with_new(run.team, run.mapping)
    known = Options.from_json(run.options).choices
    counts = _count_unknown(rows).most_common(CHOICES_SHOWN)
    for field, values in run.found.get("choices", {}).items():
        counts += [((field, value), count) for value, count in values.items()]
    found = []
    for (field, value), count in counts:
        target = targets.get(field)
        options = _options_of(target) if target else []
        if target and options:
            chosen = known.get(field, {}).get(value, "")
            found.append(Unknown(field, target.label, value, count, options, chosen))
    return found


def _options_of(target: Target) -> Sequence[tuple[str, str]]:
    empty = ("", "Leave it out")
    if target.custom:
        names = [(name, name) for name in target.custom.choices]
        return [empty, *names, (NEW_OPTION, "Add it as a new option")] if names else []
    return [empty, *LeadStatus.choices] if target.name == "leadStatus" else []


def _count_unknown(rows: Iterable[ImportRow]) -> Counter[tuple[str, str]]:
    """Return the values that are no status or option, by field, with how often they stand there."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for warning in row.detail("warnings") or ():
            if warning["code"] == "invalid_choice":
                found[warning["field"], " ".join(warning["value"].split())] += 1
    return found
