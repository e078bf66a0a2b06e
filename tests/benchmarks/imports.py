"""Import a file beside the stock import-export path and raw COPY, in one run.

    python -m tests.benchmarks.imports [ROWS] [--sqlite] [--only CASE,CASE]

Each case runs in a process and a database of its own: `upload` reads the file through and guesses
its columns, `plan` is the dry run, `ours` writes, `undo` takes that back. `stock` is given the
file's first rows only: its cost a row is the same, and it would take hours. CPU is the importer's
and its connection's in the database together. Rows have a company (one in ten new), a phone, and
three custom fields.
"""

import argparse
import contextlib
import csv
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.engines.postgres import ThrowawayPostgres

CASES = ("copy", "stock", "upload", "plan", "ours", "undo")
STOCK_ROWS = 2000
OPTIONS = ("Gold", "Silver", "Bronze")
HEADER = (
    "First name,Last name,Company,Email,Phone,Job title,Status,Lead source,Budget,Since,Plan"
).split(",")
FIRST = "Anna Bob Carla David Élodie Frank Grace Hans Ines Jürgen Kim Lena Marek Nora Olaf".split()
LAST = "Berg Chen Díaz Evans Fischer García Huber Ito Jansen Kowalski Lopez Müller Novak".split()
KINDS = ("Logistics", "GmbH", "Inc")
#: As people write them: at home, from abroad, with and without groups.
PHONES = (
    "(415) 2{:02}-{:04}",
    "+1 212 3{:02} {:04}",
    "+442079{:02}{:04}",
    "+49 30 26{:02} {:04}",
)
JOBS = ("Buyer", "Head of Operations", "Managing Director", "Dispatcher", "Accountant")
STATUSES = ("New", "Contacted", "Qualified", "Customer")
SOURCES = ("Website", "Trade fair", "Referral", "Cold list")


def write_file(path: Path, rows: int) -> None:
    """Write a file of people who are all different."""
    chance = random.Random(7)  # noqa: S311
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_person(number, chance) for number in range(rows))


def _person(number: int, chance: random.Random) -> list[str]:
    company = number // 10
    return [
        chance.choice(FIRST),
        f"{chance.choice(LAST)}-{number % 9973}",
        f"{LAST[company % 13]} {KINDS[company % 3]} {company}",
        f"person{number}@example{company % 500}.com",
        PHONES[number % len(PHONES)].format(number // 10_000, number % 10_000),
        chance.choice(JOBS),
        chance.choice(STATUSES),
        chance.choice(SOURCES),
        str(chance.randrange(100, 100_000)),
        f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
        chance.choice(OPTIONS),
    ]


@contextlib.contextmanager
def databases(home: Path, *, sqlite: bool) -> Iterator[Iterator[str]]:
    """Offer the addresses of new databases, as many as wanted."""
    if sqlite:
        yield (f"sqlite:///{home}/{number}.sqlite3" for number in itertools.count())
        return
    server = ThrowawayPostgres()
    server.start()
    try:
        yield _new_databases(server.url)
    finally:
        server.stop()


def _new_databases(url: str) -> Iterator[str]:
    for number in itertools.count():
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bench_{number}".encode())
        yield url.replace("/postgres?", f"/bench_{number}?")


def run(case: str, path: Path, database: str, home: Path) -> dict[str, Any]:
    """Measure one case in a process of its own."""
    variables = {
        "DATABASE_URL": database,
        "MEDIA_ROOT": str(home),
        "DEBUG": "0",
        "SECRET_KEY": "benchmark",
        "ENCRYPTION_KEYS": "YmVuY2htYXJrLWJlbmNobWFyay1iZW5jaG1hcmstMDE=",
        "ALLOWED_HOSTS": "testserver",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.import_cases", case, str(path)],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.imports")
    parser.add_argument("rows", type=int, nargs="?", default=100_000)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--only", default=",".join(CASES))
    asked = parser.parse_args()
    cases = [each for each in asked.only.split(",") if not (asked.sqlite and each == "copy")]
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        home = Path(name)
        whole, part = home / "whole.csv", home / "part.csv"
        write_file(whole, asked.rows)
        write_file(part, min(asked.rows, STOCK_ROWS))
        addresses = stack.enter_context(databases(home, sqlite=asked.sqlite))
        sys.stdout.write("case        rows  rows/CPU-s  Python  database  rows/s  MB above idle\n")
        for case in cases:
            said = run(case, part if case == "stock" else whole, next(addresses), home)
            _print(case, said)


def _print(case: str, said: dict[str, Any]) -> None:
    rows, cpu = said["rows"], said["python"] + said["database"]
    sys.stdout.write(
        f"{case:8}{rows:8,}{rows / cpu:12,.0f}{said['python']:8.1f}{said['database']:10.1f}"
        f"{rows / said['seconds']:8,.0f}{said['megabytes']:15.0f}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
