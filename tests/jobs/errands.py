"""A row to be worked on, of a model that only these tests have."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import models
from django.tasks import task

from crm.jobs.models import Leased
from crm.teams.models import Team


class Errand(Leased):
    """Counts to `goal`, one step after another."""

    TO_DO: ClassVar[frozenset[str]] = frozenset({"running"})
    MOST_ATTEMPTS = 3

    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False)
    steps = models.IntegerField(default=0)

    class Meta:
        app_label = "jobs"
        # In no registry that other tests look through.
        apps = Apps()


@task
def run_errand(team_id: str, errand_id: str) -> None:
    """Nothing: these tests ask only whether somebody knocked."""
