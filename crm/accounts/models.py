"""People who sign in: with an email address, which is theirs whatever its case."""

import zoneinfo
from typing import Any, ClassVar

import uuid_utils.compat
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.timezone import now

from crm import normalize
from crm.fields import EmailAddressField, LineField, TimezoneField
from crm.web import text


class UserManager(BaseUserManager["User"]):
    """Finds and makes users by their email address."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user who signs in with this address, written in any case."""
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make a user; without a password they must set one by the reset link.

        Raises NormalizeError where `email` is no email address.
        """
        user = self.model(email=normalize.email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make a user who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in; what they may do in a team is their Membership there."""

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    email = EmailAddressField(
        unique=True, blank=False, error_messages={"unique": "Somebody signs in with this already."}
    )
    name = LineField(max_length=150, blank=True)
    timezone = TimezoneField(blank=True, help_text="Empty: the browser's own.")
    is_staff = models.BooleanField(default=False, help_text="May enter the admin, all teams.")
    is_active = models.BooleanField(default=True, help_text="Switch off instead of deleting.")
    date_joined = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name that greets this person."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the first word of their name, or the address before its @."""
        return self.name.split(" ")[0] if self.name else self.email.partition("@")[0]

    @property
    def initials(self) -> str:
        """Up to two capital letters, for the disc beside their name."""
        return text.initials(self.name or self.email)

    @property
    def zone(self) -> zoneinfo.ZoneInfo | None:
        """The timezone this person chose, if they chose one."""
        return zoneinfo.ZoneInfo(self.timezone) if self.timezone else None
