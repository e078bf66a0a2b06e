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
from calls.representation import Parts, in_full, in_lists
from calls.serializers import CallInListSerializer, CallSerializer
from calls.serving import get_recording, serve_recording
from crm.records.api import CreatesRecords, RecordDetail, RecordList, RecordView
from crm.records.representation import Representation
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
    upserts = True
    descriptions = {
        "POST": "A call whose `provider` and `providerCallId` are there already is merged into it "
        "(200): its status only rises, and what is left out erases nothing. Without `contactId` "
        "the call goes to the contact whose number it is, never to one of several."
    }

    def create(self, values: dict[str, Any]) -> tuple[Call, bool]:
        """Return the call, new or merged into."""
        self.check_contact(values.get("contact_id"))
        return record_call(self.team, IncomingCall(**values), by=self.author)

    def extra_of_new(self, values: dict[str, Any]) -> Any:
        """Ask for the parts of a call that came with any."""
        has_parts = values.get("turns") or values.get("recording_url")
        return None if has_parts else Parts(turns=[])


class CallDetail(CallView, RecordDetail):
    """One call."""

    descriptions = {"PATCH": "Fields that are left out stay as they are; `turns` come as a whole."}

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

    def get_records(self) -> QuerySet[Call]:
        """Return the contact's calls; raises NotFound (404)."""
        contact_id = self.kwargs["contact_id"]
        if not self.team.contacts.filter(pk=contact_id).exists():
            raise NotFound("There is no such contact.")
        return self.team.calls.filter(contact_id=contact_id)


class CallRecording(TeamView):
    """The stored recording of a call."""

    scope = "calls"

    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """Answer with the sound, or with the part of it that Range asks for."""
        if not self.team.calls.filter(pk=pk).exists():
            raise NotFound("There is no such call.")
        try:
            recording = get_recording(self.team, pk)
        except Http404 as error:
            raise NotFound(self._why_not(pk), "no_recording") from error
        return serve_recording(request._request, recording)

    def _why_not(self, pk: uuid.UUID) -> str:
        if Recording.objects.filter(team=self.team, call=pk).exists():
            return "This recording is only at the platform so far: see recording.url of the call."
        return "This call has no recording."
