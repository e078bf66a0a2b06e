from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "calls.recordings"
    label = "recordings"
    verbose_name = "Recordings"

    def ready(self) -> None:
        """Say which task copies recordings, and who throws old ones away."""
        from calls.recordings.models import RecordingCopy
        from calls.recordings.retention import purge_expired
        from calls.recordings.tasks import copy_recording
        from crm.jobs import housekeeping, reaper

        reaper.register(RecordingCopy, copy_recording)
        housekeeping.register(purge_expired)
