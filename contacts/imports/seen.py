"""Who has appeared in the file already, while an import is only planned.

Once rows are written, the table of contacts knows. Before that, a file of 500,000 rows has more
people than fit into memory beside everything else, so they are kept in a temporary file.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Self

from contacts.imports.drafts import Draft
from contacts.imports.fates import Fate
from contacts.matching import People, Person, person_of

_SCHEMA = """
CREATE TABLE people (number INTEGER PRIMARY KEY, said TEXT, print BLOB);
CREATE TABLE keys (key TEXT, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID;
"""


class Seen:
    """The people of the rows before, by what they are recognised by."""

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
            "SELECT DISTINCT number, said FROM people JOIN keys USING (number)"
            " WHERE key IN (SELECT value FROM json_each(?))",
            [json.dumps(keys)],
        )
        for number, said in rows:
            name, email, phones, external_id = json.loads(said)
            known.add(Person(number, name, email, tuple(phones), external_id))

    def remember(self, fates: Sequence[Fate]) -> None:
        """Know the people of these rows, too."""
        people = [person_of(fate.draft.contact, ref=fate.draft.row.number) for fate in fates]
        self._file.execute("BEGIN")
        self._file.executemany(
            "INSERT INTO people VALUES (?, ?, ?)",
            [
                (
                    person.ref,
                    json.dumps([person.name, person.email, person.phones, person.external_id]),
                    _print(fate.draft),
                )
                for person, fate in zip(people, fates, strict=True)
            ],
        )
        self._file.executemany(
            "INSERT OR IGNORE INTO keys VALUES (?, ?)",
            [(_key(key), person.ref) for person in people for key in person.keys],
        )
        self._file.execute("COMMIT")

    def is_repeated(self, draft: Draft, number: int) -> bool:
        """Return whether the draft says what the row of that number said last, and remember it."""
        found = self._file.execute("SELECT print FROM people WHERE number = ?", [number]).fetchone()
        print_ = _print(draft)
        self._file.execute("UPDATE people SET print = ? WHERE number = ?", [print_, number])
        return bool(found) and found[0] == print_


def _key(key: tuple[str, str]) -> str:
    return f"{key[0]}:{key[1]}"


def _print(draft: Draft) -> bytes:
    said: dict[str, Any] = draft.given | {"tags": draft.tags}
    said["company"] = draft.company.name if draft.company else ""
    return hashlib.blake2b(repr(sorted(said.items())).encode(), digest_size=8).digest()
