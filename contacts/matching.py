"""Who is the same person: asked by calls, and by whatever else brings people in from outside."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from contacts.models import Contact
from crm import normalize
from crm.teams.models import Team


def find_contact_by_number(team: Team, number: str) -> Contact | None:
    """Return the one contact whose primary or secondary phone is this E.164 number.

    A number that two contacts share belongs to neither: None, never a guess.
    """
    if not number:
        return None
    found = list(team.contacts.with_number(number)[:2])
    return found[0] if len(found) == 1 else None


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Somebody by what they are recognised by; `ref` is whatever finds them again."""

    ref: Any
    name: str
    email: str = ""
    phones: tuple[str, ...] = ()
    external_id: str = ""
    #: What recognises them, the surest first.
    keys: tuple[tuple[str, str], ...] = dataclasses.field(init=False, compare=False)

    def __post_init__(self) -> None:
        keys = [("phone", phone) for phone in self.phones]
        if self.external_id:
            keys.insert(0, ("external_id", self.external_id))
        if self.email:
            keys.append(("email", self.email))
        object.__setattr__(self, "keys", tuple(keys))


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """Who somebody is: one person by `key`, or several of whom none is taken."""

    key: tuple[str, str]
    people: tuple[Person, ...]

    @property
    def person(self) -> Person | None:
        """The one person, where there is one."""
        return self.people[0] if len(self.people) == 1 else None


class People:
    """Persons that are known, to be asked who somebody is."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._by_key: dict[tuple[str, str], dict[Any, Person]] = {}
        for person in people:
            self.add(person)

    def add(self, person: Person) -> None:
        """Know one more."""
        for key in person.keys:
            self._by_key.setdefault(key, {})[person.ref] = person

    def find_match(self, somebody: Person) -> Match | None:
        """Return who that is: by external id, then phone, then email.

        Keys that lead to two people lead to neither: none is guessed. A shared number or address
        alone makes nobody the same: where the names differ and the other address does too, it is
        the switchboard's number or the office's mailbox.
        """
        found: dict[Any, Person] = {}
        surest: tuple[str, str] | None = None
        for key in somebody.keys:
            for person in self._by_key.get(key, {}).values():
                if key[0] == "external_id":
                    return Match(key, (person,))
                if not _contradicts(somebody, person, key[0]):
                    found.setdefault(person.ref, person)
                    surest = surest or key
        return Match(surest, tuple(found.values())) if surest else None


def _contradicts(one: Person, other: Person, key: str) -> bool:
    """Return whether two who share a `key` (phone, email) are different people by all else."""
    if one.external_id and other.external_id:
        return True
    if key == "phone":
        differ = bool(one.email and other.email and one.email != other.email)
    else:
        differ = bool(one.phones and other.phones and not set(one.phones) & set(other.phones))
    return differ and normalize.name_key(one.name) != normalize.name_key(other.name)


_COLUMNS = ("pk", "first_name", "last_name", "email", "phone", "phone_secondary", "external_id")


def find_people(team: Team, somebodies: Iterable[Person]) -> People:
    """Return the team's contacts that share a key with one of these: a query for each kind."""
    wanted: dict[str, set[str]] = {"external_id": set(), "phone": set(), "email": set()}
    for somebody in somebodies:
        for kind, value in somebody.keys:
            wanted[kind].add(value)
    people = People()
    for column, kind in _KIND_OF_COLUMN.items():
        if wanted[kind]:
            # Said once more, that the index of those who have one can be used.
            rows = team.contacts.filter(**{f"{column}__any": wanted[kind]}).exclude(**{column: ""})
            for row in rows.order_by().values_list(*_COLUMNS):
                people.add(_person(row))
    return people


_KIND_OF_COLUMN = {
    "external_id": "external_id",
    "phone": "phone",
    "phone_secondary": "phone",
    "email": "email",
}


def _person(row: Sequence[Any]) -> Person:
    pk, first, last, email, phone, second, external_id = row
    phones = tuple(filter(None, (phone, second)))
    return Person(pk, f"{first} {last}", email, phones, external_id)


def person_of(contact: Contact, ref: Any = None) -> Person:
    """Return what a contact is recognised by."""
    row = (
        contact.pk if ref is None else ref,
        contact.first_name,
        contact.last_name,
        contact.email,
        contact.phone,
        contact.phone_secondary,
        contact.external_id,
    )
    return _person(row)
