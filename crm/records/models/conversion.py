"""Turning the values of a custom field into another type, and what does not fit there."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from crm.jobs.models import Leased
from crm.records.models.custom_field import CustomField
from crm.records.values import FieldType
from crm.teams.db import TeamForeignKey, TeamOwned, TeamReference, unique_in_team
from crm.teams.models import Team


class ConversionStatus(models.TextChoices):
    """Where a conversion stands."""

    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    FAILED = "failed", "Failed"


class FieldConversion(Leased):
    """One change of all values of a field: into another type, or an option into its new name.

    `after` is the last record that is done; the counts speak of records up to it.
    """

    TO_DO: ClassVar[frozenset[str]] = frozenset({ConversionStatus.RUNNING})
    GIVEN_UP: ClassVar[str] = ConversionStatus.FAILED

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="conversions", db_index=False, editable=False
    )
    field = TeamForeignKey(CustomField, models.CASCADE, related_name="conversions")
    from_type = models.CharField(max_length=10, choices=FieldType)
    to_type = models.CharField(max_length=10, choices=FieldType)
    options_before = models.JSONField(default=list, blank=True)
    renamed = models.JSONField(default=dict, blank=True, help_text="{old option: new name}")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    converted = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    after = models.UUIDField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "field", "-created_at"], name="conversion_of_field"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("records_fieldconversion"),
            TeamReference(
                field="field", name="records_fieldconversion_field_fk", on_delete="CASCADE"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_type} to {self.to_type}"

    @property
    def is_running(self) -> bool:
        """Whether there is more to do."""
        return self.status == ConversionStatus.RUNNING

    @property
    def percent(self) -> int:
        """How much is done, of 100."""
        return min(100, self.done * 100 // self.total) if self.total else 100

    def delay(self) -> dt.timedelta:
        """Return how long to wait after a failed attempt: a person is watching."""
        return min(super().delay(), dt.timedelta(seconds=30))


class ConvertedValue(TeamOwned):
    """What a record held before a conversion that could not be undone by converting back.

    `became` is what the record holds instead, null for nothing; where it still does, nobody has
    touched it, and the change back to `was_type` restores `was`.
    """

    field = TeamForeignKey(CustomField, models.CASCADE, related_name="kept_values")
    record_id = models.UUIDField()
    was_type = models.CharField(max_length=10, choices=FieldType)
    was = models.JSONField()
    became = models.JSONField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("records_convertedvalue"),
            models.UniqueConstraint(
                fields=["team", "field", "record_id", "was_type"],
                name="records_convertedvalue_once",
            ),
            TeamReference(
                field="field", name="records_convertedvalue_field_fk", on_delete="CASCADE"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.was_type} kept"
