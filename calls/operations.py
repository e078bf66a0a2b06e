"""The one writer of calls, their transcripts and recordings, and of a contact's last call."""

import dataclasses
import uuid
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.db.models.fields.files import FieldFile

from calls.models import Call, Recording, Transcript, TranscriptStatus
from calls.recordings import MAX_BYTES, compute_peaks, sniff_content_type
from calls.turns import clean_turns, words_of
from contacts.models import Contact
from contacts.operations import save_contact
from crm import normalize
from crm.history.models import Origin
from crm.history.recording import Author
from crm.records import writing
from crm.records.writing import Errors, Saved
from crm.teams.db import does_not_exist


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What is to be known of a call's recording: a file, or its address at the platform."""

    file: File[bytes] | None = None
    source_url: str = ""


def save_call(
    call: Call,
    *,
    by: Author,
    turns: Sequence[dict[str, Any]] | None = None,
    sound: Sound | None = None,
) -> Call:
    """Write one new or changed call, with its turns and recording where given.

    Raises ValidationError with what is wrong by field, StaleRecord where somebody else changed it
    since it was loaded.
    """
    errors, cleaned = _clean_parts(turns, sound)
    extra = {} if cleaned is None else _turn_changes(call, cleaned)
    if sound is not None:
        extra |= _recording_changes(call, sound)

    def check(batch: Sequence[Call]) -> Errors:
        found = _check(batch)
        return {0: writing.merge_errors(found.get(0), errors)} if errors else found

    moved_from = call.loaded("contact")

    def after(saved: Saved[Call]) -> None:
        if not saved.created and not saved.updated:
            return
        if "turns" in extra and cleaned is not None:
            _write_transcript(call, cleaned)
        if sound is not None and extra:
            _write_recording(call, sound)
        refresh_last_calls(call.team_id, {moved_from, call.contact_id})
        _heed_wishes(saved)

    saved = writing.save_records(
        [call], by=by, check=check, prepare=_prepare, extra_changes={call.pk: extra}, after=after
    )
    return writing.save_record(call, saved)


def assign_calls(calls: Sequence[Call], contact: Contact, *, by: Author) -> None:
    """Say that calls of one team are this contact's: all of them or, if one cannot be, none.

    Raises ValidationError where the contact is gone, StaleRecord where somebody else changed a call
    since it was loaded.
    """
    contacts = {contact.pk, *(call.loaded("contact") for call in calls)}
    for call in calls:
        call.contact = contact
    with transaction.atomic():
        saved = writing.save_records(
            calls, by=by, check=_check, prepare=_prepare, after=_heed_wishes
        )
        for error in saved.errors.values():
            raise error
        refresh_last_calls(contact.team_id, contacts)


def delete_calls(calls: Sequence[Call], *, by: Author) -> None:
    """Delete calls of one team with their transcripts and recordings' files."""
    if not calls:
        return
    team_id = calls[0].team_id
    stored = Recording.objects.filter(team_id=team_id, call__in=[call.pk for call in calls])
    files = [recording.file for recording in stored if recording.file]
    with transaction.atomic():
        writing.delete_records(calls, by=by)
        refresh_last_calls(team_id, {call.loaded("contact") for call in calls})
        for file in files:
            _delete_when_committed(file)


def refresh_last_calls(team_id: uuid.UUID, contact_ids: Iterable[uuid.UUID | None]) -> None:
    """Set when these contacts were last called. It is no edit: no version, no history."""
    ids = {contact_id for contact_id in contact_ids if contact_id}
    if not ids:
        return
    latest = (
        Call.objects.filter(team=OuterRef("team"), contact=OuterRef("pk"))
        .order_by()
        .values("contact")
        .annotate(latest=Max("started_or_created_at"))
        .values("latest")
    )
    Contact.objects.filter(team_id=team_id, pk__in=ids).update(last_call_at=Subquery(latest))


def _heed_wishes(saved: Saved[Call]) -> None:
    """Set do-not-call of who asked for it, once: when the call tells so, or becomes theirs.

    Whoever clears it afterwards knows better, so the same call never sets it again.
    """
    for call in (*saved.created, *saved.updated):
        is_news = not call.loaded("asked_not_to_be_called")
        is_theirs_now = call.loaded("contact") != call.contact_id
        if call.asked_not_to_be_called and call.contact_id and (is_news or is_theirs_now):
            contact = Contact.objects.select_for_update(no_key=True).get(
                pk=call.contact_id, team_id=call.team_id
            )
            contact.do_not_call = True
            save_contact(contact, by=Author(Origin.CALL))


def _prepare(call: Call) -> None:
    call.started_or_created_at = call.started_at or call.initiated_at or call.created_at
    call.search = normalize.search_text(
        call.summary, call.from_number, call.to_number, call.assistant_name
    )


def _check(calls: Sequence[Call]) -> Errors:
    errors = _check_contacts(calls)
    for index, call in enumerate(calls):
        if call.provider_call_id and _name_taken(call):
            message = "This call is there already."
            taken = writing.field_error("provider_call_id", message, "unique")
            errors[index] = writing.merge_errors(errors.get(index), taken)
    return errors


def _check_contacts(calls: Sequence[Call]) -> Errors:
    """The contact must be there and of the call's team: one query for the whole batch."""
    moved = {
        index: call.contact_id
        for index, call in enumerate(calls)
        if call.contact_id and call.loaded("contact") != call.contact_id
    }
    if not moved:
        return {}
    ours = Contact.objects.filter(team_id=calls[0].team_id, pk__in=set(moved.values()))
    known = set(ours.values_list("pk", flat=True))
    return {
        index: ValidationError({"contact": does_not_exist("contact")})
        for index, contact_id in moved.items()
        if contact_id not in known
    }


def _name_taken(call: Call) -> bool:
    name = {"provider": call.provider, "provider_call_id": call.provider_call_id}
    if all(call.loaded(field) == value for field, value in name.items()):
        return False
    return Call.objects.filter(team_id=call.team_id, **name).exclude(pk=call.pk).exists()


def _clean_parts(
    turns: Sequence[dict[str, Any]] | None, sound: Sound | None
) -> tuple[ValidationError | None, list[dict[str, Any]] | None]:
    errors: dict[str, Any] = {}
    cleaned = None
    if turns is not None:
        try:
            cleaned = clean_turns(list(turns))
        except ValidationError as error:
            errors["turns"] = error
    if sound is not None:
        try:
            _check_sound(sound)
        except ValidationError as error:
            errors["recording"] = error
    return (ValidationError(errors) if errors else None), cleaned


def _check_sound(sound: Sound) -> None:
    if sound.source_url:
        try:
            normalize.website(sound.source_url)
        except normalize.NormalizeError as error:
            raise ValidationError(error.message, code=error.code) from error
        Recording._meta.get_field("source_url").clean(sound.source_url, None)
    if sound.file:
        if (sound.file.size or 0) > MAX_BYTES:
            message = f"A recording is at most {MAX_BYTES // 2**20} MB."
            raise ValidationError(message, code="too_large")
        sniff_content_type(sound.file.open())


def _transcript(call: Call) -> Transcript | None:
    if call._state.adding:
        return None
    return Transcript.objects.filter(team_id=call.team_id, call=call.pk).first()


def _turn_changes(call: Call, turns: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return what history says of new turns; the call's status says whether there are any."""
    old = _transcript(call)
    known = old.turns if old else []
    if turns:
        call.transcript_status = TranscriptStatus.READY
    elif known:
        call.transcript_status = TranscriptStatus.NONE
    return {"turns": [len(known), len(turns)]} if known != turns else {}


def _write_transcript(call: Call, turns: list[dict[str, Any]]) -> None:
    Transcript.objects.update_or_create(
        team_id=call.team_id, call_id=call.pk, defaults={"turns": turns, "text": words_of(turns)}
    )


def _recording(call: Call) -> Recording | None:
    if call._state.adding:
        return None
    return Recording.objects.filter(team_id=call.team_id, call=call.pk).first()


def _recording_changes(call: Call, sound: Sound) -> dict[str, list[Any]]:
    old = _recording(call)
    changes: dict[str, list[Any]] = {}
    if sound.source_url and sound.source_url != (old.source_url if old else ""):
        changes["recording_url"] = [old.source_url if old else "", sound.source_url]
    if sound.file:
        changes["recording"] = [old.file.name if old else "", sound.file.name]
    return changes


def _write_recording(call: Call, sound: Sound) -> None:
    recording = _recording(call) or Recording(team_id=call.team_id, call_id=call.pk)
    recording.source_url = sound.source_url or recording.source_url
    if sound.file:
        peaks = compute_peaks(sound.file.open())
        recording.content_type = sniff_content_type(sound.file.open())
        recording.size = sound.file.size or 0
        recording.duration_seconds = peaks.pop("seconds", None)
        recording.peaks = peaks
        _delete_when_committed(recording.file)
        recording.file.save(
            f"{call.pk}.{_extension(recording.content_type)}", sound.file, save=False
        )
    recording.save()


def _delete_when_committed(file: FieldFile) -> None:
    """Delete the stored file, if there is one, when its row is surely gone or names another.

    A file cannot be rolled back, so it goes last.
    """
    if file:
        transaction.on_commit(partial(file.storage.delete, file.name or ""))


def _extension(content_type: str) -> str:
    return {"audio/mpeg": "mp3", "audio/mp4": "m4a"}.get(content_type, content_type.split("/")[1])
