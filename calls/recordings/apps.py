from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "calls.recordings"
    label = "recordings"
    verbose_name = "Recordings"

    def ready(self) -> None:
        """Say which task copies recordings."""
        from calls.recordings.models import RecordingCopy
        from calls.recordings.tasks import copy_recording
        from crm.jobs import reaper

        reaper.register(RecordingCopy, copy_recording)
