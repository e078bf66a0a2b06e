"""Teams, who belongs to them, and the keys by which programs reach them."""

import datetime as dt
import hashlib
import secrets
import zoneinfo
from collections.abc import Sequence, Set
from typing import ClassVar, NamedTuple, Self

import uuid_utils.compat
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.timezone import now

from crm.fields import CountryField, LineField, TimezoneField
from crm.teams.db import TeamOwned, unique_in_team

KEY_START = "cbk_"
PREFIX_LENGTH = 12
#: Days; whoever keeps recordings longer keeps them for ever.
LONGEST_KEPT = 3650


class Weekday(models.TextChoices):
    """A day of the week, by its ISO number."""

    MONDAY = "1", "Mon"
    TUESDAY = "2", "Tue"
    WEDNESDAY = "3", "Wed"
    THURSDAY = "4", "Thu"
    FRIDAY = "5", "Fri"
    SATURDAY = "6", "Sat"
    SUNDAY = "7", "Sun"


class Team(models.Model):
    """The tenant: everything a sales team has is its own."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    name = LineField(max_length=100, blank=False)
    slug = models.SlugField(
        max_length=50, unique=True, help_text="In the address: /t/slug/contacts. Never reused."
    )
    region = CountryField(
        default="US",
        blank=False,
        help_text="Phone numbers without a country code are read as of this country.",
    )
    timezone = TimezoneField(default="UTC", blank=False)
    calling_days = models.CharField(
        max_length=7,
        default="12345",
        validators=[RegexValidator(r"\A1?2?3?4?5?6?7?\Z", "Write days as 12345: Monday is 1.")],
        help_text="Days of the week in order; Monday is 1.",
    )
    calling_start = models.TimeField(default=dt.time(9))
    calling_end = models.TimeField(default=dt.time(17))
    recording_days = models.PositiveSmallIntegerField(
        "days that recordings are kept",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_KEPT)],
        help_text="Empty: for ever. Then the sound of a call is deleted; its transcript stays.",
    )
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError where the calling hours end before they start."""
        if self.calling_start and self.calling_end and self.calling_start >= self.calling_end:
            raise ValidationError(
                {"calling_end": ValidationError("Choose a time after the start.", code="too_early")}
            )

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The team's own timezone."""
        return zoneinfo.ZoneInfo(self.timezone)

    @property
    def recording_days_text(self) -> str:
        """How long recordings are kept, in words."""
        if self.recording_days is None:
            return "For ever"
        return f"{self.recording_days:,} day{'' if self.recording_days == 1 else 's'}"

    @property
    def calling_days_text(self) -> str:
        """The calling days in words: `Mon, Tue`."""
        return ", ".join(Weekday(day).label for day in self.calling_days)


class Role(models.TextChoices):
    """What a member may do, from everything to looking on."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"


class Right(models.TextChoices):
    """What can be done in a team; `access` says which roles may."""

    READ = "read", "See contacts, companies, calls and who belongs to the team"
    WRITE = "write", "Add, change and delete contacts, companies and calls"
    ADMINISTER = "administer", "Invite and remove people, give roles, manage keys and settings"
    OWN = "own", "Make and remove owners, hand over the team"


class Place(NamedTuple):
    """A team as the menu of a user's teams shows it."""

    name: str
    slug: str


class Membership(TeamOwned):
    """A user's place in a team."""

    #: All the user's teams, by name; known where the page's own membership was found.
    teams_of_user: Sequence[Place] = ()
    #: What the member may do; known there too, from `access`.
    rights: Set[Right] = frozenset()

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", db_index=True
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    #: The columns that the user has chosen for the team's tables, in order: {"contact": ["name"]}.
    #: They are here because every page reads the membership.
    columns = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ["team__name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("teams_membership"),
            models.UniqueConstraint(
                fields=["team", "user"],
                name="teams_membership_once",
                violation_error_message="This person belongs to the team already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team} ({self.get_role_display()})"

    @property
    def can_write(self) -> bool:
        """Whether this member may change contacts, companies and calls."""
        return Right.WRITE in self.rights

    @property
    def can_administer(self) -> bool:
        """Whether this member may manage the team's people, keys and settings."""
        return Right.ADMINISTER in self.rights

    @property
    def can_own(self) -> bool:
        """Whether this member decides who owns the team."""
        return Right.OWN in self.rights


class Scope(models.TextChoices):
    """What an API key may touch."""

    EVERYTHING = "*", "Everything"
    CONTACTS_READ = "contacts:read", "Read contacts"
    CONTACTS_WRITE = "contacts:write", "Change contacts"
    COMPANIES_READ = "companies:read", "Read companies"
    COMPANIES_WRITE = "companies:write", "Change companies"
    CALLS_READ = "calls:read", "Read calls"
    CALLS_WRITE = "calls:write", "Change calls"
    FIELDS_READ = "fields:read", "Read custom fields"
    FIELDS_WRITE = "fields:write", "Change custom fields"


def validate_scopes(value: object) -> None:
    """Raise ValidationError unless `value` is a list of one scope or more."""
    if not isinstance(value, list) or not value or not set(value) <= set(Scope.values):
        raise ValidationError(
            f"Choose one scope or more of: {', '.join(Scope.values)}.", code="invalid_scopes"
        )


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys, found by what they can still do."""

    def usable(self) -> Self:
        """Return the keys that are neither revoked nor past their expiry."""
        fresh = Q(expires_at__isnull=True) | Q(expires_at__gt=Now())
        return self.filter(fresh, revoked_at__isnull=True)


class ApiKey(TeamOwned):
    """A bearer key of one team. The key itself is shown once; its hash and its prefix are kept."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="api_keys", db_index=False)
    name = LineField(max_length=100, blank=False, help_text="What will use it.")
    prefix = models.CharField(max_length=PREFIX_LENGTH, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list, validators=[validate_scopes])
    rate_limit = models.PositiveIntegerField(
        default=1000, help_text="Requests an hour; 0 for no limit."
    )
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[models.Manager["ApiKey"]] = models.Manager.from_queryset(ApiKeyQuerySet)()

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [unique_in_team("teams_apikey")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> str:
        """`active`, `expired` or `revoked`."""
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= now():
            return "expired"
        return "active"

    def allows(self, scope: str) -> bool:
        """Return whether the key has `scope`, or all of them."""
        return scope in self.scopes or Scope.EVERYTHING in self.scopes


def new_secret() -> str:
    """Return a fresh key as its user gets it: 256 random bits behind a recognisable start."""
    return KEY_START + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return the SHA-256 under which a key is stored; a random key needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
