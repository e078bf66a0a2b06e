"""By which assistants and numbers a team calls, and the calls that were asked for."""

import datetime as dt
import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from calls.providers.contract import Dialler
from calls.providers.models import ProviderConnection
from contacts.models import Contact
from crm import normalize
from crm.fields import LineField
from crm.teams.db import TeamForeignKey, TeamOwned, TeamReference, unique_in_team
from crm.teams.models import Team

PARTS = ("assistant", "caller", "script")


class LineQuerySet(models.QuerySet["Line"]):
    """Lines of a team: start from `team.voice_lines`."""

    def usable(self) -> Self:
        """Return those whose platform is connected, with it, by name."""
        connected = self.filter(connection__disconnected_at__isnull=True)
        return connected.select_related("connection").order_by("name", "id")


class Line(TeamOwned):
    """Who calls, and from which number: an assistant of a connected platform.

    What `assistant`, `caller` and `script` mean is the platform's own: its `dialler` says so.
    """

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="voice_lines", db_index=False, editable=False
    )
    connection = TeamForeignKey(
        ProviderConnection, models.CASCADE, related_name="lines", editable=False
    )
    name = LineField(max_length=100, blank=False)
    assistant = LineField(max_length=200, blank=True)
    caller = LineField(max_length=200, blank=True)
    script = LineField(max_length=500, blank=True)

    objects: ClassVar[models.Manager["Line"]] = models.Manager.from_queryset(LineQuerySet)()

    class Meta:
        verbose_name = "line"
        ordering = ["name", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "connection"], name="line_of_connection")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("dialling_line"),
            TeamReference(
                field="connection", name="dialling_line_connection_fk", on_delete="CASCADE"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def dialler(self) -> Dialler:
        """How its platform places calls."""
        dialler = self.connection.platform.dialler
        assert dialler
        return dialler

    @property
    def can_ask(self) -> bool:
        """Whether there is what opens the platform's API."""
        connection = self.connection
        has_account = bool(connection.account_id) or not connection.platform.has_account_id
        return connection.is_connected and bool(connection.api_secret) and has_account

    def clean(self) -> None:
        """Raise where a part that the platform needs is missing, or is not what it should be."""
        dialler, errors = self.dialler, {}
        for part in PARTS:
            if part not in dialler.labels:
                setattr(self, part, "")
            elif not getattr(self, part) and part not in dialler.optional:
                errors[part] = ValidationError("This field is required.", code="required")
        if self.caller and dialler.caller_is_number:
            try:
                self.caller = normalize.phone(self.caller, self.team.region)
            except normalize.NormalizeError as error:
                errors["caller"] = ValidationError(error.message, code=error.code)
        if self.script and not self.script.startswith("https://"):
            message = "Enter an address that begins with https://."
            errors["script"] = ValidationError(message, code="invalid")
        if errors:
            raise ValidationError(errors)


class OrderStatus(models.TextChoices):
    """What is known of a call that was asked for."""

    ASKING = "asking", "Being placed"
    ACCEPTED = "accepted", "Placed"
    REFUSED = "refused", "Not placed"
    UNKNOWN = "unknown", "Unknown"


#: The platform is asked within this time or never: a server that was stopped meanwhile cannot say.
ASKING_TAKES = dt.timedelta(minutes=1)


class OutboundCall(TeamOwned):
    """A call that somebody asked for. It is written down before the platform is asked.

    What the line was then is kept with it, and who was called stays though the contact goes.
    """

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="outbound_calls", db_index=False, editable=False
    )
    connection = TeamForeignKey(
        ProviderConnection, models.CASCADE, related_name="outbound_calls", editable=False
    )
    contact = TeamForeignKey(
        Contact, models.SET_NULL, null=True, related_name="outbound_calls", editable=False
    )
    #: Given by the form, so that a form sent twice is one call.
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=32, editable=False)
    line_name = models.CharField(max_length=100, editable=False)
    assistant = models.CharField(max_length=200, blank=True, editable=False)
    caller = models.CharField(max_length=200, blank=True, editable=False)
    script = models.CharField(max_length=500, blank=True, editable=False)
    outside_hours = models.BooleanField(default=False, editable=False)
    status = models.CharField(
        max_length=10, choices=OrderStatus, default=OrderStatus.ASKING, editable=False
    )
    #: Why it was not placed, or why nobody knows.
    said = models.CharField(max_length=500, blank=True, editable=False)
    provider_call_id = models.CharField(max_length=200, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "outbound call"
        ordering = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "contact", "-id"], name="outbound_of_contact"),
            models.Index(
                fields=["team", "connection", "provider_call_id"],
                name="outbound_by_call",
                condition=~Q(provider_call_id=""),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("dialling_outboundcall"),
            models.UniqueConstraint(fields=["team", "token"], name="dialling_outboundcall_once"),
            TeamReference(
                field="connection", name="dialling_outbound_connection_fk", on_delete="CASCADE"
            ),
            TeamReference(field="contact", name="dialling_outbound_contact_fk"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_lost(self) -> bool:
        """Whether nobody knows, or will know, whether the platform has placed it."""
        is_late = timezone.now() - self.asked_at > ASKING_TAKES
        return self.status == OrderStatus.UNKNOWN or (self.status == OrderStatus.ASKING and is_late)

    @property
    def may_repeat(self) -> bool:
        """Whether sending it once more is surely no second call."""
        dialler = self.connection.platform.dialler
        is_recent = timezone.now() - self.created_at < REPEATS_KNOWN_FOR
        return bool(dialler and dialler.knows_repeats) and self.is_lost and is_recent


#: For so long a platform that knows a repeat surely still knows it; Retell says an hour.
REPEATS_KNOWN_FOR = dt.timedelta(minutes=50)
