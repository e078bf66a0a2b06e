"""Calls over REST."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from calls.filters import CallFilterSet
from calls.incoming import IncomingCall
from calls.ingest import read_number, record_call
from calls.models import Call, Recording
from calls.operations import Sound, save_call
from calls.recordings.listening import serve_to
from calls.recordings.serving import get_recording
from calls.representation import Parts, in_full, in_lists
from calls.serializers import CallInListSerializer, CallSerializer
from crm.api.exceptions import Conflict
from crm.api.schema import Answer, Operation
from crm.history.recording import Author
from crm.records.api import CreatesRecords, RecordDetail, RecordList, RecordView
from crm.records.representation import Representation
from crm.records.writing import StaleRecord
from crm.teams.api import TeamView
from crm.teams.db import does_not_exist

NUMBERS = ("from_number", "to_number")


class CallView(RecordView):
    """An address of calls."""

    scope = "calls"
    noun = "call"
    serializer_class = CallSerializer
    list_serializer_class = CallInListSerializer

    @property
    def representation(self) -> Representation[Parts]:  # type: ignore[override]
        """How one call is shown: with its turns."""
        return in_full(self.calls_url)

    @property
    def list_representation(self) -> Representation[Parts]:
        """How calls are shown in a list."""
        return in_lists(self.calls_url)

    @property
    def calls_url(self) -> str:
        """The address that this client reaches calls at."""
        return self.request.build_absolute_uri("/api/crm/calls")

    def get_records(self) -> QuerySet[Call]:
        """Return the team's calls."""
        return self.team.calls.all()

    def check_contact(self, contact_id: uuid.UUID | None) -> None:
        """Raise ValidationError unless the contact is this team's."""
        if contact_id and not self.team.contacts.filter(pk=contact_id).exists():
            raise ValidationError({"contact": does_not_exist("contact")})


class CallList(CallView, RecordList):
    """Calls, newest first."""

    orderings = {
        "startedAt": "started_or_created_at",
        "createdAt": "created_at",
        "updatedAt": "updated_at",
    }
    default_ordering = "-startedAt"


class Calls(CallList, CreatesRecords):
    """The team's calls."""

    filterset_class = CallFilterSet
    operations = {
        "GET": Operation("listCalls", "List the team's calls"),
        "POST": Operation(
            "recordCall",
            "Record a call",
            "A call whose `provider` and `providerCallId` are there already is merged into it "
            "(200): its status only rises, and what is left out erases nothing. Without "
            "`contactId` the call goes to the contact whose number it is, never to one of several.",
        ),
    }

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return for POST either: a new call, or one that was there already."""
        answers = super().get_answers(method)
        if method == "POST":
            said = "Merged into the call there was."
            answers[200] = Answer(said, cls.serializer_class, headers=("ETag",))
        return answers

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return 409 for POST, too: somebody else may be writing the same call."""
        return sorted([*super().get_refusals(method), *([409] if method == "POST" else [])])

    def create(self, values: dict[str, Any]) -> tuple[Call, bool]:
        """Return the call, new or merged into."""
        self.check_contact(values.get("contact_id"))
        try:
            return record_call(self.team, IncomingCall(**values), by=self.author)
        except StaleRecord as error:
            raise Conflict from error

    def extra_of_new(self, values: dict[str, Any]) -> Any:
        """Ask for the parts of a call that came with any."""
        has_parts = values.get("turns") or values.get("recording_url")
        return None if has_parts else Parts(turns=[])


class CallDetail(CallView, RecordDetail):
    """One call."""

    operations = {
        "GET": Operation("getCall", "Read a call with its transcript"),
        "PATCH": Operation(
            "updateCall",
            "Change a call",
            "Fields that are left out stay as they are; `turns` come as a whole.",
        ),
    }

    def save(self, record: Call, values: dict[str, Any]) -> None:
        """Set the values and save."""
        values = dict(values)
        turns, url = values.pop("turns", None), values.pop("recording_url", "")
        self.check_contact(values.get("contact_id"))
        for name, value in values.items():
            is_number = name in NUMBERS
            setattr(record, name, read_number(value, self.team.region) if is_number else value)
        sound = Sound(source_url=url) if url else None
        save_call(record, by=self.author, turns=turns, sound=sound)


class ContactCalls(CallList):
    """A contact's call history."""

    requires_team_id = False
    is_whole = False
    operations = {"GET": Operation("listContactCalls", "List a contact's calls, newest first")}

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return 404 besides: there may be no such contact."""
        return sorted([*super().get_refusals(method), 404])

    def get_records(self) -> QuerySet[Call]:
        """Return the contact's calls; raises NotFound (404)."""
        contact_id = self.kwargs["pk"]
        if not self.team.contacts.filter(pk=contact_id).exists():
            raise NotFound("There is no such contact.")
        return self.team.calls.filter(contact_id=contact_id)


class CallRecording(TeamView):
    """The stored recording of a call."""

    scope = "calls"
    operations = {
        "GET": Operation(
            "getCallRecording",
            "Hear a call's recording",
            "The stored file, or the part of it that Range asks for. One that is still being "
            "fetched, could not be fetched or was deleted is 404, and `detail` says which.",
        )
    }

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return the sound, the part asked for, or nothing where the client has it."""
        return {
            200: Answer("The sound.", media_type="audio/*", headers=("ETag",)),
            206: Answer("A part of it.", media_type="audio/*", headers=("ETag",)),
            304: Answer("The client has it.", headers=("ETag",)),
        }

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return that there may be no such recording, or no such part."""
        return sorted([*super().get_refusals(method), 404, 416])

    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """Answer with the sound, or with the part of it that Range asks for."""
        if not self.team.calls.filter(pk=pk).exists():
            raise NotFound("There is no such call.")
        try:
            recording = get_recording(self.team, pk)
        except Http404 as error:
            raise NotFound(self._why_not(pk), "no_recording") from error
        return serve_to(Author.api_key(self.key), request._request, recording)

    def _why_not(self, pk: uuid.UUID) -> str:
        recordings = Recording.objects.with_copies().filter(team=self.team, call=pk)
        recording = recordings.first()
        if recording is None:
            return "This call has no recording."
        return f"The recording is not stored here. {recording.state.rstrip('.')}."
