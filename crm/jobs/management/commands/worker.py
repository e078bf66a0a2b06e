from typing import Any

from django.core.management.base import BaseCommand

from crm.garbage import search_rarely
from crm.jobs.worker import Worker


class Command(BaseCommand):
    help = "Run background tasks until stopped by Ctrl-C or SIGTERM, which let the running one end."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to stop."""
        worker = Worker()
        worker.configure_signals()
        search_rarely()
        worker.run()
