"""Two people and a program in one contact at once: each write is applied, or its author is told.

A person who opened a form has seen the values of that moment. What they save over is what they saw,
or else they were shown the other value first. A program that names a version (If-Match) is held to
it; one that names none means the fields it sends.
"""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.models import Contact
from crm.history.models import Change, Verb
from crm.teams.models import Team
from tests.api.client import Program
from tests.counts import counts
from tests.factories import CompanyFactory, ContactFactory, TeamFactory
from tests.pages import Reader, filled

FIELDS = {"job_title": "jobTitle", "source": "source", "external_id": "externalId"}
PEOPLE = ("ada", "ben")

person, any_field = st.sampled_from(PEOPLE), st.sampled_from(list(FIELDS))
step = st.one_of(
    st.tuples(st.just("save"), person, any_field),
    st.tuples(st.just("patch"), any_field, st.booleans()),
    st.tuples(st.just("open form"), person),
    st.tuples(st.just("open fact"), person, any_field),
    st.tuples(st.just("read")),
)
steps = st.lists(step, min_size=6, max_size=12)


@dataclasses.dataclass
class Editor:
    """A person, the form they have open, and the values they have seen in it."""

    reader: Reader
    address: tuple[Any, ...] = ()
    data: dict[str, str] = dataclasses.field(default_factory=dict)
    seen: dict[str, str] = dataclasses.field(default_factory=dict)


class Scene:
    """A contact, and everybody who edits it."""

    def __init__(self, team: Team) -> None:
        self.team = team
        company = CompanyFactory.create(team=team)
        self.pk = ContactFactory.create(company=company, job_title="first", source="first").pk
        self.editors = {name: Editor(Reader(team)) for name in PEOPLE}
        self.api = Program(team)
        self.number = 0
        for name in PEOPLE:
            self.open(name, ("contacts:edit", self.pk))
        self.read()

    @property
    def stored(self) -> Contact:
        return Contact.objects.get(pk=self.pk)

    def newest(self) -> Change:
        return Change.objects.filter(record_id=self.pk).latest("at", "id")

    def open(self, name: str, address: tuple[Any, ...]) -> None:
        editor = self.editors[name]
        editor.address = address
        self._take_over(editor, editor.reader.get(*address))

    def _take_over(self, editor: Editor, response: Any) -> None:
        contact = self.stored
        editor.data = filled(response)
        editor.seen = {field: getattr(contact, field) for field in FIELDS}

    def read(self) -> None:
        self.version = self.api.get(f"contacts/{self.pk}")["ETag"]

    def save(self, name: str, field: str) -> None:
        editor = self.editors[name]
        if field not in editor.data:
            field = editor.address[-1]  # the one fact that is open
        value, before = self._value(name), self.newest()
        typed = editor.data | {field: value}
        response = editor.reader.post(*editor.address, **typed)
        if response.status_code == 302:
            change = self.newest()
            assert change != before
            assert change.actor_user == editor.reader.user
            # What was typed stands, also before the author was told of another value, and nothing
            # goes that they have not seen.
            assert change.fields == {
                each: [seen, typed[each]]
                for each, seen in editor.seen.items()
                if typed.get(each, seen) != seen
            }
            self.open(name, editor.address)
            return
        assert response.status_code == 200
        assert self.newest() == before
        assert response.context["form"].errors
        # What was typed is still there, and the other value beside it.
        assert self.stored_value(field) in response.text
        self._take_over(editor, response)
        assert editor.data[field] == value

    def patch(self, field: str, is_careful: bool) -> None:
        value, before = self._value("api"), self.newest()
        headers = {"If-Match": self.version} if is_careful else {}
        response = self.api.patch(f"contacts/{self.pk}", {FIELDS[field]: value}, headers=headers)
        if response.status_code == 412:
            assert headers
            assert self.newest() == before
            return
        assert response.status_code == 200
        assert self.newest().fields[field][1] == value
        self.version = response["ETag"]

    def stored_value(self, field: str) -> str:
        return str(getattr(self.stored, field))

    def _value(self, name: str) -> str:
        self.number += 1
        return f"{name} {self.number}"


# One write comes after the other, and each goes through pages and API: no matter of the database.
@pytest.mark.once
@pytest.mark.django_db
@settings(max_examples=counts(50, 1000))
@given(steps=steps)
def test_no_write_is_lost_silently(steps: list[tuple[Any, ...]]) -> None:
    scene = Scene(TeamFactory.create())
    for what, *which in steps:
        match what:
            case "open form":
                scene.open(which[0], ("contacts:edit", scene.pk))
            case "open fact":
                scene.open(which[0], ("contacts:fact", scene.pk, which[1]))
            case "save":
                scene.save(*which)
            case "read":
                scene.read()
            case "patch":
                scene.patch(*which)
    # Each change begins with what the one before it left.
    values = {"job_title": "first", "source": "first", "external_id": ""}
    written = Change.objects.filter(record_id=scene.pk, verb=Verb.UPDATED).order_by("at", "id")
    for change in written:
        for field, (old, new) in change.fields.items():
            assert old == values[field]
            values[field] = new
    assert values == {field: scene.stored_value(field) for field in FIELDS}
