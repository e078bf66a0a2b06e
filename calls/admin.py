"""Calls, their transcripts and recordings, in the admin."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from calls.ingest import find_contact, read_number
from calls.models import BY_HAND, Call, Recording, Transcript
from calls.operations import Sound, delete_calls, save_call
from calls.recordings.listening import serve_to
from calls.recordings.serving import get_recording
from calls.turns import clean_turns
from crm import normalize
from crm.history.recording import Author
from crm.records.record_admin import AdminRecordForm, RecordAdmin
from crm.teams.owned_admin import InTeamSuggestFilter, TeamOwnedAdmin
from crm.web.admin import ReadOnlyAdmin, pretty_json
from crm.web.forms import StrictJSONField


class CallForm(AdminRecordForm):
    """A call's form, with its transcript as JSON and its recording as a file or an address."""

    turns = StrictJSONField(
        required=False,
        label="Transcript",
        help_text='A list of turns: [{"speaker": "assistant", "text": "…", "startSeconds": 0}]',
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 12}),
    )
    extracted_data = StrictJSONField(
        required=False, widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 6})
    )
    recording = forms.FileField(required=False, help_text="WAV, MP3, Ogg, FLAC, M4A or WebM.")
    recording_url = forms.URLField(
        required=False, label="Recording at the platform", max_length=2000, assume_scheme="https"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["provider"] = BY_HAND
            return
        of_call = {"team": self.instance.team_id, "call": self.instance}
        transcript = Transcript.objects.filter(**of_call).first()
        recording = Recording.objects.filter(**of_call).first()
        self.initial["turns"] = transcript.turns if transcript else None
        self.initial["recording_url"] = recording.source_url if recording else ""

    def clean_extracted_data(self) -> dict[str, Any]:
        """Return the object; raises ValidationError."""
        said = self.cleaned_data["extracted_data"]
        try:
            return {} if said is None else normalize.json_object(said)
        except normalize.NormalizeError as error:
            raise forms.ValidationError(str(error), code=error.code) from error

    def clean_turns(self) -> list[dict[str, Any]] | None:
        """Return the turns in their stored form; raises ValidationError."""
        turns = self.cleaned_data["turns"]
        return None if turns is None else clean_turns(turns)

    def write(self, by: Author) -> None:
        """Write the call; one without a contact goes to whose number it is."""
        call: Call = self.instance
        call.from_number = read_number(call.from_number, call.team.region)
        call.to_number = read_number(call.to_number, call.team.region)
        if call.contact_id is None and call._state.adding:
            call.contact = find_contact(call)
        save_call(call, by=by, turns=self._turns(), sound=self._sound())

    def _turns(self) -> list[dict[str, Any]] | None:
        if "turns" not in self.changed_data:
            return None
        return self.cleaned_data["turns"] or []

    def _sound(self) -> Sound | None:
        file, url = self.cleaned_data["recording"], self.cleaned_data["recording_url"]
        if not {"recording", "recording_url"} & set(self.changed_data):
            return None
        return Sound(file=file or None, source_url=url)


@admin.register(Call)
class CallAdmin(RecordAdmin):
    """Calls of all teams."""

    form = CallForm
    team_ordering = ("-started_or_created_at", "-id")
    list_display = (
        "when",
        "team",
        "contact",
        "number",
        "direction",
        "status",
        "outcome",
        "created",
    )
    list_columns = (
        "started_or_created_at",
        "contact__first_name",
        "contact__last_name",
        "from_number",
        "to_number",
        "direction",
        "status",
        "outcome",
        "created_at",
        "team__name",
        "team__region",
    )
    list_select_related = ("contact", "team")
    list_filter = (
        *TeamOwnedAdmin.list_filter,
        ("contact", InTeamSuggestFilter),
        "direction",
        "outcome",
        "status",
        "created_at",
    )
    search_help_text = "Words of the summary or the transcript, a number, the contact's name."
    readonly_fields = (*RecordAdmin.readonly_fields, "transcript_status", "player")
    fieldsets = (
        (None, {"fields": ("team", "contact", "direction", "from_number", "to_number")}),
        ("Course", {"fields": ("status", "outcome", "initiated_at", "started_at", "ended_at")}),
        ("Content", {"fields": ("summary", "success", "sentiment", "turns", "transcript_status")}),
        ("Recording", {"fields": ("player", "recording", "recording_url")}),
        ("Assistant", {"fields": ("assistant_name", "assistant_external_id")}),
        (
            "The platform's words",
            {
                "fields": (
                    "provider",
                    "provider_call_id",
                    "duration_seconds",
                    "ended_reason",
                    "ended_by",
                    "transferred_to",
                    "voicemail",
                    "cost_amount",
                    "cost_currency",
                    "extracted_data",
                )
            },
        ),
        ("More", {"fields": ("created_at", "updated_at")}),
    )

    def get_urls(self) -> list[Any]:
        """Add the address of a call's recording."""
        recording = path(
            "<uuid:pk>/recording/",
            self.admin_site.admin_view(self.recording_view),
            name="calls_call_recording",
        )
        return [recording, *super().get_urls()]

    def recording_view(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        """Play the recording to staff who may see calls, whatever teams they belong to."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        call = Call.objects.select_related("team").filter(pk=pk).first()
        if call is None:
            raise Http404("There is no such call.")
        by = Author.person(request.user)
        return serve_to(by, request, get_recording(call.team, call.pk))

    def delete_records(self, records: Sequence[Call], *, by: Author) -> None:
        """Delete calls of one team with their transcripts and recordings."""
        delete_calls(records, by=by)

    @admin.display(description="when")
    def when(self, call: Call) -> Any:
        """Return when the call began, or was told of."""
        return call.started_or_created_at

    @admin.display(description="number")
    def number(self, call: Call) -> str:
        """Return the contact's number as people of the team's country write it."""
        return normalize.display_phone(call.contact_number, call.team.region)

    @admin.display(description="listen")
    def player(self, call: Call) -> SafeString | str:
        """Return a player for the stored recording."""
        stored = Recording.objects.filter(team=call.team_id, call=call.pk).exclude(file="")
        return sound(call.pk) if stored.exists() else ""


def sound(call_id: Any) -> SafeString:
    """Return a player for a call's stored recording."""
    url = reverse("admin:calls_call_recording", args=[call_id])
    return format_html('<audio controls preload="none" src="{}"></audio>', url)


@admin.register(Transcript)
class TranscriptAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Transcripts are read here; they are written at their call."""

    list_display = ("call", "team", "length")
    list_select_related = ("call", "team")
    list_columns = ("turns", "call__direction", "call__outcome", "team__name")
    search_fields = ("text",)
    fields = ("team", "call", "conversation")
    readonly_fields = ("conversation",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Transcript], search_term: str
    ) -> tuple[QuerySet[Transcript], bool]:
        """Return the transcripts in which every word occurs."""
        for term in normalize.search_terms(search_term):
            queryset = queryset.filter(text__contains=term)
        return queryset, False

    @admin.display(description="turns")
    def length(self, transcript: Transcript) -> int:
        """Return how many turns it has."""
        return len(transcript.turns)

    @admin.display(description="turns")
    def conversation(self, transcript: Transcript) -> SafeString:
        """Return the turns as they are stored."""
        return pretty_json(transcript.turns)


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Recordings are heard here; they are stored at their call."""

    list_display = ("call", "team", "content_type", "size", "duration_seconds")
    list_filter = (*TeamOwnedAdmin.list_filter, ("file", admin.EmptyFieldListFilter))
    list_select_related = ("call", "team")
    list_columns = (
        "content_type",
        "size",
        "duration_seconds",
        "call__direction",
        "call__outcome",
        "team__name",
    )
    search_fields = ("file", "source_url")
    fields = ("team", "call", "player", "source_url", "content_type", "size", "duration_seconds")
    readonly_fields = ("player",)

    @admin.display(description="listen")
    def player(self, recording: Recording) -> SafeString | str:
        """Return a player for the file."""
        return sound(recording.call_id) if recording.file else ""
