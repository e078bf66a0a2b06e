"""Reading the whole body of a request, up to a size, also where it comes in chunks.

Django takes a chunked body for an empty one. Servers that take chunks apart themselves say so in
`wsgi.input_terminated`; Django's own for development leaves them to be taken apart here.
"""

import re
import sys
from collections.abc import Iterator
from typing import Any

from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest

AT_ONCE = 64 * 1024
LONGEST_LINE = 1024
_SIZE = re.compile(rb"[0-9a-fA-F]{1,15}")


class BodyTooLarge(Exception):
    """The body is larger than what is taken."""


class BodyBroken(Exception):
    """The body ends before its end, or its chunks are none."""


def read_body(request: HttpRequest, limit: int) -> bytes:
    """Return the body; raises BodyTooLarge or BodyBroken."""
    environ: dict[str, Any] = request.environ  # type: ignore[attr-defined]
    body = bytearray()
    for part in _parts(environ, limit):
        body += part
        if len(body) > limit:
            raise BodyTooLarge
    return bytes(body)


def _parts(environ: dict[str, Any], limit: int) -> Iterator[bytes]:
    stream = environ["wsgi.input"]
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return _until_end(stream) if environ.get("wsgi.input_terminated") else _take_apart(stream)
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        raise BodyBroken
    if int(length) > limit:
        raise BodyTooLarge
    return _counted(stream, int(length))


def _until_end(stream: Any) -> Iterator[bytes]:
    while part := stream.read(AT_ONCE):
        yield part


def _counted(stream: Any, left: int) -> Iterator[bytes]:
    while left:
        part = stream.read(min(left, AT_ONCE))
        if not part:
            raise BodyBroken
        left -= len(part)
        yield part


def _take_apart(stream: Any) -> Iterator[bytes]:
    if not isinstance(stream, LimitedStream):
        raise BodyBroken
    # It ends where Content-Length says, so at once.
    stream.limit = sys.maxsize
    try:
        while size := _chunk_size(stream):
            yield from _counted(stream, size)
            if stream.readline(LONGEST_LINE).strip():
                raise BodyBroken
        # Headers may follow, and an empty line does.
        while stream.readline(LONGEST_LINE).strip():
            pass
    finally:
        # The server reads what is left, and there is nothing that it could know the end of.
        stream.limit = 0


def _chunk_size(stream: Any) -> int:
    written = stream.readline(LONGEST_LINE).partition(b";")[0].strip()
    if not _SIZE.fullmatch(written):
        raise BodyBroken
    return int(written, 16)
