"""The one writer of who belongs to a team or is invited to it; each write leaves a Change.

A team that has an owner keeps one who can sign in, whoever asks and however many ask at once.
Where `rights_of` is given, that member's rights decide, as they are at the moment of the write;
None is for who may do it in every team. Who is removed, or loses the right to give a role, takes
their pending invitations with them.
"""

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from crm.accounts.models import User
from crm.history.recording import Author
from crm.team_settings.changes import note_created, note_deleted, note_updated
from crm.team_settings.models import Invitation, hash_token
from crm.team_settings.people.tasks import send_invitation
from crm.teams import access
from crm.teams.models import Membership, Right, Role, Team


class LastOwner(ValidationError):
    """A team would lose its only owner; nothing was written."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(
            f"{membership.user} is the only owner of {membership.team}. "
            "Make somebody else an owner first.",
            code="last_owner",
        )


def add_member(team: Team, user: User, role: str = Role.MEMBER, *, by: Author) -> Membership:
    """Let `user` into `team`; raises ValidationError where they belong to it already."""
    membership = Membership(team=team, user=user, role=role)
    membership.full_clean()
    with transaction.atomic():
        membership.save()
        note_created(membership, _described(membership), by=by)
    return membership


def change_role(
    membership: Membership, role: str, *, by: Author, rights_of: Membership | None
) -> Membership:
    """Give a member another role and return them as they are now.

    Raises ValidationError (LastOwner) or PermissionDenied where that cannot be.
    """
    with _people_held(membership.team_id):
        member = _stored(membership)
        if role not in Role:
            raise ValidationError("There is no such role.", code="invalid_choice")
        if rights_of is not None:
            chief = _stored(rights_of)
            access.require_managing(chief, member)
            access.require_giving(chief, role)
        _set_role(member, Role(role), by)
    return member


def remove_member(membership: Membership, *, by: Author, rights_of: Membership | None) -> None:
    """End somebody's place in the team; raises LastOwner or PermissionDenied."""
    with _people_held(membership.team_id):
        member = _stored(membership)
        if rights_of is not None:
            access.require_managing(_stored(rights_of), member)
        _keep_an_owner(member)
        _revoke_offers(member, by, stays=False)
        note_deleted(member, _described(member), by=by)
        member.delete()


def leave_team(membership: Membership, *, by: Author) -> None:
    """End one's own place in the team; raises LastOwner."""
    remove_member(membership, by=by, rights_of=None)


def hand_over(membership: Membership, heir: Membership, *, by: Author) -> None:
    """Make `heir` an owner and the owner an admin; raises PermissionDenied or LastOwner."""
    with _people_held(membership.team_id):
        owner, next_owner = _stored(membership), _stored(heir)
        access.require(owner, Right.OWN)
        _set_role(next_owner, Role.OWNER, by)
        _set_role(owner, Role.ADMIN, by)


def invite(
    team: Team,
    role: str,
    *,
    by: Author,
    rights_of: Membership,
    email: str = "",
    life: dt.timedelta = dt.timedelta(days=7),
) -> Invitation:
    """Make an invitation, and have it mailed where it is for an address.

    Raises ValidationError or PermissionDenied where that cannot be.
    """
    invitation = Invitation(
        team=team,
        role=role,
        email=email,
        expires_at=timezone.now() + life,
        created_by=by.user,
    )
    invitation.token_hash = hash_token(invitation.token)
    invitation.full_clean()
    with _people_held(team.pk):
        access.require_giving(_stored(rights_of), role)
        _refuse_known(invitation)
        invitation.save(force_insert=True)
        note_created(invitation, _offered(invitation), by=by)
        if invitation.email:
            send_invitation.enqueue(str(invitation.pk))
    return invitation


def revoke_invitation(invitation: Invitation, *, by: Author, rights_of: Membership) -> None:
    """Make the link useless from now on; raises PermissionDenied. One that is over stays so."""
    with _people_held(invitation.team_id):
        access.require_giving(_stored(rights_of), invitation.role)
        _revoke(invitation, by)


def accept_invitation(invitation: Invitation, user: User) -> Membership:
    """Let `user` in, which uses the invitation up; raises ValidationError where that cannot be."""
    with _people_held(invitation.team_id):
        stored = Invitation.objects.pending().filter(pk=invitation.pk, team=invitation.team_id)
        if not stored.exists():
            raise ValidationError("This invitation cannot be used any more.", code="over")
        if invitation.email not in ("", user.email):
            raise ValidationError("This invitation is for another address.", code="not_yours")
        by = Author.person(user)
        membership = add_member(invitation.team, user, invitation.role, by=by)
        stored.update(accepted_at=timezone.now())
        note_updated(invitation, {"state": ["Pending", "Accepted"]}, by=by)
    return membership


def accept_as_new(invitation: Invitation, *, email: str, name: str, password: str) -> Membership:
    """Make an account and let it in; raises ValidationError where either cannot be."""
    user = User(email=email, name=name)
    user.set_password(password)
    with _people_held(invitation.team_id):
        user.full_clean()
        user.save(force_insert=True)
        return accept_invitation(invitation, user)


@contextlib.contextmanager
def _people_held(team_id: uuid.UUID) -> Iterator[None]:
    """Begin a transaction in which nobody else changes the team's people.

    On PostgreSQL the team's row is locked, but not for those who refer to it. On SQLite every
    transaction waits for the one before it.
    """
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True).get(pk=team_id)
        yield


def _stored(membership: Membership) -> Membership:
    """Return the membership as it is stored; raises ValidationError where it is no more."""
    found = Membership.objects.filter(pk=membership.pk, team=membership.team_id)
    for stored in found.select_related("team", "user"):
        return stored
    raise ValidationError("They no longer belong to the team.", code="gone")


def _set_role(member: Membership, role: Role, by: Author) -> None:
    if member.role == role:
        return
    _keep_an_owner(member)
    old = Role(member.role)
    member.role = role
    member.save(update_fields=["role"])
    note_updated(member, {"role": [old.label, role.label]}, by=by)
    _revoke_offers(member, by, stays=True)


def _keep_an_owner(member: Membership) -> None:
    """Raise LastOwner where the team has no owner who can sign in but this member."""
    others = Membership.objects.filter(
        team=member.team_id, role=Role.OWNER, user__is_active=True
    ).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise LastOwner(member)


def _described(member: Membership) -> dict[str, str]:
    return {"email": member.user.email, "role": Role(member.role).label}


def _refuse_known(invitation: Invitation) -> None:
    """Raise ValidationError where the address belongs to the team or is invited already."""
    team, email = invitation.team, invitation.email
    if email and team.memberships.filter(user__email=email).exists():
        known = ValidationError("This person belongs to the team already.", code="member")
        raise ValidationError({"email": known})
    if email and Invitation.objects.pending().filter(team=team, email=email).exists():
        known = ValidationError(
            "This address is invited already. Revoke that invitation to send another.",
            code="invited",
        )
        raise ValidationError({"email": known})


def _revoke_offers(member: Membership, by: Author, *, stays: bool) -> None:
    """Revoke what the member has offered and could not offer any more."""
    offered = Invitation.objects.pending().filter(team=member.team_id, created_by=member.user_id)
    for invitation in offered:
        if not (stays and access.may_give(member, invitation.role)):
            _revoke(invitation, by)


def _revoke(invitation: Invitation, by: Author) -> None:
    pending = Invitation.objects.pending().filter(pk=invitation.pk, team=invitation.team_id)
    if pending.update(revoked_at=timezone.now()):
        note_updated(invitation, {"state": ["Pending", "Revoked"]}, by=by)


def _offered(invitation: Invitation) -> dict[str, str]:
    role = {"role": Role(invitation.role).label}
    return {"email": invitation.email} | role if invitation.email else role
