"""Filter and sort 100,000 contacts by fields of their team's own, beside built-in ones.

    python -m tests.benchmarks.custom_fields [COUNT]

Starts a PostgreSQL of its own and fills one team. Each line is one way to read the table's first
page: the milliseconds of its query (the best of some), how many rows there are, and the indexes
that PostgreSQL has used. Every page and every count is compared with what plain Python finds in the
same values; the first difference ends the run.
"""

import atexit
import dataclasses
import itertools
import os
import random
import re
import sys
import time
from collections.abc import Callable
from typing import Any

import django

from tests.engines.postgres import ThrowawayPostgres

server = ThrowawayPostgres()
server.start()
atexit.register(server.stop)
os.environ |= {"DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "crm.settings"}
os.environ |= {"SECRET_KEY": "benchmark", "ALLOWED_HOSTS": "testserver"}
os.environ["ENCRYPTION_KEYS"] = "YmVuY2htYXJrLWJlbmNobWFyay1iZW5jaG1hcmstMDE="
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from contacts.models import Contact, LeadStatus  # noqa: E402
from contacts.operations import save_contacts  # noqa: E402
from contacts.views import ContactList  # noqa: E402
from crm.history.models import Origin  # noqa: E402
from crm.history.recording import Author  # noqa: E402
from crm.queries.listings import Listing  # noqa: E402
from crm.teams.models import Membership, Team  # noqa: E402
from tests.contacts.worlds import PLANS, add_fields, some_contacts  # noqa: E402
from tests.factories import CompanyFactory, CustomFieldFactory, TeamFactory  # noqa: E402

BATCH = 2000
TRIES = 5
PAGE = 50
CAP = 1001
REGIONS = [f"Region {number}" for number in range(200)]

type Row = dict[str, Any]
type Test = Callable[[Row], bool]


@dataclasses.dataclass(frozen=True)
class Reading:
    """One way to read the table: what the address asks, and what Python makes of the rows."""

    name: str
    query: dict[str, str]
    passes: Test = lambda row: True
    rank: Callable[[Row], Any] | None = None


def status(row: Row) -> bool:
    return bool(row["lead_status"] == LeadStatus.CUSTOMER)


def source(row: Row) -> bool:
    return bool(row["source"] == "Fair 7")


def own(key: str, test: Callable[[Any], bool]) -> Test:
    return lambda row: key in row["custom_fields"] and test(row["custom_fields"][key])


def by(key: str) -> Callable[[Row], Any]:
    ranks = {plan: place for place, plan in enumerate(PLANS)} if key == "plan" else {}
    return lambda row: ranks.get(row["custom_fields"].get(key), row["custom_fields"].get(key))


def custom(**values: str) -> dict[str, str]:
    return {f"customFields.{name.replace('__', '.')}": value for name, value in values.items()}


def _has(text: str) -> Callable[[str], bool]:
    return lambda value: text in value.lower()


def _within(least: Any, most: Any) -> Callable[[Any], bool]:
    return lambda value: bool(least <= value <= most)


DAYS = ("2026-02-01", "2026-02-03")
STARTS = {"start__from": DAYS[0], "start__to": DAYS[1]}
BUDGETS = {"budget__from": "10", "budget__to": "99.5"}
READINGS = (
    Reading("newest first", {}),
    Reading("status is (built in)", {"leadStatus": "customer"}, status),
    Reading("source is (built in)", {"source": "Fair 7"}, source),
    Reading("by last call (built in)", {"sort": "last_call"}),
    Reading("choice is, of 3", custom(plan="Gold"), own("plan", "Gold".__eq__)),
    Reading("choice is, of 200", custom(region=REGIONS[7]), own("region", REGIONS[7].__eq__)),
    Reading("yes or no is", custom(renews="true"), own("renews", lambda value: value is True)),
    Reading("text contains", custom(nickname="ÄN"), own("nickname", _has("än"))),
    Reading("text contains, rare", custom(nickname="needle"), own("nickname", _has("needle"))),
    Reading("long text contains", custom(story="second"), own("story", _has("second"))),
    Reading("number from, to", custom(**BUDGETS), own("budget", _within(10, 99.5))),
    Reading("date from, to", custom(**STARTS), own("start", _within(*DAYS))),
    *(
        Reading(f"by {key}", {"sort": f"customFields.{key}"}, rank=by(key))
        for key in ("nickname", "budget", "start", "renews", "plan", "story")
    ),
)


class Table:
    """The table of one team."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.rows = list(Contact.objects.filter(team=team).order_by("-created_at").values())

    def read(self, reading: Reading) -> tuple[float, int, str]:
        """Return the milliseconds, how many rows there are, and the indexes that were used."""
        listing, times = self._listing(reading.query), []
        for _ in range(TRIES):
            start = time.perf_counter()
            found, count = listing.page(0, PAGE, CAP)
            times.append((time.perf_counter() - start) * 1000)
        expected = self._expected(reading)
        assert [row[0] for row in found] == [row["id"] for row in expected[:PAGE]], reading.name
        assert count == min(len(expected), CAP), reading.name
        return min(times), len(expected), _indexes(listing)

    def _listing(self, query: dict[str, str]) -> Listing:
        view = ContactList()
        view.setup(RequestFactory().get("/", query))
        view.team, view.membership = self.team, Membership(team=self.team)
        return view.get_listing()

    def _expected(self, reading: Reading) -> list[Row]:
        rows, rank = [row for row in self.rows if reading.passes(row)], reading.rank
        if "sort" in reading.query:
            rows.reverse()
        if rank is None:
            return rows
        valued = sorted((row for row in rows if rank(row) is not None), key=rank)
        return valued + [row for row in rows if rank(row) is None]


def _indexes(listing: Listing) -> str:
    with CaptureQueriesContext(connection) as queries:
        listing.page(0, PAGE, CAP)
    plan = "\n".join(row[0] for row in _run(f"EXPLAIN {queries[0]['sql']}"))
    used = re.findall(r"Index (?:Only )?Scan(?: Backward)?(?: using| on) (\S+)", plan)
    return ", ".join(dict.fromkeys(used)) or "none, reads the rows"


def _run(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def fill(count: int) -> Team:
    """Make a team with that many contacts."""
    team = TeamFactory.create(region="US")
    add_fields(team)
    CustomFieldFactory.create(
        team=team, key="region", label="Region", field_type="select", options=REGIONS
    )
    chance = random.Random(5)  # noqa: S311
    contacts = some_contacts(CompanyFactory.create(team=team), count, 11)
    for contact in contacts:
        contact.lead_status = chance.choice(LeadStatus.values)
        contact.source = f"Fair {chance.randrange(1000)}"
        contact.custom_fields["region"] = chance.choice(REGIONS)
    for contact in contacts[::20_000]:
        contact.custom_fields["nickname"] = "a needle"
    for batch in itertools.batched(contacts, BATCH):
        assert not save_contacts(batch, by=Author(Origin.DEMO)).errors
    _run("VACUUM ANALYZE")
    return team


def main(count: int) -> None:
    """Print a line for each reading."""
    call_command("migrate", verbosity=0)
    table = Table(fill(count))
    sys.stdout.write(f"{count:,} contacts            ms      rows  indexes\n")
    for reading in READINGS:
        milliseconds, rows, indexes = table.read(reading)
        sys.stdout.write(f"{reading.name:24}{milliseconds:8.1f}{rows:10,}  {indexes}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
