"""What the worker does when it is called to a conversion."""

from django.tasks import task

from crm.jobs.operations import leased
from crm.records.conversions.operations import go_on
from crm.records.models import FieldConversion


@task
def convert(team_id: str, conversion_id: str) -> None:
    """Convert what is left of it, unless somebody else is at it."""
    with leased(FieldConversion, team_id, conversion_id) as conversion:
        if conversion:
            go_on(conversion)
