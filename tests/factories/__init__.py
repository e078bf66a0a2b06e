"""Makers of test data, one for each model. Records come into being through the operations."""

from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.calls import CallFactory, wav_file
from tests.factories.companies import CompanyFactory
from tests.factories.contacts import ContactFactory, TagFactory
from tests.factories.dialling import LineFactory
from tests.factories.enrichment import ProposalFactory
from tests.factories.imports import ImportFactory
from tests.factories.records import CustomFieldFactory
from tests.factories.teams import (
    ApiKeyFactory,
    InvitationFactory,
    MembershipFactory,
    TeamFactory,
    member_of,
)
from tests.factories.voice import ConnectionFactory

__all__ = [
    "PASSWORD",
    "ApiKeyFactory",
    "CallFactory",
    "CompanyFactory",
    "ConnectionFactory",
    "ContactFactory",
    "CustomFieldFactory",
    "ImportFactory",
    "InvitationFactory",
    "LineFactory",
    "MembershipFactory",
    "ProposalFactory",
    "TagFactory",
    "TeamFactory",
    "UserFactory",
    "member_of",
    "wav_file",
]
