"""What the workers do for imports."""

from django.tasks import task

from contacts.imports.models import Import, Status
from contacts.imports.running import execute, plan
from contacts.imports.undoing import undo
from crm.jobs.operations import leased


# Somebody is watching: it goes before what was queued of calls that have ended.
@task(priority=10)
def work_on_import(team_id: str, import_id: str) -> None:
    """Plan, write or undo the import, whichever is to be done."""
    with leased(Import, team_id, import_id) as run:
        if run is not None:
            work(run)


def work(run: Import) -> None:
    """Do what the leased import is waiting for."""
    match run.status:
        case Status.PLANNING:
            plan(run)
        case Status.RUNNING:
            execute(run)
        case Status.UNDOING:
            undo(run)


def plan_now(run: Import) -> None:
    """Plan the import while somebody waits for it."""
    with leased(Import, run.team_id, run.pk) as taken:
        if taken is not None:
            taken.team = run.team
            plan(taken)
    run.refresh_from_db()
