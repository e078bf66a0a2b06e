"""What calls may fill, what has been made of each call, and what waits for a person to decide."""

from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from calls.models import Call
from companies.models import Company
from contacts.models import Contact
from crm.history.models import key_column, user_column
from crm.jobs.models import Leased
from crm.records.models import CustomField, EntityType
from crm.teams.db import TeamForeignKey, TeamOwned, TeamReference, unique_in_team
from crm.teams.models import Team


class Fill(models.TextChoices):
    """What a call may do with a field; a value that a person has given stays in any case."""

    OFF = "off", "Never"
    EMPTY = "empty", "Fill when empty"
    PROPOSE = "propose", "Propose"
    OVERWRITE = "overwrite", "Keep up to date"


class FieldPolicy(TeamOwned):
    """What calls may do with one field of the catalogue, where that is not what every team has."""

    entity_type = models.CharField("record", max_length=10, choices=EntityType)
    field = models.CharField(max_length=100)
    fill = models.CharField(max_length=10, choices=Fill)

    class Meta:
        verbose_name_plural = "field policies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("enrichment_fieldpolicy"),
            models.UniqueConstraint(
                fields=["team", "entity_type", "field"], name="enrichment_fieldpolicy_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_type} {self.field}: {self.fill}"


class NewFields(models.TextChoices):
    """What becomes of a fact for which the team has no field."""

    CREATE = "create", "Create a field"
    PROPOSE = "propose", "Propose a field"
    OFF = "off", "Leave it in the transcript"


class EnrichmentSettings(TeamOwned):
    """How a team wants its calls to be read; a team without a row has the defaults."""

    new_fields = models.CharField(max_length=10, choices=NewFields, default=NewFields.CREATE)

    class Meta:
        verbose_name_plural = "enrichment settings"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("enrichment_settings"),
            models.UniqueConstraint(fields=["team"], name="enrichment_settings_once"),
        ]

    def __str__(self) -> str:
        return f"New fields: {self.get_new_fields_display().lower()}"


class FieldAlias(TeamOwned):
    """A name by which extractors have called a field: each meaning keeps one field for good.

    So a field that a person has renamed, merged or archived is not made anew.
    """

    label_key = models.CharField(max_length=100)
    field = TeamForeignKey(CustomField, models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name_plural = "field aliases"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("enrichment_fieldalias"),
            models.UniqueConstraint(
                fields=["team", "label_key"], name="enrichment_fieldalias_once"
            ),
            TeamReference(
                field="field", name="enrichment_fieldalias_field_fk", on_delete="CASCADE"
            ),
        ]

    def __str__(self) -> str:
        return self.label_key


class RunStatus(models.TextChoices):
    """How far the reading of a call has come."""

    WAITING = "waiting", "Waiting"
    FINISHED = "finished", "Finished"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Failed"
    UNDONE = "undone", "Undone"


class EnrichmentRun(Leased):
    """The reading of one call by one version of an extractor.

    `touched` names the records that it has written, [["contact", id]]; what it wrote of them is in
    their history. `note` says to people what was out of the ordinary.
    """

    TO_DO: ClassVar[frozenset[str]] = frozenset({RunStatus.WAITING})
    GIVEN_UP: ClassVar[str] = RunStatus.FAILED

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="enrichment_runs", db_index=False, editable=False
    )
    call = TeamForeignKey(Call, models.CASCADE, related_name="enrichment_runs")
    extractor = models.CharField(max_length=60, editable=False)
    status = models.CharField(
        max_length=20, choices=RunStatus, default=RunStatus.WAITING, editable=False
    )
    note = models.CharField(max_length=500, blank=True, editable=False)
    filled = models.PositiveIntegerField(default=0, editable=False)
    proposed = models.PositiveIntegerField(default=0, editable=False)
    touched = models.JSONField(default=list, editable=False)
    #: What it found out about the call itself where the platform told nothing.
    insight = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)
    usage = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["status", "knocked_at"],
                name="enrichmentrun_to_do",
                condition=Q(status="waiting"),
            ),
            models.Index(fields=["team", "-created_at", "-id"], name="enrichmentrun_newest"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("enrichment_run"),
            models.UniqueConstraint(
                fields=["team", "call", "extractor"], name="enrichment_run_once"
            ),
            TeamReference(field="call", name="enrichment_run_call_fk", on_delete="CASCADE"),
        ]

    def __str__(self) -> str:
        return f"{self.extractor}: {self.status}"


class ProposalStatus(models.TextChoices):
    """What became of a finding that was not simply written."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    #: Something newer was said of the same field.
    OUTDATED = "outdated", "Outdated"
    #: It had been written, and a person has undone that.
    UNDONE = "undone", "Undone"


class Proposal(TeamOwned):
    """A finding that waits for a person, or that one has decided.

    `field` is the catalogue's name of it; for a fact that no field holds it is empty, and `label`
    says what the field would be called. The field is the company's where `company` is set.
    """

    DECIDED_AGAINST: ClassVar[tuple[str, ...]] = (ProposalStatus.REJECTED, ProposalStatus.UNDONE)

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="proposals", db_index=False, editable=False
    )
    call = TeamForeignKey(Call, models.CASCADE, related_name="proposals")
    contact = TeamForeignKey(Contact, models.CASCADE, related_name="proposals")
    company = TeamForeignKey(
        Company, models.CASCADE, null=True, blank=True, related_name="proposals"
    )
    field = models.CharField(max_length=100, blank=True)
    label = models.CharField(max_length=100, blank=True)
    value = models.JSONField(encoder=DjangoJSONEncoder)
    evidence = models.JSONField(default=dict)
    status = models.CharField(
        max_length=10, choices=ProposalStatus, default=ProposalStatus.OPEN, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_by_user = user_column()
    decided_by_key = key_column()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["team", "-created_at", "-id"],
                name="proposal_open",
                condition=Q(status="open"),
            ),
            models.Index(fields=["team", "contact", "status"], name="proposal_of_contact"),
            models.Index(
                fields=["team", "company", "status"],
                name="proposal_of_company",
                condition=Q(company__isnull=False),
            ),
            models.Index(fields=["team", "call"], name="proposal_of_call"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("enrichment_proposal"),
            TeamReference(field="call", name="enrichment_proposal_call_fk", on_delete="CASCADE"),
            TeamReference(
                field="contact", name="enrichment_proposal_contact_fk", on_delete="CASCADE"
            ),
            TeamReference(
                field="company", name="enrichment_proposal_company_fk", on_delete="CASCADE"
            ),
            TeamReference(field="decided_by_key", name="enrichment_proposal_key_fk"),
            models.UniqueConstraint(
                fields=["team", "contact", "field"],
                condition=Q(status="open", company__isnull=True) & ~Q(field=""),
                name="enrichment_proposal_one_of_contact",
            ),
            models.UniqueConstraint(
                fields=["team", "company", "field"],
                condition=Q(status="open", company__isnull=False) & ~Q(field=""),
                name="enrichment_proposal_one_of_company",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field or self.label}: {self.value}"

    @property
    def entity_type(self) -> str:
        """What kind of record the field is of."""
        return EntityType.COMPANY if self.company_id else EntityType.CONTACT

    @property
    def record(self) -> Any:
        """The record that the field is of."""
        return self.company if self.company_id else self.contact

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.status == ProposalStatus.OPEN
