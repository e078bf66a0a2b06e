"""The audit log: every change in a team, for its owners and admins."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from crm.accounts.models import User
from crm.api.filters import ChoiceFilter, Filter, FilterSet, IdFilter, TextFilter
from crm.api.values import read_uuid
from crm.history.models import Change, Origin, Verb
from crm.history.reading import COLUMNS, Past
from crm.records.history.entries import Entry, make_entries
from crm.records.history.names import Key, Name, find_names, known_types, noun, plain_name
from crm.records.lists import RecordList
from crm.teams.models import Membership, Right
from crm.web.filters import Options
from crm.web.lists import Column, Ordering

#: So many lines of an entry are seen at once; the others unfold.
LINES = 3
MOST_PEOPLE = 500
UNKNOWN = "unknown here"


class RecordField(forms.CharField):
    """One record: `contact-0198c2d4-…`."""

    def clean(self, value: Any) -> Key | None:
        """Return its type and id; raises ValidationError where the text says no record."""
        text = super().clean(value)
        record_type, _, record_id = text.partition("-")
        try:
            return (record_type, read_uuid(record_id)) if text else None
        except ValueError as error:
            raise ValidationError("This names no record.", code="invalid") from error


class RecordFilter(Filter):
    """One record, by its type and id."""

    field_class = RecordField

    def filter(self, qs: Any, value: Key | None) -> Any:
        """Return what happened to the record."""
        return qs.filter(record_type=value[0], record_id=value[1]) if value else qs


class DayFilter(Filter):
    """A day in the viewer's timezone; `days` later is the moment that is compared with."""

    field_class = forms.DateField

    def __init__(self, *args: Any, days: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **kwargs)
        self.days = days

    def filter(self, qs: Any, value: dt.date | None) -> Any:
        """Return what happened from, or until, that day."""
        if value is None:
            return qs
        try:
            start = dt.datetime.combine(value + dt.timedelta(days=self.days), dt.time.min)
            return super().filter(qs, timezone.make_aware(start))
        except OverflowError:
            # The last day of all calendars has none after it.
            return qs


class AuditFilterSet(FilterSet):
    """Who, which record, what, by which way, when."""

    person = IdFilter("actor_user", label="Person")
    key = IdFilter("actor_key", label="API key")
    type = TextFilter("record_type", max_length=20, label="Type")
    record = RecordFilter(label="Record")
    verb = ChoiceFilter("verb", choices=Verb.choices, label="What happened")
    source = ChoiceFilter("origin", choices=Origin.choices, label="Source")
    from_ = DayFilter("at", lookup_expr="gte", label="First day")
    to = DayFilter("at", lookup_expr="lt", days=1, label="Last day")

    @classmethod
    def get_filters(cls) -> dict[str, Filter]:
        """Return the filters by their names in the address, one of which Python keeps to itself."""
        return {name.removesuffix("_"): each for name, each in super().get_filters().items()}


class AuditLog(RecordList[Change]):
    """Every change of the team, newest first."""

    needs = Right.ADMINISTER
    model = Change
    template_name = "history/audit.html"
    filterset_class = AuditFilterSet
    columns = (Column("When"), Column("Who"), Column("What", "is-first"), Column("Change"))
    orderings = {"at": Ordering("Oldest first", ("at", "id"), "Newest first")}
    default_sort = "-at"
    value_names = COLUMNS
    filter_names = ("person", "key", "type", "verb", "source", "from", "to")
    search_param = ""

    def get_queryset(self) -> QuerySet[Change]:
        """Return the team's changes."""
        return Change.objects.filter(team=self.team)

    def get_rows(self, objects: Sequence[Any]) -> list[dict[str, Any]]:
        """Return what the list shows of each change."""
        past = [Past(*row) for row in objects]
        entries = make_entries(self.team, past, is_named=True)
        return [_row(change, entry) for change, entry in zip(past, entries, strict=True)]

    def get_filter_options(self) -> Mapping[str, Options]:
        """Return whom and what one can choose, and the names of those the address asks for."""
        options: dict[str, Options] = {
            "person": self._with_asked("person", self._people()),
            "key": self._with_asked("key", self._keys()),
            "type": self._types(),
        }
        if "record" in self.asked and not self.filter_errors("record"):
            options["record"] = self._records(self.asked["record"])
        return options

    def _people(self) -> Options:
        """Return the members, and whom the address asks for if they left a change in this team."""
        here = Membership.objects.filter(team=self.team, user=OuterRef("pk"))
        wanted = Q(Exists(here))
        if "person" in self.asked and not self.filter_errors("person"):
            left = Change.objects.filter(team=self.team, actor_user=OuterRef("pk"))
            wanted |= Q(Exists(left), pk__in=self.asked["person"])
        people = User.objects.filter(wanted).order_by("name", "email")[:MOST_PEOPLE]
        return [(str(person.pk), str(person)) for person in people]

    def _keys(self) -> Options:
        keys = self.team.api_keys.order_by("name", "pk").values_list("pk", "name")
        return [(str(pk), name) for pk, name in keys]

    def _with_asked(self, name: str, options: Options) -> Options:
        """Return the options, and one for what the address asks for and is none of them."""
        known = {value for value, _text in options}
        asked = self.asked.get(name, ())
        return [*options, *((value, UNKNOWN) for value in asked if value not in known)]

    def _types(self) -> Options:
        known = known_types()
        asked = self.asked.get("type", ())
        return [*known, *((each, noun(each)) for each in asked if each not in dict(known))]

    def _records(self, asked: Sequence[str]) -> Options:
        found = []
        for text in asked:
            key = RecordField().clean(text)
            assert key is not None
            name = find_names(self.team, [key]).get(key)
            found.append((text, name.words if name else UNKNOWN))
        return found


def _row(change: Past, entry: Entry) -> dict[str, Any]:
    name = entry.name or Name(_own_name(change))
    shown = 0 if entry.is_deletion else LINES
    return {
        "entry": entry,
        "noun": noun(change.record_type),
        "name": name.text,
        "url": name.url,
        "first": entry.lines[:shown],
        "others": entry.lines[shown:],
    }


def _own_name(change: Past) -> str:
    """Return what the change itself says of the name of a thing of which nobody else knows."""
    return plain_name({name: new or old for name, (old, new) in change.fields.items()})
