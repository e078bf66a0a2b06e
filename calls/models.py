"""Calls: what was said between an assistant and a contact, with its recording and transcript."""

import datetime as dt
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When

from calls.finding import find_terms
from contacts.models import Contact
from crm.fields import LineField, NotesField
from crm.records.models import Record
from crm.teams.db import TeamForeignKey, TeamOwned, TeamReference, unique_in_team
from crm.teams.models import Team


class Direction(models.TextChoices):
    """Who rang whom, seen from the team."""

    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"
    UNKNOWN = "unknown", "Unknown"


class CallStatus(models.TextChoices):
    """Where the call stands, technically."""

    QUEUED = "queued", "Queued"
    RINGING = "ringing", "Ringing"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
    NO_ANSWER = "no_answer", "No answer"
    BUSY = "busy", "Busy"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


#: How far a status has come. It only ever rises; the terminal ones are equals.
STATUS_RANK = {CallStatus.QUEUED: 0, CallStatus.RINGING: 1, CallStatus.IN_PROGRESS: 2}
TERMINAL_RANK = 3
#: A longer one is a mistaken date; its seconds would not fit their column either.
LONGEST_CALL = dt.timedelta(days=31)
#: The provider of a call that somebody logged by hand.
BY_HAND = "manual"


class Outcome(models.TextChoices):
    """What came of the call."""

    CONNECTED = "connected", "Connected"
    VOICEMAIL = "voicemail", "Voicemail"
    TRANSFERRED = "transferred", "Transferred"
    NO_ANSWER = "no_answer", "No answer"
    BUSY = "busy", "Busy"
    DECLINED = "declined", "Declined"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"
    UNKNOWN = "unknown", "Unknown"


class Sentiment(models.TextChoices):
    """How the contact felt about it."""

    POSITIVE = "positive", "Positive"
    NEUTRAL = "neutral", "Neutral"
    NEGATIVE = "negative", "Negative"


class EndedBy(models.TextChoices):
    """Who hung up."""

    CONTACT = "contact", "Contact"
    ASSISTANT = "assistant", "Assistant"
    AGENT = "agent", "Agent"
    SYSTEM = "system", "System"
    UNKNOWN = "unknown", "Unknown"


class TranscriptStatus(models.TextChoices):
    """Whether there is a transcript to read."""

    NONE = "none", "None"
    PENDING = "pending", "Pending"
    READY = "ready", "Ready"
    REDACTED = "redacted", "Redacted"


class Speaker(models.TextChoices):
    """Who says a turn: the AI assistant, the contact, a human colleague, or a machine."""

    ASSISTANT = "assistant", "Assistant"
    CONTACT = "contact", "Contact"
    AGENT = "agent", "Colleague"
    SYSTEM = "system", "System"
    TOOL = "tool", "Tool"


#: `Call.contact_number` as the database reckons it.
CONTACT_NUMBER = Case(
    When(direction=Direction.INBOUND, then=F("from_number")),
    When(Q(direction=Direction.OUTBOUND) | Q(from_number=""), then=F("to_number")),
    When(to_number="", then=F("from_number")),
    default=Value(""),
)


class CallQuerySet(models.QuerySet["Call"]):
    """Calls of a team: start from `team.calls` or `contact.calls`."""

    def newest_first(self) -> Self:
        """Return the calls in the order they are shown in."""
        return self.order_by("-started_or_created_at", "-id")

    def unmatched(self, is_unmatched: bool = True) -> Self:
        """Return the calls that belong to no contact yet, or those that do."""
        return self.filter(contact__isnull=is_unmatched)

    def of_number(self, number: str) -> Self:
        """Return the calls at whose other end this number is."""
        return self.alias(other_number=CONTACT_NUMBER).filter(other_number=number)

    def search(self, query: str) -> Self:
        """Return the calls where every word occurs that `query` looks for.

        A word may be in the summary, the transcript, a number, the assistant's or contact's name.
        """
        calls = self
        for term in find_terms(query):
            said = Transcript.objects.filter(
                team=models.OuterRef("team"), call=models.OuterRef("pk"), text__contains=term
            )
            calls = calls.filter(
                Q(search__contains=term) | Q(contact__search__contains=term) | models.Exists(said)
            )
        return calls


class Call(Record):
    """One call. `(team, provider, provider_call_id)` names it to the platform that made it."""

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="calls", db_index=False, editable=False
    )
    contact = TeamForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="calls")
    direction = models.CharField(max_length=10, choices=Direction)
    status = models.CharField(max_length=12, choices=CallStatus, default=CallStatus.COMPLETED)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.UNKNOWN)
    from_number = LineField(max_length=100, blank=True)
    to_number = LineField(max_length=100, blank=True)
    initiated_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    started_or_created_at = models.DateTimeField(editable=False)
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    ended_reason = LineField(max_length=200, blank=True, help_text="In the platform's own words.")
    ended_by = models.CharField(max_length=10, choices=EndedBy, default=EndedBy.UNKNOWN)
    provider = models.CharField(
        max_length=32,
        default="api",
        validators=[
            RegexValidator(
                r"\A[a-z0-9_-]{1,32}\Z",
                "A provider is 1 to 32 lower-case letters, digits, “_” or “-”.",
            )
        ],
    )
    provider_call_id = LineField("provider's call ID", max_length=200, blank=True)
    assistant_name = LineField(max_length=100, blank=True)
    assistant_external_id = LineField("assistant's external ID", max_length=200, blank=True)
    summary = NotesField(blank=True, max_length=20_000)
    success = models.BooleanField(null=True, blank=True)
    sentiment = models.CharField(max_length=10, choices=Sentiment, null=True, blank=True)
    extracted_data = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    transferred_to = LineField(max_length=100, blank=True)
    voicemail = models.BooleanField(null=True, blank=True)
    asked_not_to_be_called = models.BooleanField("asked not to be called", default=False)
    cost_amount = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    transcript_status = models.CharField(
        max_length=10, choices=TranscriptStatus, default=TranscriptStatus.NONE
    )
    search = models.TextField(editable=False, default="")

    KEPT_BY_OPERATIONS = Record.KEPT_BY_OPERATIONS | {"started_or_created_at"}
    DERIVED = Record.DERIVED | {"started_or_created_at"}

    objects: ClassVar[models.Manager["Call"]] = models.Manager.from_queryset(CallQuerySet)()

    class Meta:
        ordering = ["-started_or_created_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "-started_or_created_at", "-id"], name="call_newest"),
            models.Index(
                fields=["team", "contact", "-started_or_created_at", "-id"], name="call_of_contact"
            ),
            models.Index(
                fields=["team", "outcome", "-started_or_created_at", "-id"], name="call_by_outcome"
            ),
            models.Index(fields=["team", "updated_at"], name="call_by_update"),
            # Calls in which something was said, of all teams: what was touched lately is read.
            models.Index(
                fields=["updated_at"],
                name="call_talked",
                condition=Q(status="completed", transcript_status="ready", contact__isnull=False),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("calls_call"),
            TeamReference(field="contact", name="calls_call_contact_fk"),
            models.UniqueConstraint(
                fields=["team", "provider", "provider_call_id"],
                condition=~Q(provider_call_id=""),
                name="calls_call_provider_call_id_uniq",
                violation_error_code="unique",
                violation_error_message="This call is there already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} call, {self.get_outcome_display().lower()}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen in this call."""
        return self.status not in STATUS_RANK

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody logged it; what a platform told of a call is not theirs to edit."""
        return self.provider == BY_HAND

    @property
    def contact_number(self) -> str:
        """The number at the contact's end, or what stands for it: a SIP address, "anonymous".

        Empty where there is none, and where nobody knows which of two it is.
        """
        if self.direction == Direction.INBOUND:
            return self.from_number
        if self.direction == Direction.OUTBOUND or not self.from_number:
            return self.to_number
        return "" if self.to_number else self.from_number

    def others_of_number(self) -> CallQuerySet:
        """Return the other calls of its number that are the same contact's, or nobody's yet either.

        Only a phone number tells that two calls are of one person; "anonymous" does not.
        """
        calls = self.team.calls.filter(contact=self.contact_id)
        if not self.contact_number.startswith("+"):
            return calls.none()
        return calls.of_number(self.contact_number).exclude(pk=self.pk)

    def clean(self) -> None:
        """Raise where the call ends before it starts; reckon its duration from the two."""
        if self.started_at and self.ended_at:
            if self.ended_at < self.started_at:
                message = "The call ends before it starts."
                raise ValidationError({"ended_at": ValidationError(message, code="ends_first")})
            if self.ended_at - self.started_at > LONGEST_CALL:
                message = f"The call lasts longer than {LONGEST_CALL.days} days."
                raise ValidationError({"ended_at": ValidationError(message, code="too_long")})
            self.duration_seconds = round((self.ended_at - self.started_at).total_seconds())


class Transcript(TeamOwned):
    """What was said in a call: turns of {speaker, text, startSeconds, endSeconds}."""

    call = TeamForeignKey(Call, models.CASCADE, related_name="transcripts")
    turns = models.JSONField(default=list)
    text = models.TextField(editable=False, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("calls_transcript"),
            models.UniqueConstraint(fields=["team", "call"], name="calls_transcript_once"),
            TeamReference(field="call", name="calls_transcript_call_fk", on_delete="CASCADE"),
        ]

    def __str__(self) -> str:
        return f"{len(self.turns)} turns"


class RecordingQuerySet(models.QuerySet["Recording"]):
    """Recordings of a team's calls."""

    def with_copies(self) -> Self:
        """Return them with what became of fetching each: `copy_status`, `copy_reason`."""
        return self.annotate(copy_status=F("copies__status"), copy_reason=F("copies__reason"))


class Recording(TeamOwned):
    """The sound of a call: a stored file, its address at the platform, or that it was deleted."""

    call = TeamForeignKey(Call, models.CASCADE, related_name="recordings")
    file = models.FileField(upload_to="recordings/%Y/%m/", blank=True, max_length=300)
    source_url = models.URLField("address at the platform", max_length=2000, blank=True)
    content_type = models.CharField(max_length=100, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    duration_seconds = models.FloatField(null=True, blank=True, editable=False)
    channels = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    peaks = models.JSONField(default=dict, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_because = models.CharField(max_length=200, blank=True, editable=False)

    objects: ClassVar[models.Manager["Recording"]] = models.Manager.from_queryset(
        RecordingQuerySet
    )()

    #: Known where it was asked for: `with_copies()`.
    copy_status: str | None
    copy_reason: str | None

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("calls_recording"),
            models.UniqueConstraint(fields=["team", "call"], name="calls_recording_once"),
            TeamReference(field="call", name="calls_recording_call_fk", on_delete="CASCADE"),
        ]

    def __str__(self) -> str:
        return self.file.name or self.source_url or "Deleted"

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is only at the platform, as far as anybody knows."""
        return not self.file and not self.deleted_at and bool(self.source_url)

    @property
    def state(self) -> str:
        """How it stands, in words, where that was asked for: `with_copies()`."""
        if self.file:
            return "Stored"
        if self.deleted_at:
            return f"Deleted. {self.deleted_because}"
        words = {"waiting": "Being fetched", "failed": "Could not be fetched"}
        said = words.get(self.copy_status or "", "Only at the platform")
        return f"{said}. {self.copy_reason}" if self.copy_reason else said
