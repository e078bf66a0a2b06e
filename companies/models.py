"""Companies: where the people worth calling work."""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from crm import normalize
from crm.fields import CountryField, LineField, NotesField, PhoneField, WebsiteField
from crm.records.models import CustomizedRecord
from crm.records.search import matches
from crm.teams.db import unique_in_team
from crm.teams.models import Team

NAME_KEY_LENGTH = 400


class CompanyQuerySet(models.QuerySet["Company"]):
    """Companies of a team: start from `team.companies`."""

    def search(self, query: str) -> Self:
        """Return the companies in whose name or website every word of `query` occurs."""
        return self.filter(matches(query))

    def named(self, name: str) -> Self:
        """Return the company of that name, whatever its case and spacing (none or one a team)."""
        return self.filter(name_key=normalize.name_key(name))


class Company(CustomizedRecord):
    """A company of a team. Its name is unique there, whatever the case and spacing."""

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="companies", db_index=False, editable=False
    )
    name = LineField(max_length=200, blank=False)
    name_key = models.CharField(max_length=NAME_KEY_LENGTH, editable=False)
    website = WebsiteField(blank=True)
    industry = LineField(max_length=100, blank=True)
    company_size = LineField("size", max_length=50, blank=True, help_text="For example 11–50.")
    phone = PhoneField(blank=True)
    address_line1 = LineField("address", max_length=200, blank=True)
    address_line2 = LineField("address, second line", max_length=200, blank=True)
    city = LineField(max_length=100, blank=True)
    state = LineField("state or region", max_length=100, blank=True)
    postal_code = LineField(max_length=20, blank=True)
    country = CountryField(blank=True)
    notes = NotesField(blank=True, max_length=20_000)
    external_id = LineField(
        "external ID", max_length=200, blank=True, help_text="Its id in your own system."
    )
    search = models.TextField(editable=False, default="")

    KEPT_BY_OPERATIONS = CustomizedRecord.KEPT_BY_OPERATIONS | {"name_key"}
    DERIVED = CustomizedRecord.DERIVED | {"name_key"}

    objects: ClassVar[models.Manager["Company"]] = models.Manager.from_queryset(CompanyQuerySet)()

    class Meta:
        verbose_name_plural = "companies"
        ordering = ["name", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "-created_at", "-id"], name="company_newest"),
            models.Index(fields=["team", "name", "id"], name="company_by_name"),
            models.Index(fields=["team", "updated_at"], name="company_by_update"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("companies_company"),
            models.UniqueConstraint(
                fields=["team", "name_key"],
                name="companies_company_name_uniq",
                violation_error_code="unique",
                violation_error_message="This team has a company of this name already.",
            ),
            models.UniqueConstraint(
                fields=["team", "external_id"],
                condition=~Q(external_id=""),
                name="companies_company_external_id_uniq",
                violation_error_code="unique",
                violation_error_message="Another company has this external ID.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Keep the name's key in step, so that every door compares names alike."""
        self.name_key = normalize.name_key(self.name)
        if len(self.name_key) > NAME_KEY_LENGTH:
            # One character can fold into many ("ﷺ" into 18).
            raise ValidationError({"name": ValidationError("Shorten the name.", "max_length")})
