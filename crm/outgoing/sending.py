"""Asking addresses that somebody else chose: judged, pinned, bounded in bytes and in time.

urllib3's connections are used one at a time, without its pools: where each connects to, and when it
is cut off, is decided here. Proxies named in the environment are left aside; they would resolve the
name once more, by themselves.
"""

import contextlib
import dataclasses
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, Self
from urllib.parse import urljoin

import structlog
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from crm.outgoing.addresses import Refused, Target, UnknownHost, find_target

log = structlog.get_logger("callbook.outgoing")

USER_AGENT = "Callbook"
CHUNK = 2**16
#: Seconds to wait for a connection, and for each next word of an answer.
PATIENCE = 10.0
REDIRECTS = (301, 302, 303, 307, 308)


class NoAnswer(Exception):
    """Nobody answered, or not properly, or not in time; it may be different a little later."""


class TooLarge(Exception):
    """The answer is larger than wanted."""


@dataclasses.dataclass(frozen=True, slots=True)
class Credentials:
    """Headers that only hosts of certain origins (`https://api.example.com`) are shown."""

    origins: frozenset[str]
    headers: Mapping[str, str] = dataclasses.field(repr=False)

    def headers_for(self, target: Target) -> Mapping[str, str]:
        """Return the headers, or none where the target is somebody else."""
        return self.headers if target.origin in self.origins else {}


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How much is read, how long all of it may take, how many redirects are followed."""

    most_bytes: int
    seconds: float
    redirects: int = 0


class Answer:
    """The head of an answer; its body is read on demand, and never beyond the limits."""

    def __init__(self, response: BaseHTTPResponse, clock: "_Clock", most_bytes: int) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self._response, self._clock, self._most_bytes = response, clock, most_bytes

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it comes; raises TooLarge, NoAnswer."""
        said = self.headers.get("Content-Length", "")
        if said.isdecimal() and int(said) > self._most_bytes:
            raise TooLarge
        size = 0
        with _said_plainly(self._clock):
            for chunk in self._response.stream(CHUNK, decode_content=False):
                size += len(chunk)
                if size > self._most_bytes:
                    raise TooLarge
                yield chunk
            if self._clock.is_over:
                raise NoAnswer(self._clock.complaint)

    def read(self) -> bytes:
        """Return the whole body; raises TooLarge, NoAnswer."""
        return b"".join(self.chunks())


@contextlib.contextmanager
def send(
    method: str,
    url: str,
    *,
    limits: Limits,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    credentials: Credentials | None = None,
) -> Iterator[Answer]:
    """Ask the address and yield the answer; each address of a redirect is judged like the first.

    Only a GET follows redirects; what it must not follow any more is yielded as it came. Raises
    Refused, NoAnswer.
    """
    redirects = limits.redirects if method == "GET" else 0
    with _Clock(limits.seconds) as clock, contextlib.ExitStack() as connections:
        while True:
            target = _find(url)
            connection = _connect(target, clock)
            connections.callback(connection.close)
            shown = credentials.headers_for(target) if credentials else {}
            asked = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
            with _said_plainly(clock):
                response = _ask(method, connection, asked | {**(headers or {}), **shown}, body)
            log.info("asked", host=target.host, method=method, status=response.status)
            location = response.headers.get("Location")
            if response.status not in REDIRECTS or not location or redirects < 1:
                break
            redirects -= 1
            connection.close()
            url = _join(url, location)
        yield Answer(response, clock, limits.most_bytes)


def _find(url: str) -> Target:
    try:
        return find_target(url)
    except UnknownHost as error:
        raise NoAnswer(str(error)) from error


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise Refused("This is not a web address.") from error


def _ask(
    method: str, connection: "_Pinned", headers: Mapping[str, str], body: bytes | None
) -> BaseHTTPResponse:
    connection.request(
        method,
        connection.target.path,
        body=body,
        headers=headers,
        preload_content=False,
        decode_content=False,
    )
    return connection.getresponse()


def _connect(target: Target, clock: "_Clock") -> "_Pinned":
    if target.scheme == "http":
        return _Pinned(target, clock)
    return _PinnedWithTLS(target, clock, ssl_context=ssl.create_default_context())


class _Pinned(HTTPConnection):
    """A connection to an address that was judged, while all that is said names the host."""

    def __init__(self, target: Target, clock: "_Clock", **kwargs: Any) -> None:
        super().__init__(target.host, target.port, timeout=PATIENCE, **kwargs)
        self.target, self.clock = target, clock

    def _new_conn(self) -> socket.socket:
        for number, address in enumerate(self.target.addresses, 1):
            try:
                return self.clock.watch(
                    socket.create_connection((address, self.target.port), self.clock.patience())
                )
            except OSError:
                if number == len(self.target.addresses):
                    raise
        raise AssertionError("a target has an address")


class _PinnedWithTLS(_Pinned, HTTPSConnection):
    """The same, whose certificate must be the host's."""


class _Clock:
    """Cuts a connection off when its time is over, whatever the other side keeps dripping."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.complaint = f"The answer took longer than {seconds:g} seconds."
        self.is_over = False
        self._ends_at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._release()

    def patience(self) -> float:
        """Return how many seconds the next step may take; raises TimeoutError where none is."""
        left = self._ends_at - time.monotonic()
        if self.is_over or left <= 0:
            raise TimeoutError
        return min(PATIENCE, left)

    def watch(self, connection: socket.socket) -> socket.socket:
        """Keep a handle of one's own: TLS takes the socket itself away."""
        self._release()
        with self._lock:
            self._handle = connection.dup()
        if self.is_over:
            self._cut()
        return connection

    def _cut(self) -> None:
        self.is_over = True
        with self._lock:
            if self._handle is not None:
                with contextlib.suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None


@contextlib.contextmanager
def _said_plainly(clock: _Clock) -> Iterator[None]:
    """Turn whatever may go wrong with a connection into NoAnswer."""
    try:
        yield
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        if clock.is_over:
            raise NoAnswer(clock.complaint) from error
        raise NoAnswer(_complaint(error)) from error


def _complaint(error: Exception) -> str:
    causes = [error, error.__cause__, *error.args]
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return "The host could not prove who it is."
    if any(isinstance(each, TimeoutError) for each in causes):
        return "The host did not answer in time."
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return "The host takes no connection."
    return "The connection broke off."


__all__ = ["Answer", "Credentials", "Limits", "NoAnswer", "Refused", "TooLarge", "send"]
