"""Who or what changed which field of a record, and when."""

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from crm.accounts.models import User
from crm.teams.db import TeamForeignKey, TeamOwned, TeamReference, unique_in_team
from crm.teams.models import ApiKey


class Origin(models.TextChoices):
    """What caused a write."""

    MANUAL = "manual", "Manual"
    API = "api", "API"
    IMPORT = "import", "Import"
    CALL = "call", "Call"
    EXTRACTOR = "extractor", "Extractor"
    DEMO = "demo", "Demo data"
    RETENTION = "retention", "Retention"


class Verb(models.TextChoices):
    """What happened to the record."""

    CREATED = "created", "Created"
    UPDATED = "updated", "Updated"
    DELETED = "deleted", "Deleted"
    #: What nothing was changed by, but who did it is to be known: a recording was heard, or kept.
    LISTENED = "listened", "Listened to"
    DOWNLOADED = "downloaded", "Downloaded"


def user_column() -> models.ForeignKey[User | None, User | None]:
    """Return a column for the person behind something; where they leave, it stays as it is."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        editable=False,
    )


def key_column() -> TeamForeignKey:
    """Return a column for the team's key behind something; its model adds the TeamReference."""
    return TeamForeignKey(
        ApiKey, models.DO_NOTHING, null=True, blank=True, related_name="+", editable=False
    )


class Change(TeamOwned):
    """One write of one record. `fields` is {name: [old, new]}; empty for a created record.

    `evidence` says what proves values that were heard on a call: {"call": its id, "fields": {name:
    {"quote", "turn", "seconds", …}}}.
    """

    record_type = models.CharField(max_length=20)
    record_id = models.UUIDField()
    verb = models.CharField(max_length=10, choices=Verb)
    fields = models.JSONField(default=dict, encoder=DjangoJSONEncoder, blank=True)
    origin = models.CharField(max_length=10, choices=Origin)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    actor_key = TeamForeignKey(ApiKey, models.DO_NOTHING, null=True, blank=True, related_name="+")
    evidence = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["team", "record_type", "record_id", "-at", "-id"], name="history_of_record"
            ),
            models.Index(fields=["team", "-at", "-id"], name="history_of_team"),
            # What the audit log asks for and most changes are not; each is written where it is one.
            models.Index(
                fields=["team", "actor_user", "-at", "-id"],
                name="history_by_person",
                condition=Q(actor_user__isnull=False),
            ),
            models.Index(
                fields=["team", "actor_key", "-at", "-id"],
                name="history_by_key",
                condition=Q(actor_key__isnull=False),
            ),
            models.Index(
                fields=["team", "origin", "-at", "-id"],
                name="history_by_origin",
                condition=~Q(origin__in=[Origin.MANUAL, Origin.API]),
            ),
            models.Index(
                fields=["team", "-at", "-id"],
                name="history_of_deletions",
                condition=Q(verb=Verb.DELETED),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("history_change"),
            TeamReference(field="actor_key", name="history_change_actor_key_fk"),
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.verb} by {self.origin}"
