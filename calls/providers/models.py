"""Connections to voice platforms, and what the platforms have told through them."""

import datetime as dt
import secrets
from typing import ClassVar, Self
from urllib.parse import urljoin

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from calls.providers import registry
from calls.providers.contract import Platform
from crm.fields import EncryptedTextField, LineField
from crm.jobs.models import Leased
from crm.teams.db import TeamForeignKey, TeamOwned, TeamReference, unique_in_team
from crm.teams.models import Team

LONGEST_NAME = 200
LONGEST_KEY = 400


def new_key() -> str:
    """Return what makes a connection's address one that nobody guesses."""
    return secrets.token_urlsafe(24)


class ConnectionQuerySet(models.QuerySet["ProviderConnection"]):
    """Connections of a team: start from `team.voice_connections`."""

    def connected(self) -> Self:
        """Return those that have not been disconnected."""
        return self.filter(disconnected_at__isnull=True)


class ProviderConnection(TeamOwned):
    """A team's account at a voice platform: where its webhooks arrive and how they are known.

    The webhook secret says that a delivery is genuine; the API key, apart from it, is what fetching
    audio and dialling need. Neither is ever shown again.
    """

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="voice_connections", db_index=False, editable=False
    )
    #: No choices: another platform is no migration. `operations` know which there are.
    provider = models.CharField(max_length=32, editable=False)
    name = LineField(max_length=100, blank=False)
    key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)
    webhook_secret = EncryptedTextField(blank=True)
    #: The secret before the last rotation, and until when deliveries signed with it are taken.
    previous_secret = EncryptedTextField(blank=True)
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: Who the API key is of, where a platform asks: Twilio's Account SID.
    account_id = LineField("account ID", max_length=100, blank=True)
    api_key = EncryptedTextField("API key", blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    disconnected_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["ProviderConnection"]] = models.Manager.from_queryset(
        ConnectionQuerySet
    )()

    class Meta:
        verbose_name = "voice connection"
        ordering = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("providers_connection")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def platform(self) -> Platform:
        """The platform that it connects to."""
        return registry.PLATFORMS[self.provider]

    @property
    def webhook_url(self) -> str:
        """The address to paste at the platform."""
        path = reverse("providers:hook", args=[self.provider, self.key])
        return urljoin(f"{settings.PUBLIC_BASE_URL}/", path)

    @property
    def is_connected(self) -> bool:
        """Whether deliveries are taken."""
        return self.disconnected_at is None

    @property
    def api_secret(self) -> str:
        """What the platform's API asks for; at some platforms it signs the webhooks, too."""
        return self.api_key or (self.webhook_secret if self.platform.secret_is_api_key else "")

    @property
    def takes_former_secret(self) -> bool:
        """Whether the secret before the last rotation is still taken."""
        return self.previous_until is not None and timezone.now() < self.previous_until

    def secrets_at(self, now: dt.datetime) -> list[str]:
        """Return the secrets that a delivery may be signed with at that time."""
        secrets = [self.webhook_secret]
        if self.previous_until and now < self.previous_until:
            secrets.append(self.previous_secret)
        return [secret for secret in secrets if secret]


class EventStatus(models.TextChoices):
    """What became of an event."""

    WAITING = "waiting", "Waits to be read"
    PROCESSED = "processed", "Read"
    IGNORED = "ignored", "Ignored"
    FAILED = "failed", "Failed"


class EventManager(models.Manager["ProviderEvent"]):
    """Events without their bodies, which are large: who wants one asks for it."""

    def get_queryset(self) -> models.QuerySet["ProviderEvent"]:
        """Return the events."""
        return super().get_queryset().defer("body")


class ProviderEvent(Leased):
    """One delivery of a platform, as it came; what it says is read in the background.

    A repeat is the same event: `dedupe_key` is what the platform's deliveries differ by.
    """

    TO_DO: ClassVar[frozenset[str]] = frozenset({EventStatus.WAITING})
    GIVEN_UP: ClassVar[str] = EventStatus.FAILED

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="voice_events", db_index=False, editable=False
    )
    status = models.CharField(
        max_length=20, choices=EventStatus, default=EventStatus.WAITING, editable=False
    )
    connection = TeamForeignKey(
        ProviderConnection, models.CASCADE, related_name="events", editable=False
    )
    dedupe_key = models.CharField(max_length=LONGEST_KEY, editable=False)
    #: In the platform's own words.
    event_type = models.CharField(max_length=LONGEST_NAME, editable=False)
    provider_call_id = models.CharField(max_length=LONGEST_NAME, blank=True, editable=False)
    #: By the platform's clock, where the event says when.
    occurred_at = models.DateTimeField(null=True, editable=False)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    processed_at = models.DateTimeField(null=True, blank=True, editable=False)
    body = models.BinaryField(editable=False)
    #: The query of the address that it was posted to.
    query = models.TextField(blank=True, editable=False)

    objects: ClassVar[EventManager] = EventManager()

    class Meta:
        verbose_name = "voice event"
        base_manager_name = "objects"
        ordering = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["team", "connection", "provider_call_id"], name="voiceevent_of_call"
            ),
            models.Index(fields=["team", "connection", "-id"], name="voiceevent_newest"),
            models.Index(
                fields=["team", "connection", "-id"],
                name="voiceevent_failed",
                condition=Q(status="failed"),
            ),
            models.Index(
                fields=["status", "knocked_at"],
                name="voiceevent_to_do",
                condition=Q(status="waiting"),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("providers_event"),
            models.UniqueConstraint(
                fields=["team", "connection", "dedupe_key"], name="providers_event_once"
            ),
            TeamReference(
                field="connection", name="providers_event_connection_fk", on_delete="CASCADE"
            ),
        ]

    def __str__(self) -> str:
        return self.event_type
