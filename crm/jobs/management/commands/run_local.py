"""What `make run` starts: all of Callbook in one terminal, for a laptop."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from crm.teams.models import Team

HOST = "127.0.0.1"
DEMO_TEAMS = ("demo", "acme")
PATIENCE = 10  # seconds a process is given to end by itself
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = (
        "Migrate, seed an empty database with demo data, and run web and worker together until "
        "Ctrl-C. The port is the environment's PORT, else 8000."
    )
    requires_system_checks = ()  # runserver makes them, and again after every change

    def handle(self, **_options: Any) -> None:
        """Run until told to stop; raises CommandError where it cannot start or a part ends."""
        if not settings.DEBUG:
            raise CommandError(
                "make run is for a laptop, with DEBUG=1; docs/deployment.md is for servers."
            )
        port = _free_port(os.environ.get("PORT", "8000"))
        for number in ENDINGS:
            signal.signal(number, _interrupt)
        with contextlib.suppress(KeyboardInterrupt):
            self._prepare()
            self._serve(port)

    def _prepare(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        is_empty = not Team.objects.exists()
        if is_empty:
            self.stdout.write("Making demo data, once …")
        # Where the demo data is there already, this only prints the sign-ins again.
        if is_empty or Team.objects.filter(slug__in=DEMO_TEAMS).count() == len(DEMO_TEAMS):
            call_command("seed_demo")
        connections.close_all()

    def _serve(self, port: int) -> None:
        # Links in mails lead here, unless somebody has said where they should lead.
        os.environ.setdefault("PUBLIC_BASE_URL", f"http://localhost:{port}")
        running: dict[str, subprocess.Popen[bytes]] = {}
        try:
            # The server's greeting is not wanted: we have one of our own.
            address = f"{HOST}:{port}"
            running["web server"] = _start("runserver", address, stdout=subprocess.DEVNULL)
            running["worker"] = _start("worker")
            while not _answers(port):
                _pause(running)
            self.stdout.write(f"Callbook is at http://localhost:{port} (Ctrl-C ends it).")
            self.stdout.flush()
            while True:
                _pause(running)
        finally:
            _end(running.values())


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    # make passes a SIGTERM on that has reached us already, and once is enough.
    _ignore_endings()
    raise KeyboardInterrupt


def _ignore_endings() -> None:
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _free_port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT is a number from 1 to 65535, and not {text}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            raise CommandError(
                f"Port {text} cannot be used ({error.strerror}); "
                f"choose another: make run PORT={int(text) + 1}"
            ) from error
    return int(text)


def _start(*command: str, stdout: int | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        stdout=stdout,
        # Ctrl-C reaches this process alone, which ends the others in good order.
        start_new_session=True,
    )


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _pause(running: dict[str, subprocess.Popen[bytes]]) -> None:
    time.sleep(0.2)
    for name, process in running.items():
        if process.poll() is not None:
            raise CommandError(f"The {name} ended (exit status {process.returncode}); see above.")


def _end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    _ignore_endings()
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
