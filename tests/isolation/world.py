"""Two teams side by side: ours, with a member of each role, and theirs, every text marked."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.test import Client

from calls.dialling.models import Line, OrderStatus, OutboundCall
from calls.enrichment.models import EnrichmentRun, Proposal
from calls.enrichment.operations import start_runs
from calls.models import Call
from calls.providers.models import ProviderConnection, ProviderEvent
from companies.models import Company
from contacts.imports.models import Import, ImportRow
from contacts.imports.operations import start_planning
from contacts.imports.tasks import plan_now
from contacts.models import Contact, ContactTag, Tag
from crm.accounts.models import User
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records.conversions.operations import change_type
from crm.records.models import CustomField, FieldConversion, Record
from crm.team_settings.models import Invitation
from crm.teams.models import ApiKey, Membership, Role, Team
from tests.factories import (
    ApiKeyFactory,
    CallFactory,
    CompanyFactory,
    ConnectionFactory,
    ContactFactory,
    CustomFieldFactory,
    ImportFactory,
    InvitationFactory,
    LineFactory,
    MembershipFactory,
    ProposalFactory,
    TeamFactory,
    UserFactory,
    member_of,
)

#: No answer to anybody outside their team may hold this word.
MARK = "Zanzibar"
BACKEND = "crm.accounts.backends.PasswordBackend"
TEAM_OWNED = (
    Company,
    Contact,
    Tag,
    ContactTag,
    Call,
    CustomField,
    FieldConversion,
    ApiKey,
    Membership,
    Invitation,
    Change,
    Import,
    ImportRow,
    ProviderConnection,
    ProviderEvent,
    EnrichmentRun,
    Proposal,
    Line,
    OutboundCall,
)
ROLES = (Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER)


@dataclasses.dataclass
class Side:
    """A team with one of everything."""

    team: Team
    company: Company
    contact: Contact
    tag: Tag
    call: Call
    custom_field: CustomField
    conversion: FieldConversion
    proposal: Proposal
    key: ApiKey
    member: Membership
    invitation: Invitation
    run: Import
    connection: ProviderConnection
    line: Line
    outbound_call: OutboundCall

    def ids(self) -> dict[str, Any]:
        """Return the ids of its rows by their name in an address."""
        return {
            "company": self.company.pk,
            "contact": self.contact.pk,
            "tag": self.tag.pk,
            "call": self.call.pk,
            "custom_field": self.custom_field.pk,
            "conversion": self.conversion.pk,
            "proposal": self.proposal.pk,
            "key": self.key.pk,
            "member": self.member.pk,
            "invitation": self.invitation.pk,
            "import": self.run.pk,
            "voice_connection": self.connection.pk,
            "line": self.line.pk,
            "outbound_call": self.outbound_call.pk,
            "contact_change": newest_change(self.contact).pk,
            "company_change": newest_change(self.company).pk,
        }


def newest_change(record: Record) -> Change:
    """Return what happened last to the record."""
    return Change.objects.filter(team=record.team, record_id=record.pk)[0]


@dataclasses.dataclass
class World:
    """Our team and theirs, and everybody who may knock."""

    ours: Side
    theirs: Side
    users: dict[str, User]

    def __post_init__(self) -> None:
        self._their_rows = fingerprint(self.theirs.team)
        self._sessions = {who: _session_of(user) for who, user in self.users.items()}

    def client(self, who: str) -> Client:
        """Return a browser signed in as that person; `stranger` is not signed in."""
        client = Client()
        if who in self._sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[who]
        return client

    def theirs_is_as_it_was(self) -> bool:
        """Return whether no value of their team's rows has changed since they were made."""
        return fingerprint(self.theirs.team) == self._their_rows


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def build_world() -> World:
    """Make both teams. `outsider` belongs to theirs, `staff` to none."""
    ours = _side("Ours", "ours", "")
    theirs = _side("Theirs", "theirs", MARK)
    users = {role.value: member_of(ours.team, role) for role in ROLES}
    users["outsider"] = member_of(theirs.team, Role.OWNER)
    users["staff"] = UserFactory.superuser()
    return World(ours, theirs, users)


def _side(name: str, slug: str, mark: str) -> Side:
    team = TeamFactory.create(name=f"{name} {mark}".strip(), slug=slug)
    company = CompanyFactory.create(team=team, name=f"Company {mark or slug}")
    custom_field = CustomFieldFactory.create(team=team, label=f"Plan {mark}".strip(), key="plan")
    contact = ContactFactory.create(
        company=company,
        first_name=mark or "Anna",
        last_name=mark or "Berg",
        email=f"{mark or 'anna'}@example.com",
        phone="+14155550182",
        tags=[mark or "vip"],
        custom_fields={"plan": mark or "Gold"},
    )
    call = CallFactory.create(
        contact=contact,
        provider="manual",
        provider_call_id=f"call-{mark or slug}",
        summary=f"Summary {mark}",
        started_at=dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC),
        turns=[{"speaker": "contact", "text": f"Words {mark}", "startSeconds": 0}],
        recorded=True,
    )
    start_runs([call], "offline-1")
    proof = {"quote": f"Words {mark}", "turn": 0}
    title = ProposalFactory.create(call=call, value=mark or "CEO", evidence=proof)
    key = ApiKeyFactory.create(team=team, name=f"Key {mark}".strip())
    member = MembershipFactory.create(team=team, user__name=f"Colleague {mark}".strip())
    run = ImportFactory.create(team=team, text=f"First name,Notes\n{mark},Words\n")
    start_planning(run, in_background=False)
    plan_now(run)
    conversion = change_type(custom_field, "textarea", by=Author(Origin.DEMO))
    invitation = InvitationFactory.create(team=team, email=f"{mark or 'bo'}-new@example.com")
    connection = ConnectionFactory.create(team=team, name=f"Retell {mark}".strip())
    line = LineFactory.create(connection=connection, name=f"Line {mark}".strip())
    outbound_call = OutboundCall.objects.create(
        team=team,
        contact=contact,
        connection=connection,
        number=contact.phone,
        line_name=line.name,
        status=OrderStatus.UNKNOWN,
        said=f"Words {mark}",
    )
    return Side(
        team=team,
        company=company,
        contact=contact,
        tag=team.tags.get(),
        call=call,
        custom_field=custom_field,
        conversion=conversion,
        proposal=title,
        key=key,
        member=member,
        invitation=invitation,
        run=run,
        connection=connection,
        line=line,
        outbound_call=outbound_call,
    )


def fingerprint(team: Team) -> dict[str, list[Any]]:
    """Return every value of the team's rows, to see that nothing was written."""
    return {
        model.__name__: list(model._base_manager.filter(team=team).order_by("pk").values())
        for model in TEAM_OWNED
    }


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Take back what happens inside, so that each visitor meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows(model: type[models.Model], team: Team) -> int:
    """Count the team's rows."""
    return model._base_manager.filter(team=team).count()
