"""What the workers do for recordings."""

from django.tasks import task

from calls.recordings.copying import copy
from calls.recordings.models import RecordingCopy
from crm.jobs.operations import leased


# Whoever waits for an event of a call waits for seconds; its recording may take some more.
@task(priority=-10)
def copy_recording(team_id: str, copy_id: str) -> None:
    """Fetch the recording and keep it."""
    with leased(RecordingCopy, team_id, copy_id) as run:
        if run is not None:
            copy(run)
