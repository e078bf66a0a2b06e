"""Contacts: the people a team calls, each belonging to a company."""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from companies.models import Company
from crm import normalize
from crm.fields import (
    EmailAddressField,
    LineField,
    NotesField,
    PersonNameField,
    PhoneField,
    TimezoneField,
)
from crm.records.models import CustomizedRecord
from crm.records.search import matches
from crm.teams.db import TeamForeignKey, TeamOwned, TeamReference, unique_in_team
from crm.teams.models import Team

MAX_TAGS = 50
TAG_KEY_LENGTH = 100


class LeadStatus(models.TextChoices):
    """How far a contact has come; exactly one of these."""

    NEW = "new", "New"
    CONTACTED = "contacted", "Contacted"
    QUALIFIED = "qualified", "Qualified"
    UNQUALIFIED = "unqualified", "Unqualified"
    CUSTOMER = "customer", "Customer"
    CHURNED = "churned", "Churned"
    DO_NOT_CONTACT = "do_not_contact", "Do Not Contact"


class PreferredContactMethod(models.TextChoices):
    """How a contact likes to be reached, where they said so."""

    PHONE = "phone", "Phone"
    EMAIL = "email", "Email"
    SMS = "sms", "Text message"


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts of a team: start from `team.contacts`."""

    def search(self, query: str) -> Self:
        """Return the contacts in whose name, email or phones every word of `query` occurs."""
        return self.filter(matches(query))

    def with_phone(self, has: bool = True) -> Self:
        """Return the contacts that have either number, or neither."""
        none = Q(phone="", phone_secondary="")
        return self.filter(~none if has else none)

    def tagged(self, name: str) -> Self:
        """Return the contacts with the tag of that name, whatever its case."""
        links = ContactTag.objects.filter(
            team=models.OuterRef("team"),
            contact=models.OuterRef("pk"),
            tag__name_key=normalize.name_key(name),
        )
        return self.filter(models.Exists(links))

    def with_number(self, number: str) -> Self:
        """Return the contacts whose primary or secondary phone is this E.164 number."""
        return self.filter(Q(phone=number) | Q(phone_secondary=number))


class Contact(CustomizedRecord):
    """A person at a company. First name, last name and company are required, the rest is not."""

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="contacts", db_index=False, editable=False
    )
    company = TeamForeignKey(Company, models.RESTRICT, related_name="contacts")
    first_name = PersonNameField(max_length=100, blank=False)
    last_name = PersonNameField(max_length=100, blank=False)
    job_title = LineField(max_length=150, blank=True)
    email = EmailAddressField(blank=True)
    phone = PhoneField(blank=True)
    phone_secondary = PhoneField("second phone", blank=True)
    lead_status = models.CharField(
        "status", max_length=20, choices=LeadStatus, default=LeadStatus.NEW
    )
    source = LineField(
        "lead source", max_length=100, blank=True, help_text="Where this contact came from."
    )
    timezone = TimezoneField(blank=True)
    preferred_contact_method = models.CharField(
        "best reached by", max_length=10, choices=PreferredContactMethod, blank=True
    )
    do_not_call = models.BooleanField(default=False)
    notes = NotesField(blank=True, max_length=20_000)
    external_id = LineField(
        "external ID", max_length=200, blank=True, help_text="Their id in your own system."
    )
    last_call_at = models.DateTimeField(null=True, blank=True, editable=False)
    search = models.TextField(editable=False, default="")

    KEPT_BY_OPERATIONS = CustomizedRecord.KEPT_BY_OPERATIONS | {"last_call_at"}

    objects: ClassVar[models.Manager["Contact"]] = models.Manager.from_queryset(ContactQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "-created_at", "-id"], name="contact_newest"),
            models.Index(fields=["team", "last_name", "id"], name="contact_by_name"),
            # The phones are there for counts: who can be called is told without reading the rows.
            models.Index(
                fields=["team", "lead_status", "-created_at", "-id", "phone", "phone_secondary"],
                name="contact_by_status",
            ),
            models.Index(fields=["team", "company"], name="contact_by_company"),
            models.Index(fields=["team", "updated_at"], name="contact_by_update"),
            models.Index(fields=["team", "last_call_at"], name="contact_by_last_call"),
            models.Index(fields=["team", "phone"], name="contact_by_phone", condition=~Q(phone="")),
            models.Index(
                fields=["team", "phone_secondary"],
                name="contact_by_second_phone",
                condition=~Q(phone_secondary=""),
            ),
            models.Index(fields=["team", "email"], name="contact_by_email", condition=~Q(email="")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("contacts_contact"),
            TeamReference(field="company", name="contacts_contact_company_fk"),
            models.UniqueConstraint(
                fields=["team", "external_id"],
                condition=~Q(external_id=""),
                name="contacts_contact_external_id_uniq",
                violation_error_code="unique",
                violation_error_message="Another contact has this external ID.",
            ),
            models.CheckConstraint(
                condition=~Q(lead_status=LeadStatus.DO_NOT_CONTACT) | Q(do_not_call=True),
                name="contacts_contact_do_not_contact_is_not_called",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    def clean(self) -> None:
        """Let Do Not Contact imply do-not-call; raise where it was cleared against the status."""
        if self.lead_status != LeadStatus.DO_NOT_CONTACT or self.do_not_call:
            return
        if self.loaded("do_not_call"):
            raise still_do_not_contact()
        self.do_not_call = True

    def callable_(self) -> bool:
        """Return whether this person may be called at all and has a number."""
        return bool(self.phone or self.phone_secondary) and not self.do_not_call


def still_do_not_contact() -> ValidationError:
    """Return the error for allowing calls to somebody whose status forbids them."""
    return ValidationError(
        {
            "do_not_call": ValidationError(
                "The status is Do Not Contact. Choose another status to allow calls again.",
                code="do_not_contact",
            )
        }
    )


class TagColor(models.IntegerChoices):
    """What a tag may look like: `.tag-0` to `.tag-9` of the stylesheet."""

    GREY = 0, "Grey"
    TEAL = 1, "Teal"
    BLUE = 2, "Blue"
    VIOLET = 3, "Violet"
    PINK = 4, "Pink"
    RED = 5, "Red"
    ORANGE = 6, "Orange"
    YELLOW = 7, "Yellow"
    GREEN = 8, "Green"
    MINT = 9, "Mint"


class TagQuerySet(models.QuerySet["Tag"]):
    """Tags of a team: start from `team.tags`."""

    def with_counts(self) -> Self:
        """Add to each `contacts_count`, how many contacts have it."""
        return self.annotate(contacts_count=models.Count("contact_links"))


class Tag(TeamOwned):
    """A word that a team puts on contacts. The same word in another case is the same tag."""

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="tags", db_index=False, editable=False
    )
    name = LineField(max_length=50, blank=False)
    name_key = models.CharField(max_length=TAG_KEY_LENGTH, editable=False)
    color = models.PositiveSmallIntegerField("colour", choices=TagColor, default=TagColor.GREY)

    objects: ClassVar[models.Manager["Tag"]] = models.Manager.from_queryset(TagQuerySet)()

    class Meta:
        ordering = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("contacts_tag"),
            models.UniqueConstraint(
                fields=["team", "name_key"],
                name="contacts_tag_name_uniq",
                violation_error_message="This team has this tag already.",
            ),
            models.CheckConstraint(
                condition=Q(color__lt=len(TagColor)), name="contacts_tag_color_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Keep the name's key in step."""
        self.name_key = normalize.name_key(self.name)
        if len(self.name_key) > TAG_KEY_LENGTH:
            raise ValidationError({"name": ValidationError("Shorten the tag.", "max_length")})


class ContactTag(TeamOwned):
    """A tag on a contact."""

    contact = TeamForeignKey(Contact, models.CASCADE, related_name="tag_links")
    tag = TeamForeignKey(Tag, models.CASCADE, related_name="contact_links")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "tag", "contact"], name="contacttag_by_tag"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("contacts_contacttag"),
            models.UniqueConstraint(
                fields=["team", "contact", "tag"], name="contacts_contacttag_once"
            ),
            TeamReference(
                field="contact", name="contacts_contacttag_contact_fk", on_delete="CASCADE"
            ),
            TeamReference(field="tag", name="contacts_contacttag_tag_fk", on_delete="CASCADE"),
        ]

    def __str__(self) -> str:
        return f"{self.tag} on {self.contact}"
