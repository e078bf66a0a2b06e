"""What the rows before would have written, while an import is only planned.

Once rows are written, the tables know. Before that, a file of 500,000 rows has more people than fit
into memory beside everything else, so they are kept in a temporary file.
"""

import json
import pickle
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from contacts.matching import People, Person
from crm.records.models import Record

_SCHEMA = """
CREATE TABLE people (ref TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID;
CREATE TABLE keys (key TEXT, ref TEXT, PRIMARY KEY (key, ref)) WITHOUT ROWID;
CREATE TABLE contacts (key TEXT PRIMARY KEY, state BLOB) WITHOUT ROWID;
CREATE TABLE companies (key TEXT PRIMARY KEY, state BLOB) WITHOUT ROWID;
"""

#: A contact that is there already, or the row that would make it.
type Ref = uuid.UUID | int


class State(NamedTuple):
    """What a contact would be: its values by column, and what stands elsewhere."""

    values: dict[str, Any]
    tags: list[str]
    #: The key of its company's name.
    company: str
    #: Of fields that are not made yet.
    new_values: dict[str, Any]


_NOT_KEPT = {"team_id", "company_id", "search", "version", "created_at", "updated_at"}


def values_of(record: Record) -> dict[str, Any]:
    """Return the record's columns that are not empty, but for what is no value of its own."""
    return {
        name: value
        for name, value in record.__dict__.items()
        if value and name not in _NOT_KEPT and not name.startswith("_")
    }


class Seen:
    """The people and companies of the rows before."""

    def __init__(self) -> None:
        # Without a name, SQLite keeps it in memory while it is small, then in a file of its own.
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add_to(self, known: People, somebodies: Iterable[Person]) -> None:
        """Let `known` know the people of earlier rows who share a key with these."""
        keys = [_key(key) for somebody in somebodies for key in somebody.keys]
        rows = self._file.execute(
            "SELECT DISTINCT ref, said FROM people JOIN keys USING (ref)"
            " WHERE key IN (SELECT value FROM json_each(?))",
            [json.dumps(keys)],
        )
        for ref, said in rows:
            name, email, phones, external_id = json.loads(said)
            known.add(Person(_read_ref(ref), name, email, tuple(phones), external_id))

    def find_contacts(self, refs: Iterable[Ref]) -> dict[Ref, State]:
        """Return what the rows before would have made of these contacts."""
        found = self._find("contacts", map(str, refs))
        return {_read_ref(key): State(*state) for key, state in found}

    def find_companies(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return the values that the companies of these names would have."""
        return dict(self._find("companies", keys))

    def _find(self, table: str, keys: Iterable[str]) -> Iterator[tuple[str, Any]]:
        rows = self._file.execute(
            f"SELECT key, state FROM {table} WHERE key IN (SELECT value FROM json_each(?))",  # noqa: S608
            [json.dumps(list(keys))],
        )
        for key, state in rows:
            # Nobody else writes this file.
            yield key, pickle.loads(state)  # noqa: S301

    def remember(
        self,
        people: Iterable[Person],
        contacts: Mapping[Ref, State],
        companies: Mapping[str, dict[str, Any]],
    ) -> None:
        """Know what some rows would write, too; what was known of the same is forgotten."""
        known = [(str(person.ref), person) for person in people]
        self._file.execute("BEGIN")
        self._file.executemany(
            "INSERT OR REPLACE INTO people VALUES (?, ?)",
            [
                (
                    ref,
                    json.dumps([person.name, person.email, person.phones, person.external_id]),
                )
                for ref, person in known
            ],
        )
        self._file.executemany(
            "INSERT OR IGNORE INTO keys VALUES (?, ?)",
            [(_key(key), ref) for ref, person in known for key in person.keys],
        )
        self._keep("contacts", {str(ref): tuple(state) for ref, state in contacts.items()})
        self._keep("companies", companies)
        self._file.execute("COMMIT")

    def _keep(self, table: str, states: Mapping[str, Any]) -> None:
        self._file.executemany(
            f"INSERT OR REPLACE INTO {table} VALUES (?, ?)",  # noqa: S608
            [(key, pickle.dumps(state)) for key, state in states.items()],
        )


def _key(key: tuple[str, str]) -> str:
    return f"{key[0]}:{key[1]}"


def _read_ref(text: str) -> Ref:
    return int(text) if text.isdecimal() else uuid.UUID(text)
