"""Who is the same person: asked by calls, and by whatever else brings people in from outside."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from contacts.models import Contact
from crm import normalize
from crm.normalize.search import fold
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

    @property
    def name_key(self) -> str:
        """The name as names are compared."""
        return normalize.name_key(self.name)

    def __post_init__(self) -> None:
        keys = [("phone", phone) for phone in self.phones]
        if self.external_id:
            keys.insert(0, ("external_id", self.external_id))
        if self.email:
            keys.append(("email", self.email))
        object.__setattr__(self, "keys", tuple(keys))


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """Who somebody is: one person by `key`, or several of whom none is taken.

    One may have quite another name: it may be somebody else at the same number.
    """

    key: tuple[str, str]
    people: tuple[Person, ...]
    has_other_name: bool = False

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

        Whoever has the number and the address goes before those who have one of them. Where the
        number is one person's and the address another's, or several have it, none is guessed. A
        shared number or address alone makes nobody the same: where the names differ and the other
        address does too, it is the switchboard's number or the office's mailbox.
        """
        found: dict[str, dict[Any, Person]] = {"phone": {}, "email": {}}
        surest: dict[str, tuple[str, str]] = {}
        for key in somebody.keys:
            kind = key[0]
            for person in self._by_key.get(key, {}).values():
                if kind == "external_id":
                    return Match(key, (person,))
                if not _has_other_id(somebody, person):
                    found[kind][person.ref] = person
                    surest.setdefault(kind, key)
        by_phone, by_email = found["phone"], found["email"]
        both = [person for ref, person in by_phone.items() if ref in by_email]
        if both:
            return _one_of(somebody, both, surest["phone"])
        callers = [each for each in by_phone.values() if not _contradicts(somebody, each, "phone")]
        writers = [each for each in by_email.values() if not _contradicts(somebody, each, "email")]
        if by_phone and by_email:
            named = [each for each in writers if each.name_key == somebody.name_key]
            if len(named) == 1 and all(each.name_key != somebody.name_key for each in callers):
                return _one_of(somebody, named, surest["email"])
            if callers or not writers:
                return Match(surest["phone"], tuple((by_phone | by_email).values()))
        if callers:
            return _one_of(somebody, callers, surest["phone"])
        return _one_of(somebody, writers, surest["email"]) if writers else None


def _one_of(somebody: Person, people: Sequence[Person], key: tuple[str, str]) -> Match:
    """Return the one of these that it is, by their names where there are several."""
    named = [each for each in people if each.name_key == somebody.name_key]
    chosen = tuple(named if len(named) == 1 else people)
    has_other_name = len(chosen) == 1 and not _may_be_called(somebody, chosen[0], key[0])
    return Match(key, chosen, has_other_name)


def _has_other_id(one: Person, other: Person) -> bool:
    return bool(one.external_id and other.external_id and one.external_id != other.external_id)


def _contradicts(one: Person, other: Person, key: str) -> bool:
    """Return whether two who share a `key` (phone, email) are different people by all else."""
    if key == "phone":
        differ = bool(one.email and other.email and one.email != other.email)
    else:
        differ = bool(one.phones and other.phones and not set(one.phones) & set(other.phones))
    return differ and one.name_key != other.name_key


def _may_be_called(one: Person, other: Person, key: str) -> bool:
    """Return whether two names may be one person's.

    An address is one person's, who may marry or be misspelled, so that one name in common is
    enough. A number is a family's or an office's, too: the first name must be the same, or short
    for it.
    """
    if one.name_key == other.name_key:
        return True
    mine, theirs = fold(one.name).split(), fold(other.name).split()
    if key == "email":
        return any(_is_short_for(name, other_name) for name in mine for other_name in theirs)
    return set(mine) == set(theirs) or _is_short_for("".join(mine[:1]), "".join(theirs[:1]))


def _is_short_for(one: str, other: str) -> bool:
    one, other = one.rstrip("."), other.rstrip(".")
    return one.startswith(other) or other.startswith(one)


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
