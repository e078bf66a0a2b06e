"""Post the webhooks of five voice platforms at a steady pace, and see how soon they are answered.

    python -m tests.benchmarks.webhooks [--rate 50] [--seconds 20]

Starts a PostgreSQL of its own, gunicorn with two processes, and one worker as `manage.py worker`
starts it. First the deliveries are posted while nobody reads them: each is sent when its time has
come, whether those before it are answered or not. Then the worker reads what has piled up. At last
both at once, at the pace that the worker must keep up with. Every delivery must be there, and every
call once.
"""

import argparse
import atexit
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import NamedTuple

import django

from tests.engines.postgres import ThrowawayPostgres


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


PORT = free_port()
server = ThrowawayPostgres()
server.start()
atexit.register(server.stop)
os.environ |= {
    "DATABASE_URL": server.url,
    "DJANGO_SETTINGS_MODULE": "crm.settings",
    "SECRET_KEY": "benchmark",
    "ENCRYPTION_KEYS": "YmVuY2htYXJrLWJlbmNobWFyay1iZW5jaG1hcmstMDE=",
    "ALLOWED_HOSTS": "127.0.0.1",
    "PUBLIC_BASE_URL": f"http://127.0.0.1:{PORT}",
    "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
}
django.setup()

from django.core.management import call_command  # noqa: E402

from calls.providers.models import EventStatus, ProviderConnection, ProviderEvent  # noqa: E402
from crm.teams.models import Team  # noqa: E402
from tests.calls.providers.scripts import SCRIPTS, THEIRS, Message  # noqa: E402
from tests.calls.providers.signing import SECRETS, sign  # noqa: E402
from tests.factories import ConnectionFactory, ContactFactory, TeamFactory  # noqa: E402

PACE = 20
THREADS = 32
CROWD = 2000


class Posting(NamedTuple):
    """A request, ready to be sent."""

    path: str
    body: bytes
    headers: dict[str, str]


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    asked = parser.parse_args()
    call_command("migrate", verbosity=0)
    team = TeamFactory.create()
    company = ContactFactory.create(team=team, phone=THEIRS).company
    ContactFactory.create_batch(CROWD, company=company)
    connections = [
        ConnectionFactory.create(team=team, provider=name, secret=SECRETS[name]) for name in SCRIPTS
    ]
    messages = endless(connections)
    with_server = [sys.executable, "-m", "gunicorn", "crm.wsgi", "--workers", "2"]
    start([*with_server, "--bind", f"127.0.0.1:{PORT}", "--log-level", "warning"])
    wait_for_server()
    post_all([next(messages) for _ in range(40)], asked.rate)
    forget()

    number = asked.rate * asked.seconds
    tell("acknowledged, nobody reading", post_all(take(messages, number), asked.rate))
    check(number)

    worker = start([sys.executable, "manage.py", "worker"])
    while not done():
        time.sleep(0.02)
    begun, before = time.monotonic(), done()
    while done() < number:
        time.sleep(0.05)
    rate = (number - before) / (time.monotonic() - begun)
    say(f"read by one worker, all there: {rate:.1f} a second")
    check_calls(team)

    tell(f"acknowledged at {PACE} a second, worker beside", keep_up(messages, number))
    check_calls(team)
    worker.terminate()


def keep_up(messages: Iterator[Posting], number: int) -> list[float]:
    """Post at the worker's pace, and say how far it is behind at the end."""
    before = done()
    times = post_all(take(messages, number), PACE)
    behind = before + number - done()
    say(f"waiting to be read when the last was posted: {behind} of {number}")
    while done() < before + number:
        time.sleep(0.05)
    return times


def endless(connections: Sequence[ProviderConnection]) -> Iterator[Posting]:
    """Yield the events of one call after another, each platform's in turn."""
    number = 0
    while True:
        number += 1
        for connection in connections:
            for message in SCRIPTS[connection.provider](f"{connection.provider}-{number}"):
                yield prepare(connection, message)


def prepare(connection: ProviderConnection, message: Message) -> Posting:
    """Sign a message; it stays fresh for minutes."""
    path = f"/hooks/{connection.provider}/{connection.key}"
    headers = sign(connection.provider, message, f"http://127.0.0.1:{PORT}{path}")
    return Posting(path, message.body, headers)


def take(messages: Iterator[Posting], number: int) -> list[Posting]:
    return [next(messages) for _ in range(number)]


def post_all(postings: Sequence[Posting], rate: int) -> list[float]:
    """Post each when its time has come, and return how many seconds each answer took.

    They count from when it should have been sent: waiting for a thread is waiting, too.
    """
    begun = time.monotonic()

    def post(place: int) -> float:
        due = begun + place / rate
        time.sleep(max(0.0, due - time.monotonic()))
        posting = postings[place]
        http = HTTPConnection("127.0.0.1", PORT, timeout=30)
        http.request("POST", posting.path, posting.body, posting.headers)
        status = http.getresponse().status
        http.close()
        if status != 200:
            sys.exit(f"A delivery was answered {status}.")
        return time.monotonic() - due

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(post, range(len(postings))))


def tell(what: str, times: Sequence[float]) -> None:
    ranked = sorted(times)

    def at(share: float) -> str:
        return f"{ranked[min(int(len(ranked) * share), len(ranked) - 1)] * 1000:.0f} ms"

    say(f"{what}: median {at(0.5)}, p95 {at(0.95)}, p99 {at(0.99)}, longest {at(1)}")


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def done() -> int:
    return ProviderEvent.objects.filter(status=EventStatus.PROCESSED).count()


def forget() -> None:
    """Leave nothing of the warming up; a task that finds no event has nothing to do."""
    ProviderEvent.objects.all().delete()


def check(number: int) -> None:
    there = ProviderEvent.objects.count()
    if there != number:
        sys.exit(f"{number - there} of {number} deliveries are lost.")


def check_calls(team: Team) -> None:
    named = ProviderEvent.objects.values("connection", "provider_call_id").distinct().count()
    if team.calls.count() != named:
        sys.exit(f"{team.calls.count()} calls are there, and {named} were told of.")


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command)
    atexit.register(process.wait)
    atexit.register(process.terminate)
    return process


def wait_for_server() -> None:
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.1)


if __name__ == "__main__":
    main()
