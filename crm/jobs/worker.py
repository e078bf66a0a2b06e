"""The worker: takes tasks from the queue, knocks again for rows left lying, and tidies up."""

import contextlib
import os
import signal
import sys
import time
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.tasks import DEFAULT_TASK_BACKEND_ALIAS, TaskResultStatus
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import is_locked_database_exception

from crm.jobs import reaper
from crm.jobs.housekeeping import tidy_up
from crm.jobs.queues import LIVE
from crm.queries.connections import close_lost_connections

log = structlog.get_logger("callbook.worker")

TIDY_EVERY = 3600.0  # seconds
SEARCH_EVERY = 2.0
#: How long the worker, when it ends, waits for what runs beside it.
PATIENCE = 5.0


class Lane(QueueWorker):
    """Works off some queues, then looks again every `interval` seconds, until it is to stop."""

    def __init__(self, *queues: str, interval: float = 1.0) -> None:
        super().__init__(
            queue_names=list(queues),
            excluded_queue_names=[],
            interval=interval,
            batch=True,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        self.idle = False

    def run(self) -> None:
        """Work until told to stop; a database that goes away is waited for."""
        while self.running:
            close_old_connections()
            close_lost_connections()
            try:
                self.look_round()
            except (OperationalError, InterfaceError) as error:
                log.warning("no answer from the database", error=type(error).__name__)
                connections.close_all()
                self.rest()

    def look_round(self) -> None:
        """Do what is to be done next, or rest."""
        # Looking takes no lock; on SQLite the queue's own way to look shuts out every writer.
        if self.has_work():
            self.run_waiting()
        else:
            self.rest()

    def has_work(self) -> bool:
        """Return whether a task waits to be run now."""
        tasks = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        if not self.process_all_queues:
            tasks = tasks.filter(queue_name__in=self.queue_names)
        return tasks.exists()

    def run_waiting(self) -> None:
        """Run one task after another until none waits."""
        super().run()

    def run_task(self, db_task_result: Any) -> None:
        """Run one task and log how it went, but not its arguments: they may name a person."""
        started = time.perf_counter()
        super().run_task(db_task_result)
        said = {
            "task": db_task_result.task_path,
            "ms": round((time.perf_counter() - started) * 1e3),
        }
        if db_task_result.status == TaskResultStatus.SUCCESSFUL:
            log.info("task done", **said)
        else:
            log.error("task failed", **said, error=db_task_result.exception_class_path)

    def rest(self) -> None:
        """Do nothing for a while; only here a signal ends it at once."""
        self.idle = True
        try:
            time.sleep(self.interval)
        finally:
            self.idle = False

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Stop when the task at hand is done; at once where there is none."""
        if not self.running and signum == signal.SIGINT:
            self.reset_signals()
            sys.exit(1)
        self.running = False
        if self.idle:
            sys.exit(0)


class LiveLane(Lane):
    """What cannot wait, in a process of its own that ends with the worker."""

    def __init__(self, *, interval: float, worker: int) -> None:
        super().__init__(LIVE, interval=interval)
        self.worker = worker

    def look_round(self) -> None:
        """Do what is to be done next, or rest."""
        self.end_with_worker()
        if self.running:
            super().look_round()

    def run_task(self, db_task_result: Any) -> None:
        """Run one task."""
        super().run_task(db_task_result)
        self.end_with_worker()

    def end_with_worker(self) -> None:
        """Stop where the worker was killed."""
        if os.getppid() != self.worker:
            self.running = False


class Worker(Lane):
    """Works off all queues, knocks and tidies up; a process beside it does what cannot wait.

    A thread would not do: each answer of the database would wait for the other one's Python.

    SIGINT or SIGTERM lets the task at hand end first; a second SIGINT breaks it off.
    """

    def __init__(self, *, interval: float = 1.0) -> None:
        super().__init__("*", interval=interval)
        self.beside: int | None = None
        self.next_tidying = self.next_reaping = self.next_searching = time.monotonic()

    def run(self) -> None:
        """Work until told to stop."""
        log.info("worker started")
        self.beside = self.start_beside()
        try:
            super().run()
        finally:
            self.end_beside()
        log.info("worker ended")

    def look_round(self) -> None:
        """Do what is to be done next, or rest."""
        self.look_beside()
        self.look_after_rows()
        if time.monotonic() >= self.next_tidying and not self.has_work():
            self.tidy()
        else:
            super().look_round()

    def run_task(self, db_task_result: Any) -> None:
        """Run one task."""
        super().run_task(db_task_result)
        # Where tasks never run out, this is the only time for it.
        self.look_after_rows()

    def look_after_rows(self) -> None:
        """Knock for rows that were left lying, and look for new work, each where it is time."""
        if time.monotonic() >= self.next_searching:
            self.search()
        if time.monotonic() >= self.next_reaping:
            self.reap()

    def search(self) -> None:
        """Look for work that nobody has asked for, unless another process is writing for long."""
        self.next_searching = time.monotonic() + SEARCH_EVERY
        try:
            reaper.search()
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise

    def reap(self) -> None:
        """Knock for rows that were left lying, unless another process is writing for long."""
        self.next_reaping = time.monotonic() + settings.REAPER_SECONDS
        try:
            reaper.knock_again()
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise

    def tidy(self) -> None:
        """Tidy up, unless another process is writing for long: then a little later."""
        self.next_tidying = time.monotonic() + TIDY_EVERY
        try:
            tidy_up()
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise
            self.next_tidying = time.monotonic() + 60

    def start_beside(self) -> int:
        """Start the process beside this one; return its id."""
        connections.close_all()
        worker = os.getpid()
        if child := os.fork():
            return child
        lane = LiveLane(interval=self.interval, worker=worker)
        lane.configure_signals()
        try:
            lane.run()
        finally:
            # Nothing of what the worker does at its end is to be done here.
            connections.close_all()
            os._exit(0)

    def look_beside(self) -> None:
        """Start the process beside this one again where it has ended."""
        if self.beside and os.waitpid(self.beside, os.WNOHANG)[0]:
            log.error("live lane ended")
            self.beside = self.start_beside()

    def end_beside(self) -> None:
        """End the process beside this one, which does its task at hand first."""
        deadline = time.monotonic() + PATIENCE
        assert self.beside
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.beside, signal.SIGTERM)
            while not os.waitpid(self.beside, os.WNOHANG)[0]:
                if time.monotonic() > deadline:
                    os.kill(self.beside, signal.SIGKILL)
                time.sleep(0.02)
