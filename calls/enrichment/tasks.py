"""What the workers do for enrichment."""

from django.tasks import task

from calls.enrichment.models import EnrichmentRun
from calls.enrichment.running import run_over
from crm.jobs.operations import leased


@task
def read_call(team_id: str, run_id: str) -> None:
    """Read the call, unless somebody else is at it."""
    with leased(EnrichmentRun, team_id, run_id) as run:
        if run is not None:
            run_over(run)
