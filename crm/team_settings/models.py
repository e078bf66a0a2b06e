"""The invitations by which people come into a team."""

import hashlib
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.timezone import now

from crm.fields import EmailAddressField
from crm.teams.db import TeamOwned, unique_in_team
from crm.teams.models import Role, Team


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, found by what they are still good for."""

    def pending(self) -> Self:
        """Return those that can be accepted."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=Now())


class Invitation(TeamOwned):
    """A link that lets one person into a team, once; its token is stored as a hash."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations", db_index=False)
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    email = EmailAddressField(blank=True, help_text="Empty: for whoever has the link.")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[models.Manager["Invitation"]] = models.Manager.from_queryset(
        InvitationQuerySet
    )()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("team_settings_invitation")
        ]

    def __str__(self) -> str:
        return f"{self.email or 'Whoever has the link'} ({self.get_role_display()})"

    @property
    def state(self) -> str:
        """`pending`, `accepted`, `revoked` or `expired`."""
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "revoked"
        return "pending" if self.expires_at > now() else "expired"

    @property
    def token(self) -> str:
        """What its link holds: nobody can guess it, and it is made anew wherever it is needed.

        So the task that mails it need not be told it, and no row of the database holds it.
        """
        mac = salted_hmac("crm.team_settings.invitation", str(self.pk), algorithm="sha256")
        return mac.hexdigest()


def hash_token(token: str) -> str:
    """Return the SHA-256 under which an invitation is found."""
    return hashlib.sha256(token.encode()).hexdigest()
