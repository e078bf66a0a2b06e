"""What was said of a file with these columns before, so that nobody has to say it twice.

Rows that an import gives back as a file (rejected.csv, warnings.csv) name their import in the
header: corrected and uploaded again, they are taken just as they were.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from contacts.imports.given_back import read_header
from contacts.imports.mapping import Column
from contacts.imports.mapping.fields import Target
from contacts.imports.mapping.guess import REMEMBERED
from contacts.imports.models import Duplicates, Import, Status
from contacts.imports.options import Options
from contacts.imports.problems import Said, said
from contacts.imports.reading.layout import nameless
from crm.teams.models import Team

#: What is said of a file and holds for every file like it; its company or tags are its own.
_OF_ALL_ALIKE = (
    "import_company_fields",
    "on_duplicate",
    "default_region",
    "date_order",
    "split_names",
    "choices",
)
_LOOKED_THROUGH = 1000
_COMPARED = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Before:
    """An earlier import, and how what it knew is taken over."""

    run: Import
    options: Options
    #: Whether the rows are the import's own, given back: then all that was said of them holds.
    is_given_back: bool = False
    #: Whether the fields which it was going to make may be made by this one.
    keeps_new: bool = False

    def apply(self, columns: Sequence[Column], targets: Mapping[str, Target]) -> list[Column]:
        """Return the columns as they were taken then; those that it did not have are left out."""
        has_names = any(column["header"] for column in self.run.mapping)
        known: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for number, column in enumerate(self.run.mapping, 1):
            known[column["header"] if has_names else nameless(number)].append(column)
        # Of columns of one name, the first is what the first was.
        return [
            self._as_before(column, was.pop(0) if (was := known[column.header]) else {}, targets)
            for column in columns
        ]

    def _as_before(
        self, column: Column, was: Mapping[str, Any], targets: Mapping[str, Target]
    ) -> Column:
        field, new = was.get("field"), was.get("new", "")
        if field in targets:
            return dataclasses.replace(column, field=field, confidence=REMEMBERED)
        if new and self.keeps_new:
            return dataclasses.replace(column, field=field, confidence=REMEMBERED, new=new)
        return dataclasses.replace(column, field=None, confidence=0.0)

    @property
    def notices(self) -> list[Said]:
        """What to say of it."""
        what = "All choices are" if self.is_given_back else "The choices are"
        day = f"{self.run.created_at:%-d %b %Y}"
        detail = f"{what} those of {self.run.file_name} of {day}. Check them before you go on."
        return [said(None, "as_before", detail)]


def keep_fields(
    before: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the columns of a file that is read otherwise, with what they were taken for before.

    A column is known by its name, or where there is no header on one side by its place. What was
    chosen for one is not found for another.
    """
    by_name = any(each["header"] for each in before) and any(each["header"] for each in columns)

    def key(column: Mapping[str, Any]) -> str:
        return column["header"] if by_name else nameless(column["column"])

    known: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for column in before:
        known[key(column)].append(column)
    kept = [
        _kept(column, was.pop(0) if (was := known[key(column)]) else None) for column in columns
    ]
    taken = {column["field"] for column in kept if column}
    return [
        was
        or ({**column, "field": None, "confidence": 0.0} if column["field"] in taken else column)
        for was, column in zip(kept, columns, strict=True)
    ]


def _kept(column: Mapping[str, Any], was: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if was is None or (was.get("new") and not column["header"]):
        # What has no name can be no field of its own.
        return None
    return {**was, "column": column["column"], "header": column["header"]}


def find_given_back(
    team: Team, headers: Sequence[str], *, keeps_new: bool = False
) -> Before | None:
    """Return the import whose rows these are; rows that it has written already are updated."""
    given_back = read_header(headers[0]) if headers else None
    if given_back is None:
        return None
    ids = team.imports.order_by("-id").values_list("pk", flat=True)[:_LOOKED_THROUGH]
    pk = next((pk for pk in ids if pk.hex.endswith(given_back.id_end)), None)
    if pk is None:
        return None
    run = team.imports.get(pk=pk)
    options = dataclasses.replace(
        Options.from_json(run.options), dates=run.found.get("dates", {}), written_by=""
    )
    if given_back.warned:
        options = dataclasses.replace(
            options, on_duplicate=Duplicates.UPDATE, written_by=str(run.pk)
        )
    return Before(run, options, is_given_back=True, keeps_new=keeps_new)


def find_alike(team: Team, headers: Sequence[str]) -> Before | None:
    """Return the team's last import with the same columns.

    What was said of that file alone (its company, its tags) is not said of this one.
    """
    if not any(headers):
        return None
    # Whoever undoes an import may have chosen wrongly.
    undone = (Status.UNDOING, Status.UNDONE)
    started = team.imports.filter(started_at__isnull=False).exclude(status__in=undone)
    started = started.order_by("-id")
    for run in started.only("mapping", "options", "file_name", "created_at", "team")[:_COMPARED]:
        if [column["header"] for column in run.mapping] == list(headers):
            options = Options.from_json(run.options)
            return Before(run, Options(**{name: getattr(options, name) for name in _OF_ALL_ALIKE}))
    return None
