"""What the things are called that history tells of, and where their pages are.

The apps above register theirs in `ready()`. A thing that is gone keeps the name that it had last.
"""

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, QuerySet
from django.urls import reverse

from crm.history.models import Change, Verb
from crm.records.models import CustomField
from crm.teams.models import Team

type Values = Mapping[str, Any]
#: Which thing: what it is, and its id.
type Key = tuple[str, uuid.UUID]


@dataclasses.dataclass(frozen=True, slots=True)
class Naming:
    """How the things of one kind are called.

    `rows` are the team's, `columns` what `name` makes a name of: it is given the values of a row,
    or those a thing had last, by name. `page` is the address of one, where it has any. `model` says
    what its fields are called where no catalogue does.
    """

    noun: str
    rows: Callable[[Team], QuerySet[Any, Any]]
    columns: Sequence[str]
    name: Callable[[Values], str]
    page: Callable[[Team, uuid.UUID], str] | None = None
    model: type[Model] | None = None


class Name(NamedTuple):
    """What one thing is called; `url` is empty where it has no page, or not any more."""

    text: str
    url: str = ""
    is_deleted: bool = False

    @property
    def words(self) -> str:
        """The name, and whether the thing is gone."""
        return f"{self.text} (deleted)" if self.is_deleted else self.text


def name_of(values: Values) -> str:
    """Return the name of what has one."""
    return str(values.get("name", ""))


def _member_name(values: Values) -> str:
    return str(values.get("user__name") or values.get("user__email") or "")


def _invitation_name(values: Values) -> str:
    return str(values.get("email") or f"Link for a new {values.get('role', 'member')}".lower())


_namings: dict[str, Naming] = {
    "team": Naming(
        "Team",
        lambda team: Team.objects.filter(pk=team.pk),
        ("name",),
        name_of,
        lambda team, _id: reverse("team_settings:home", args=[team.slug]),
    ),
    "membership": Naming(
        "Member",
        lambda team: team.memberships.order_by(),
        ("user__name", "user__email"),
        _member_name,
        lambda team, _id: reverse("team_settings:members", args=[team.slug]),
    ),
    "invitation": Naming(
        "Invitation",
        lambda team: team.invitations.order_by(),
        ("email", "role"),
        _invitation_name,
        lambda team, _id: reverse("team_settings:members", args=[team.slug]),
    ),
    "api_key": Naming(
        "API key",
        lambda team: team.api_keys.order_by(),
        ("name",),
        name_of,
        lambda team, _id: reverse("team_settings:keys", args=[team.slug]),
    ),
    "customfield": Naming(
        "Custom field",
        lambda team: team.custom_fields.order_by(),
        ("label",),
        lambda values: str(values.get("label", "")),
        model=CustomField,
    ),
}


def register(record_type: str, naming: Naming) -> None:
    """Let history name the things of this type."""
    _namings[record_type] = naming


def noun(record_type: str) -> str:
    """Return what kind of thing it is: `Contact`."""
    naming = _namings.get(record_type)
    return naming.noun if naming else record_type.replace("_", " ").capitalize()


def known_types() -> list[tuple[str, str]]:
    """Return each registered type with its noun, by noun."""
    return sorted(((key, each.noun) for key, each in _namings.items()), key=lambda pair: pair[1])


def find_column(record_type: str, name: str) -> Field[Any, Any] | None:
    """Return the column of a thing's field, where it is known what thing that is."""
    naming = _namings.get(record_type)
    if naming is None or naming.model is None:
        return None
    try:
        column: Any = naming.model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return column if column.concrete else None


def find_names(team: Team, keys: Iterable[Key]) -> dict[Key, Name]:
    """Return the names of the team's things that have or had one.

    One query for each type among them, and one for all that are gone.
    """
    wanted: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
    for record_type, record_id in keys:
        wanted[record_type].add(record_id)
    names: dict[Key, Name] = {}
    for record_type, ids in wanted.items():
        if naming := _namings.get(record_type):
            names |= {(record_type, pk): name for pk, name in _present(team, naming, ids)}
    missing = [(each, pk) for each, ids in wanted.items() for pk in ids if (each, pk) not in names]
    return names | _deleted(team, missing)


def _present(
    team: Team, naming: Naming, ids: Iterable[uuid.UUID]
) -> Iterable[tuple[uuid.UUID, Name]]:
    rows = naming.rows(team).filter(pk__in=list(ids)).values_list("pk", *naming.columns)
    for pk, *values in rows:
        name = naming.name(dict(zip(naming.columns, values, strict=True)))
        yield pk, Name(name, naming.page(team, pk) if naming.page else "")


def _deleted(team: Team, keys: Sequence[Key]) -> dict[Key, Name]:
    if not keys:
        return {}
    gone = Change.objects.filter(
        team=team,
        record_type__in={record_type for record_type, _id in keys},
        record_id__in=[record_id for _type, record_id in keys],
        verb=Verb.DELETED,
    )
    rows = gone.order_by().values_list("record_type", "record_id", "fields")
    return {
        (record_type, record_id): Name(last_name(record_type, fields), is_deleted=True)
        for record_type, record_id, fields in rows
    }


def last_name(record_type: str, fields: Mapping[str, Sequence[Any]]) -> str:
    """Return the name that a thing had when it was deleted, of the fields of that change."""
    values = {name: old for name, (old, _new) in fields.items()}
    naming = _namings.get(record_type)
    return (naming.name(values) if naming else "") or plain_name(values)


def plain_name(values: Values) -> str:
    """Return a name for a thing of an unknown kind, or "" where nothing in it reads like one."""
    found = (values.get(key) for key in ("name", "label", "email"))
    return next((text for text in found if isinstance(text, str) and text), "")
