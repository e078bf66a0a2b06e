"""The one writer of calls, their transcripts and recordings, and of a contact's last call."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Subquery
from django.utils import timezone

from calls.models import Call, Recording, Transcript, TranscriptStatus
from calls.recordings.models import CopyStatus
from calls.recordings.operations import (
    Sound,
    check_sound,
    delete_files_of,
    find_recording,
    forget,
    recording_changes,
    want_copy,
    write_recording,
)
from calls.turns import clean_turns, words_of
from contacts.models import Contact
from contacts.operations import save_contact
from crm import normalize
from crm.history.models import Origin
from crm.history.recording import Author
from crm.records import writing
from crm.records.writing import Errors, Saved
from crm.teams.db import does_not_exist


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
    errors, cleaned, sound = _clean_parts(turns, sound)
    extra = {} if cleaned is None else _turn_changes(call, cleaned)
    heard = recording_changes(call, sound) if sound else {}
    extra |= heard

    def check(batch: Sequence[Call]) -> Errors:
        found = _check(batch)
        return {0: writing.merge_errors(found.get(0), errors)} if errors else found

    moved_from = call.loaded("contact")

    def after(saved: Saved[Call]) -> None:
        if not saved.created and not saved.updated:
            return
        if "turns" in extra and cleaned is not None:
            _write_transcript(call, cleaned)
        if sound and heard:
            write_recording(call, sound)
        refresh_last_calls(call.team_id, {moved_from, call.contact_id})
        _heed_wishes(saved)

    saved = writing.save_records(
        [call], by=by, check=check, prepare=_prepare, extra_changes={call.pk: extra}, after=after
    )
    return writing.save_record(call, saved)


def note_recording(call: Call, old: str, new: str, *, by: Author) -> None:
    """Say in the call's history, and by its version, what became of its recording.

    Raises StaleRecord where somebody else changed the call since it was loaded.
    """
    told = {call.pk: {"recording": [old, new]}}
    # The call itself stays as it is, and need not be looked at again.
    writing.save_records(
        [call],
        by=by,
        check=lambda _calls: {},
        prepare=_prepare,
        extra_changes=told,
        cleaned=True,
    )


def delete_recording(call: Call, because: str, *, by: Author) -> None:
    """Throw the sound of a call away, for a reason that is said wherever it was heard.

    Raises StaleRecord where somebody else changed the call since it was loaded.
    """
    recording = find_recording(call)
    if recording is None or recording.deleted_at:
        return
    with transaction.atomic():
        old = recording.state
        forget(recording, because)
        note_recording(call, old, recording.state, by=by)


def delete_recordings_of(contacts: Sequence[Contact], by: Author) -> None:
    """Throw the sound of all calls with contacts of one team away: they are to be forgotten."""
    recorded = Recording.objects.filter(
        team=OuterRef("team"), call=OuterRef("pk"), deleted_at__isnull=True
    )
    # Nobody shall change a call between its being read here and being written.
    calls = Call.objects.select_for_update(no_key=True).filter(
        Exists(recorded), team=contacts[0].team_id, contact__in=[each.pk for each in contacts]
    )
    for call in calls:
        delete_recording(call, "Its contact was deleted.", by=by)


def fetch_recording(call: Call, *, by: Author) -> bool:
    """Have the call's recording fetched once more; False where there is none to be fetched.

    Raises StaleRecord where somebody else changed the call since it was loaded.
    """
    recording = find_recording(call)
    if not recording or not recording.is_elsewhere or recording.copy_status == CopyStatus.WAITING:
        return False
    with transaction.atomic():
        note_recording(call, recording.state, CopyStatus.WAITING.label, by=by)
        want_copy(recording)
    return True


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
    with transaction.atomic():
        delete_files_of(team_id, [call.pk for call in calls])
        writing.delete_records(calls, by=by)
        refresh_last_calls(team_id, {call.loaded("contact") for call in calls})


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


def note_read(call: Call) -> None:
    """Say that there is something new about the call. It is no edit: no version, no history."""
    Call.objects.filter(team_id=call.team_id, pk=call.pk).update(updated_at=timezone.now())


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
) -> tuple[ValidationError | None, list[dict[str, Any]] | None, Sound | None]:
    """Return what is wrong with the parts of a call, and each as it is to be stored."""
    errors: dict[str, Any] = {}
    cleaned = None
    if turns is not None:
        try:
            cleaned = clean_turns(list(turns))
        except ValidationError as error:
            errors["turns"] = error
    if sound is not None:
        try:
            sound = check_sound(sound)
        except ValidationError as error:
            errors["recording"] = error
    return (ValidationError(errors) if errors else None), cleaned, sound


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
