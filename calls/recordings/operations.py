"""The writer of recordings: what is stored, what is still to be fetched, what was thrown away.

A call's own writer (`calls.operations`) asks it, within the call's transaction and history.
"""

import dataclasses
import uuid
from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone

from calls.models import Call, Recording
from calls.recordings.measuring import MAX_BYTES, Facts, measure
from calls.recordings.models import CopyStatus, RecordingCopy
from crm import normalize
from crm.jobs.reaper import knock

STORED = "Stored"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What is to be known of a call's recording: its address, a file, or one that is stored.

    `stored` is the name in the storage of a file that was measured already: `facts` are its own.
    """

    file: File[bytes] | None = None
    source_url: str = ""
    stored: str = ""
    facts: Facts | None = None


def check_sound(sound: Sound) -> Sound:
    """Return the sound with what is to be known of its file; raises ValidationError."""
    if sound.source_url:
        try:
            normalize.website(sound.source_url)
        except normalize.NormalizeError as error:
            raise ValidationError(error.message, code=error.code) from error
        Recording._meta.get_field("source_url").clean(sound.source_url, None)
    if sound.file is None:
        return sound
    if (sound.file.size or 0) > MAX_BYTES:
        message = f"A recording is at most {MAX_BYTES // 2**20} MB."
        raise ValidationError(message, code="too_large")
    return dataclasses.replace(sound, facts=measure(sound.file.open()))


def find_recording(call: Call) -> Recording | None:
    """Return the recording of the call, with what became of fetching it."""
    if call._state.adding:
        return None
    return Recording.objects.with_copies().filter(team_id=call.team_id, call=call.pk).first()


def recording_changes(call: Call, sound: Sound) -> dict[str, list[Any]]:
    """Return what history says of the sound; nothing where it brings nothing new.

    What was thrown away stays away, whoever tells of it once more.
    """
    old = find_recording(call)
    if old and old.deleted_at:
        return {}
    changes: dict[str, list[Any]] = {}
    if _is_news(old, sound.source_url):
        changes["recording_url"] = [old.source_url if old else "", sound.source_url]
    if sound.file:
        changes["recording"] = [old.file.name if old else "", sound.file.name]
    elif sound.stored:
        changes["recording"] = [CopyStatus.WAITING.label, STORED]
    return changes


def _is_news(old: Recording | None, url: str) -> bool:
    """Return whether there is something to be fetched there that is not stored yet.

    A platform that tells twice signs the link anew: only what stands before the `?` says which
    recording it is.
    """
    if not url or (old and old.source_url == url):
        return False
    return not (old and old.file and _without_query(old.source_url) == _without_query(url))


def _without_query(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()


def write_recording(call: Call, sound: Sound) -> None:
    """Write the sound that `check_sound` has seen; one that is only elsewhere is to be fetched."""
    recording = find_recording(call) or Recording(team_id=call.team_id, call_id=call.pk)
    # The platform has sent the sound itself, and now says where it has it, too.
    is_here = bool(recording.file) and not recording.source_url
    recording.source_url = sound.source_url or recording.source_url
    if sound.facts:
        _take_file(recording, sound, sound.facts)
    recording.save()
    if sound.file:
        # Whoever fetches one loses the lease, and throws away what they have.
        done = {"status": CopyStatus.DONE, "lease": None, "leased_until": None, "path": ""}
        _copies(recording).update(**done)
    elif not (sound.stored or is_here):
        want_copy(recording)


def _take_file(recording: Recording, sound: Sound, facts: Facts) -> None:
    delete_when_committed(recording.file.storage, recording.file.name)
    recording.content_type = facts.content_type
    recording.size = facts.size
    recording.sha256 = facts.sha256
    recording.duration_seconds = facts.seconds
    recording.channels = facts.channels
    recording.peaks = facts.peaks
    if sound.stored:
        recording.file.name = sound.stored
    else:
        assert sound.file is not None
        name = f"{recording.call_id}.{facts.extension}"
        recording.file.save(name, sound.file.open(), save=False)


def _copies(recording: Recording) -> Any:
    return RecordingCopy.objects.filter(team=recording.team_id, recording=recording.pk)


def want_copy(recording: Recording) -> None:
    """Have the recording fetched, from the beginning: whoever is at it gives up."""
    anew: dict[str, Any] = {
        "status": CopyStatus.WAITING,
        "attempts": 0,
        "not_before": None,
        "lease": None,
        "leased_until": None,
        "knocked_at": timezone.now(),
        "last_error": "",
        "reason": "",
    }
    run, _ = RecordingCopy.objects.update_or_create(
        team_id=recording.team_id, recording_id=recording.pk, defaults=anew
    )
    knock(run)


def forget(recording: Recording, because: str) -> None:
    """Throw the sound away, and what leads to it; that there was one, and why it went, stays."""
    delete_when_committed(recording.file.storage, recording.file.name)
    for path in _copies(recording).exclude(path="").values_list("path", flat=True):
        delete_when_committed(recording.file.storage, path)
    # Whoever fetches it loses the lease, and throws away what they have.
    _copies(recording).delete()
    recording.file.name = recording.source_url = ""
    recording.peaks = {}
    recording.deleted_at = timezone.now()
    recording.deleted_because = because
    recording.save()


def delete_files_of(team_id: uuid.UUID, call_ids: Iterable[uuid.UUID]) -> None:
    """Delete the stored files of calls that go, and what is being stored for them."""
    for recording in Recording.objects.filter(team_id=team_id, call__in=list(call_ids)):
        delete_when_committed(recording.file.storage, recording.file.name)
        for path in _copies(recording).exclude(path="").values_list("path", flat=True):
            delete_when_committed(recording.file.storage, path)


def delete_when_committed(storage: Storage, name: str | None) -> None:
    """Delete the stored file, if there is one, when its row is surely gone or names another.

    A file cannot be rolled back, so it goes last; where the storage does not answer, the log says
    so, and what was written stays written.
    """
    if name:
        transaction.on_commit(partial(storage.delete, name), robust=True)
