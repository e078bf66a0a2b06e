"""Fetching a recording from its platform, and keeping it.

A worker may be killed at any instruction: the name under which the file will lie is written down
before the file is, so that whoever comes next throws away what was left half done.
"""

import tempfile
import time
import uuid
from http import HTTPStatus
from typing import IO

import structlog
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from calls.models import Call, Recording
from calls.operations import note_recording, save_call
from calls.recordings.measuring import MAX_BYTES, Facts, measure
from calls.recordings.models import CopyStatus, RecordingCopy
from calls.recordings.operations import Sound
from calls.recordings.sources import Source, find_sources
from crm.history.models import Origin
from crm.history.recording import Author
from crm.jobs.operations import hold, lease_length, release, renew
from crm.outgoing.sending import Limits, NoAnswer, Refused, TooLarge, send
from crm.records.writing import StaleRecord

log = structlog.get_logger("callbook.worker")

LIMITS = Limits(most_bytes=MAX_BYTES, seconds=120, redirects=5)
BY = Author(Origin.CALL)
FAILED = CopyStatus.FAILED.label
TRIES = 5
#: Answers that say the link is dead, or the key is not theirs.
NOT_FOR_US = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class NotYet(Exception):
    """The recording was not to be had this time; the text says why, in words for people."""


class Never(Exception):
    """The recording cannot be had from there at all; the text says why, in words for people."""


def copy(run: RecordingCopy) -> None:
    """Fetch the leased row's recording and store it; put it off, or give it up with a reason."""
    recording = Recording.objects.select_related("call__team").get(
        team=run.team_id, pk=run.recording_id
    )
    _sweep(run, recording)
    with tempfile.TemporaryFile() as file:
        try:
            _fetch(run, recording, file)
            facts = measure(file)
        except NotYet as reason:
            _put_off(run, recording, str(reason))
        except Never as reason:
            _give_up(run, recording, str(reason))
        except ValidationError:
            _give_up(run, recording, "What the address answers with is no sound file.")
        else:
            _store(run, recording, file, facts)


def _sweep(run: RecordingCopy, recording: Recording) -> None:
    """Throw away what an attempt that was broken off has left."""
    if run.path and run.path != recording.file.name:
        recording.file.storage.delete(run.path)


def _fetch(run: RecordingCopy, recording: Recording, file: IO[bytes]) -> None:
    """Read the recording into the file, from the first source that has it."""
    problems: list[NotYet | Never] = []
    sources = iter(find_sources(recording.call, recording.source_url))
    while True:
        try:
            source = next(sources, None)
            if source is not None:
                _read(run, source, file)
                return
        except Refused as error:
            problems.append(Never(str(error)))
        except TooLarge:
            problems.append(Never(f"It is larger than {MAX_BYTES // 2**20} MB."))
        except NoAnswer as error:
            problems.append(NotYet(str(error)))
        except NotYet as error:
            problems.append(error)
        else:
            break
    # One source that may have it later is reason enough to come back.
    hopes = [problem for problem in problems if isinstance(problem, NotYet)]
    raise (hopes or problems or [Never("There is no address to fetch it from.")])[-1]


def _read(run: RecordingCopy, source: Source, file: IO[bytes]) -> None:
    file.seek(0)
    file.truncate()
    held_at = time.monotonic()
    patience = lease_length().total_seconds() / 3
    with send("GET", source.url, limits=LIMITS, credentials=source.credentials) as answer:
        if answer.status != HTTPStatus.OK:
            raise NotYet(_refusal(answer.status))
        for chunk in answer.chunks():
            file.write(chunk)
            if time.monotonic() - held_at > patience:
                hold(run)
                held_at = time.monotonic()


def _refusal(status: int) -> str:
    if status in NOT_FOR_US:
        return f"The platform refused it ({status}): the link is over, or the key does not fit."
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return f"The platform does not have it ({status})."
    return f"The platform answered with {status}."


def _put_off(run: RecordingCopy, recording: Recording, reason: str) -> None:
    if run.attempts >= run.MOST_ATTEMPTS:
        _give_up(run, recording, reason)
        return
    release(run, not_before=timezone.now() + run.delay(), last_error=reason)


def _give_up(run: RecordingCopy, recording: Recording, reason: str) -> None:
    """Say for good why there is no recording: its call changes, so that open pages show it."""
    call = Call.objects.get(team=run.team_id, pk=recording.call_id)
    with transaction.atomic():
        renew(run)
        note_recording(call, CopyStatus.WAITING.label, f"{FAILED}. {reason}", by=BY)
        release(run, status=CopyStatus.FAILED, reason=reason, last_error=reason, path="")
    log.warning("recording not fetched", call=str(recording.call_id), reason=reason)


def _store(run: RecordingCopy, recording: Recording, file: IO[bytes], facts: Facts) -> None:
    field = Recording._meta.get_field("file")
    name = f"{recording.call_id}-{uuid.uuid4().hex[:8]}.{facts.extension}"
    storage, path = recording.file.storage, field.generate_filename(recording, name)
    hold(run, path=path)
    file.seek(0)
    sound = Sound(stored=storage.save(path, File(file)), facts=facts)
    try:
        for attempt in range(1, TRIES + 1):
            try:
                _write(run, recording.call, sound)
            except StaleRecord:
                # Another message of this call came meanwhile.
                if attempt == TRIES:
                    raise
            else:
                return
    except BaseException:
        storage.delete(sound.stored)
        raise


def _write(run: RecordingCopy, call: Call, sound: Sound) -> None:
    fresh = Call.objects.select_related("team").get(team=call.team_id, pk=call.pk)
    with transaction.atomic():
        renew(run)
        save_call(fresh, by=BY, sound=sound)
        release(run, status=CopyStatus.DONE, path="", last_error="")
