"""What the workers do for the events of voice platforms."""

from django.tasks import task

from calls.providers.models import ProviderEvent
from calls.providers.processing import work
from crm.jobs.operations import leased
from crm.jobs.queues import LIVE


@task(queue_name=LIVE)
def work_on_event(team_id: str, event_id: str) -> None:
    """Take in what the event says."""
    with leased(ProviderEvent, team_id, event_id) as event:
        if event is not None:
            work(event)
