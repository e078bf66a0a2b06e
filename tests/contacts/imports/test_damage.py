"""Files that are odd, bad, damaged or no table, sent by REST: nothing falls, nothing is lost."""

import os
import time
import unicodedata
from typing import Any

import pytest
from django.db import connection

from contacts.models import Contact
from crm.jobs.worker import Worker
from tests.contacts.imports import damage
from tests.contacts.imports.damage import Variant
from tests.contacts.imports.kit import Importer, counts
from tests.counts import counts as often
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db(transaction=True)

#: In the suite each engine has half of a hundred; in soak a thousand, from two seeds.
FILES = often(50, 1000)
LONGEST_SECONDS = 30
STORED = ("first_name", "last_name", "company__name", "email", "job_title")


@pytest.fixture
def importer() -> Importer:
    return Importer(TeamFactory.create(region="US"))


@pytest.mark.parametrize("seed", often([1], [1, 2]))
def test_whatever_is_sent_is_read_right_or_refused_in_a_sentence(
    importer: Importer, seed: int
) -> None:
    chosen = int(os.environ.get("CALLBOOK_HYPOTHESIS_SEED", "0")) + seed
    first = chosen * 100_000 + (FILES if connection.vendor == "postgresql" else 0)
    for number in range(FILES):
        variant = damage.make(first + number)
        wrong = violations(importer, variant)
        assert not wrong, (first + number, variant.kind, wrong)
        Contact.objects.all().delete()


def violations(importer: Importer, variant: Variant) -> list[str]:
    """Send the file, and return what must not have become of it."""
    start = time.monotonic()
    response = importer.send(variant.data, onDuplicate="create")
    if response.status_code != 202:
        return refused(importer, variant, response)
    Worker().run_waiting()
    said = importer.read(response.json()["id"])
    counts(said)
    rows = importer.rows(said["id"], limit="500")
    wrong = [] if said["status"] == "finished" else [f"it is {said['status']}"]
    if time.monotonic() - start > LONGEST_SECONDS:
        wrong.append("it took too long")
    if len(rows) != said["total"] - said["blank"]:
        wrong.append("rows are lost")
    if variant.oracle == "refused" and said["created"]:
        wrong.append("there was nothing to import")
    return wrong + CHECKS[variant.oracle](importer, variant, rows)


def refused(importer: Importer, variant: Variant, response: Any) -> list[str]:
    wrong = [] if response.status_code == 400 else [f"{response.status_code}: {response.content!r}"]
    if response.status_code == 400 and not response.json()["errors"][0]["detail"].endswith("."):
        wrong.append("no sentence")
    if variant.oracle != "refused" and not variant.may_be_refused:
        wrong.append(f"refused: {response.content!r}")
    return [*wrong, "it was imported, too"] if importer.team.contacts.exists() else wrong


def stored(importer: Importer) -> list[list[str]]:
    return [list(row) for row in importer.team.contacts.values_list(*STORED)]


def shape(row: list[str]) -> list[str]:
    """Return a row's values as they are stored: in NFC, single spaces, small letters in emails."""
    values = [" ".join(unicodedata.normalize("NFC", text).split()) for text in row[:6]]
    values[3] = values[3].lower()
    del values[damage.PHONE]
    return values


def are_kept(importer: Importer, variant: Variant, rows: Any) -> list[str]:
    want, have = sorted(map(shape, variant.rows)), sorted(stored(importer))
    return [] if want == have else [f"{want} became {have}, {rows}"]


def are_sorted_out(importer: Importer, variant: Variant, rows: Any) -> list[str]:
    told = {row["row"] for row in rows if row["outcome"] == "rejected" or row["warnings"]}
    good = [row for number, row in enumerate(variant.rows, 1) if number not in variant.bad]
    have = stored(importer)
    wrong = (
        [] if told == variant.bad else [f"{sorted(variant.bad)} are bad, told of {sorted(told)}"]
    )
    return wrong + [f"{row} is lost" for row in map(shape, good) if row not in have]


def stand_in_the_file(importer: Importer, variant: Variant, rows: Any) -> list[str]:
    found = damage.readings(variant.data)
    return [f"{row} is invented" for row in stored(importer) if not damage.stands_in(row, found)]


CHECKS = {
    "kept": are_kept,
    "refused": lambda importer, variant, rows: [],
    "sorted_out": are_sorted_out,
    "any": stand_in_the_file,
}
