"""What is said of a file as a whole: by the person at the mapping, or in the request."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from contacts.imports.models import Duplicates
from contacts.imports.problems import Said


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """How the rows are taken. `choices` says by field what a value that the team lacks is."""

    import_company_fields: bool = False
    on_duplicate: str = Duplicates.SKIP
    default_company_name: str = ""
    split_names: bool = True
    default_region: str = ""
    date_order: str = ""
    lead_status: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    #: As of where the dates of which field are read, known from the import that gave the rows back.
    dates: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: The import that has written these rows already and gives them back to be corrected.
    written_by: str = ""
    choices: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it for a JSON column."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Options":
        """Return what `as_json` was made of."""
        return cls(**{**values, "tags": tuple(values.get("tags", ()))})


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """How a file is taken when it comes in: its columns, its rows, and what to say of that."""

    mapping: Sequence[Mapping[str, Any]]
    options: Options
    notices: Sequence[Said] = ()
