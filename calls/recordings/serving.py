"""Serving a stored recording, so that a player can seek in it: HTTP Range, for one range.

Who may hear it is decided before: both callers, a page and the API, come with a team's recording.
"""

import re
import uuid
from typing import Protocol

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.crypto import salted_hmac
from django.utils.http import content_disposition_header

from calls.models import Recording
from crm.teams.models import Team


class Readable(Protocol):
    """What can be read on from where it stands."""

    def read(self, size: int = ..., /) -> bytes: ...

    def close(self) -> None: ...


_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def get_recording(team: Team, call_id: uuid.UUID) -> Recording:
    """Return the stored recording of the team's call; raises Http404 where there is no file."""
    of_call = Recording.objects.select_related("call").filter(team=team, call=call_id)
    recording = of_call.exclude(file="").first()
    if recording is None:
        raise Http404("This call has no stored recording.")
    recording.call.team = team
    return recording


def serve_recording(
    request: HttpRequest, recording: Recording, *, download: bool = False
) -> HttpResponseBase:
    """Answer with the recording, or with the part of it that the request's Range asks for.

    Plays in place; `download` offers it to be kept as a file. Raises Http404 where the file is gone
    from the storage.
    """
    try:
        size = recording.file.size
        etag = _etag(recording, size)
        not_modified = get_conditional_response(request, etag=etag)
        response = not_modified or _answer(request, recording, size, etag)
    except FileNotFoundError as error:
        raise Http404("The recording's file is not in the storage.") from error
    _describe(response, recording, etag, download=download)
    return response


def _answer(request: HttpRequest, recording: Recording, size: int, etag: str) -> HttpResponseBase:
    try:
        asked = _asked_range(request, size, etag)
    except _UnsatisfiableRange:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, stop = asked or (0, size)
    headers = {"Content-Length": str(stop - start)}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    part = _Part(_open_at(recording, start, stop), stop - start)
    return _Sound(part, status=206 if asked else 200, headers=headers)


def _open_at(recording: Recording, start: int, stop: int) -> Readable:
    """Open the file at its byte `start`; a bucket is asked for no more than what is wanted.

    Seeking in a file of a bucket would fetch the whole of it first, for every part anew.
    """
    bucket = getattr(recording.file.storage, "bucket", None)
    if bucket is not None and stop > start:
        wanted = f"bytes={start}-{stop - 1}"
        body: Readable = bucket.Object(recording.file.name).get(Range=wanted)["Body"]
        return body
    file = recording.file.open("rb")
    file.seek(start)
    return file


def _asked_range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Return the bytes asked for as (start, stop), or None for the whole.

    What is no single range of bytes is left aside, as HTTP allows; so is a range of a file that is
    not this one (If-Range).
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.method != "GET" or match is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first:
        return _suffix(last, size)
    start, stop = int(first), int(last) + 1 if last else size
    if stop <= start and last:
        return None
    if start >= size:
        raise _UnsatisfiableRange
    return start, min(stop, size)


def _suffix(last: str, size: int) -> tuple[int, int] | None:
    if not last:
        return None
    if int(last) == 0 or size == 0:
        raise _UnsatisfiableRange
    return max(size - int(last), 0), size


class _UnsatisfiableRange(Exception):
    """The range asked for begins after the file's end."""


class _Sound(FileResponse):
    block_size = 2**16


class _Part:
    """So many bytes of an open file, from where it stands."""

    def __init__(self, file: Readable, length: int) -> None:
        self._file = file
        self._left = length

    def read(self, size: int) -> bytes:
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._file.close()


def _etag(recording: Recording, size: int) -> str:
    # A storage never writes over a file, so its name stands for its content.
    key = f"{recording.file.name} {size}"
    return f'"{salted_hmac("calls.recording", key, algorithm="sha256").hexdigest()[:32]}"'


def _describe(
    response: HttpResponseBase, recording: Recording, etag: str, *, download: bool
) -> None:
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    # What people said on the phone stays in no cache, neither a proxy's nor the browser's own.
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    if response.status_code in (200, 206):
        response["Content-Type"] = recording.content_type or "application/octet-stream"
        disposition = content_disposition_header(download, _filename(recording))
        response["Content-Disposition"] = disposition or "inline"


def _filename(recording: Recording) -> str:
    extension = (recording.file.name or "").rpartition(".")[2]
    moment = timezone.localtime(recording.call.started_or_created_at)
    return f"call-{moment:%Y-%m-%d-%H%M}.{extension}"
