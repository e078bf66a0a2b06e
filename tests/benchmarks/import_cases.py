"""One way to import a file, measured in a process of its own; `imports` starts it.

    python -m tests.benchmarks.import_cases CASE FILE

The database named by DATABASE_URL is new. Prints one line of JSON: rows, seconds, CPU seconds of
this process and of its database connection, and how many MB the peak lay above idle.
"""

import csv
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
django.setup()

import structlog  # noqa: E402
from django.core.files import File  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from import_export import fields, resources, widgets  # noqa: E402
from tablib import Dataset  # noqa: E402

from companies.models import Company  # noqa: E402
from contacts.imports import uploads  # noqa: E402
from contacts.imports.mapping.fields import targets_of  # noqa: E402
from contacts.imports.models import Import, Status  # noqa: E402
from contacts.imports.operations import start_planning, start_running, start_undo  # noqa: E402
from contacts.imports.options import Options, Taken  # noqa: E402
from contacts.imports.tasks import work  # noqa: E402
from contacts.models import Contact  # noqa: E402
from crm.garbage import search_rarely  # noqa: E402
from crm.history.models import Change, Origin  # noqa: E402
from crm.history.recording import Author  # noqa: E402
from crm.jobs.operations import leased  # noqa: E402
from crm.teams.models import Team  # noqa: E402
from tests.benchmarks.imports import OPTIONS  # noqa: E402
from tests.factories import CustomFieldFactory, TeamFactory  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
COPIED = """
CREATE TEMP TABLE staged (first text, last text, company text, email text, phone text, job text,
                          status text, source text, budget text, since text, plan text);
"""
WRITTEN = """
INSERT INTO companies_company (id, team_id, version, created_at, updated_at, custom_fields, name,
    name_key, website, industry, company_size, phone, address_line1, address_line2, city, state,
    postal_code, country, notes, external_id, search)
SELECT gen_random_uuid(), %(team)s, 1, now(), now(), '{}', name, lower(name), '', '', '', '', '',
    '', '', '', '', '', '', '', lower(name) FROM (SELECT DISTINCT company AS name FROM staged) said;
ANALYZE companies_company;
INSERT INTO contacts_contact (id, team_id, version, created_at, updated_at, custom_fields,
    company_id, first_name, last_name, job_title, email, phone, phone_secondary, lead_status,
    source, timezone, preferred_contact_method, do_not_call, notes, external_id, search)
SELECT gen_random_uuid(), %(team)s, 1, now(), now(),
    jsonb_build_object('budget', budget::numeric, 'since', since, 'plan', plan), company.id, first,
    last, job, email, regexp_replace(staged.phone, '[^+0-9]', '', 'g'), '', lower(status), source,
    '', '', false, '', '', lower(concat_ws(' ', '', first, last, email, staged.phone))
FROM staged JOIN companies_company company ON company.name = staged.company;
"""


class CompanyByName(widgets.ForeignKeyWidget):
    """The documented recipe: the company of that name, made where it is missing."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Company:
        team_id = Team.objects.get().pk
        company, _made = Company.objects.get_or_create(
            team_id=team_id, name=value, defaults={"name_key": value.lower()}
        )
        return company


class StockResource(resources.ModelResource):
    """What an hour with django-import-export gives: each row looked up, cleaned and saved."""

    first_name = fields.Field("first_name", "First name")
    last_name = fields.Field("last_name", "Last name")
    email = fields.Field("email", "Email")
    phone = fields.Field("phone", "Phone")
    job_title = fields.Field("job_title", "Job title")
    source = fields.Field("source", "Lead source")
    company = fields.Field("company", "Company", widget=CompanyByName(Company, "name"))

    class Meta:
        model = Contact
        fields = ("first_name", "last_name", "email", "phone", "job_title", "source", "company")
        import_id_fields = ("email",)
        clean_model_instances = True

    def init_instance(self, row: Any = None) -> Contact:
        return Contact(team=Team.objects.get())


def stock(path: Path) -> None:
    """Import by the stock path."""
    data = Dataset().load(path.read_text(), format="csv")
    result = StockResource().import_data(data, use_transactions=True, raise_errors=True)
    assert not result.has_validation_errors()


def copy(path: Path) -> None:
    """Import with the database's own means: no validation, no matching, no history."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COPIED)
        with cursor.copy("COPY staged FROM STDIN (FORMAT csv, HEADER)") as target:  # type: ignore[attr-defined]
            target.write(path.read_bytes())
        cursor.execute("ANALYZE staged")
        cursor.execute(WRITTEN, {"team": Team.objects.get().pk})


def take_in(path: Path) -> Import:
    """Upload the file: it is read through, its columns are guessed."""
    team, options = Team.objects.get(), Options(on_duplicate="update")
    with path.open("rb") as opened:
        file = File(opened, name=path.name)
        found = uploads.look_through(file)
        columns = uploads.guess(team, found, options, targets_of(team))
        taken = Taken([uploads.as_json(column) for column in columns], options)
        return uploads.keep(team, file, found, taken, by=Author(Origin.IMPORT))


def work_off(run: Import) -> None:
    """Do what a worker does."""
    with leased(Import, run.team_id, run.pk) as taken:
        assert taken
        work(taken)


def plan(path: Path) -> None:
    """Look at every row, as the review asks for."""
    run = Import.objects.get()
    start_planning(run, in_background=False)
    work_off(run)


def ours(path: Path) -> None:
    """Write every row: matched, checked, with companies, history and what became of it."""
    run = Import.objects.get()
    start_running(run, from_=(Status.MAPPING,))
    work_off(run)


def undo(path: Path) -> None:
    """Take every row back."""
    run = Import.objects.get()
    start_undo(run, by=Author(Origin.MANUAL))
    work_off(run)


def upload(path: Path) -> None:
    """Take the file in."""
    take_in(path)


CASES: dict[str, Callable[[Path], None]] = {
    each.__name__: each for each in (upload, plan, ours, undo, stock, copy)
}


def prepare(case: str, path: Path) -> None:
    """Fill the new database with what the case starts from."""
    call_command("migrate", verbosity=0)
    team = TeamFactory.create(region="US")
    for key, kind in (("budget", "number"), ("since", "date"), ("plan", "select")):
        options = OPTIONS if kind == "select" else ()
        CustomFieldFactory.create(
            team=team, key=key, label=key.title(), field_type=kind, options=options
        )
    if case in ("plan", "ours", "undo"):
        take_in(path)
    if case == "undo":
        ours(path)


def memory(name: str) -> int:
    """Return a line of this process's status, in kB."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1])


def database_cpu() -> float:
    """Return the CPU seconds of this connection's own process; SQLite has none."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / TICKS


def measure(case: str, path: Path) -> dict[str, Any]:
    """Run the case."""
    prepare(case, path)
    search_rarely()
    idle, base = memory("VmRSS"), database_cpu()
    Path("/proc/self/clear_refs").write_text("5")
    start, cpu = time.perf_counter(), time.process_time()
    CASES[case](path)
    seconds, spent = time.perf_counter() - start, time.process_time() - cpu
    with path.open(newline="") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
    result = {
        "rows": rows,
        "seconds": seconds,
        "python": spent,
        "database": database_cpu() - base,
        "megabytes": (memory("VmHWM") - idle) / 1024,
    }
    check(case, rows)
    return result


def check(case: str, rows: int) -> None:
    """Stop where not every row has become what it should."""
    written = Contact.objects.count()
    assert written == (rows if case in ("ours", "stock", "copy") else 0), written
    if case == "ours":
        run = Import.objects.get()
        assert (run.status, run.created) == (Status.FINISHED, rows)
        assert Change.objects.filter(record_type="contact").count() == rows
    if case == "undo":
        run = Import.objects.get()
        assert (run.status, run.removed, run.kept) == (Status.UNDONE, rows, 0)
        assert not Company.objects.exists()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    sys.stdout.write(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
