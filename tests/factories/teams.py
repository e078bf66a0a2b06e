"""Teams, who belongs to them, and their keys."""

import datetime as dt
from typing import Any

import factory
from django.utils import timezone

from crm.accounts.models import User
from crm.history.models import Origin
from crm.history.recording import Author
from crm.team_settings.models import Invitation, hash_token
from crm.team_settings.operations import create_api_key
from crm.teams.models import ApiKey, Membership, Role, Team
from tests.factories.accounts import UserFactory


class TeamFactory(factory.django.DjangoModelFactory[Team]):
    """A team without members; its phone region is US, its timezone UTC."""

    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")
    slug = factory.Sequence(lambda n: f"team-{n}")


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A user's place in a team, `role` member unless said otherwise."""

    class Meta:
        model = Membership

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.MEMBER


class ApiKeyFactory(factory.django.DjangoModelFactory[Any]):
    """A key that may do everything, without a rate limit; what a client sends is `key.secret`."""

    class Meta:
        model = ApiKey

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence(lambda n: f"Key {n}")
    scopes = ["*"]
    rate_limit = 0

    @classmethod
    def _create(cls, model_class: type[ApiKey], *args: Any, **kwargs: Any) -> Any:
        key: Any
        by = Author(Origin.MANUAL, user=kwargs.pop("created_by", None))
        key, secret = create_api_key(kwargs.pop("team"), kwargs.pop("name"), by=by, **kwargs)
        key.secret = secret
        return key


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    """A pending invitation for whoever has the link, for a week."""

    class Meta:
        model = Invitation

    team = factory.SubFactory(TeamFactory)
    role = Role.MEMBER
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=7))

    @classmethod
    def _create(cls, model_class: type[Invitation], *args: Any, **kwargs: Any) -> Invitation:
        invitation = Invitation(**kwargs)
        invitation.token_hash = hash_token(invitation.token)
        invitation.full_clean()
        invitation.save()
        return invitation


def member_of(team: Team, role: str = Role.MEMBER, **user: Any) -> User:
    """A new user with that role in the team."""
    return MembershipFactory.create(team=team, role=role, user=UserFactory.create(**user)).user
