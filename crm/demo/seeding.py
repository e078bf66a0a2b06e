"""Storing the demo data, through the operations that every other door uses."""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from calls.incoming import IncomingCall
from calls.ingest import record_call
from calls.models import Call
from calls.operations import Sound, save_call
from companies.models import Company
from companies.operations import save_companies
from contacts.models import Contact
from contacts.operations import save_contacts
from crm.accounts.models import User
from crm.demo.cast import Firm, Numbers, Person, firms_of, people_of
from crm.demo.chance import dice
from crm.demo.hearing import read_calls
from crm.demo.own_fields import of_firm, of_person, own_fields
from crm.demo.sound import recording
from crm.demo.story import Home, PlannedCall, Teller
from crm.history.models import Origin
from crm.history.recording import Author
from crm.records.operations import save_custom_fields
from crm.records.writing import Saved
from crm.team_settings.operations import create_team
from crm.team_settings.people.operations import add_member
from crm.teams.models import Role, Team

BY = Author(Origin.DEMO)
RECORDED_SECONDS = 37  # the longest call that gets a recording: some 600 kB
LATEST = 6  # calls of a team, the newest, that may be recorded up to …
LATEST_SECONDS = 75  # … this length: some 1.2 MB
A_MINUTE_COSTS = Decimal("0.08")

HOMES = {
    "demo": Home(
        slug="demo",
        team="Tidewater Fleet",
        pitch="temperature monitoring for refrigerated {vehicles}",
        number="+17575550100",
        colleagues=("Maya Lindholm", "Marcus Reed"),
        currency="USD",
    ),
    "acme": Home(
        slug="acme",
        team="Acme Packaging",
        pitch="packaging made to size",
        number="+441164960100",
        colleagues=("Priya Nair", "Joe Tansley"),
        currency="GBP",
    ),
}
REGIONS = {"demo": ("US", "America/New_York"), "acme": ("GB", "Europe/London")}
#: Who signs in: (email, name, their role by team)
USERS = (
    ("owner@callbook.example", "Isolde Ravn", {"demo": Role.OWNER, "acme": Role.MEMBER}),
    ("admin@callbook.example", "Marcus Reed", {"demo": Role.ADMIN}),
    ("member@callbook.example", "Maya Lindholm", {"demo": Role.MEMBER}),
    ("viewer@callbook.example", "Tom Whitaker", {"demo": Role.VIEWER}),
    ("acme@callbook.example", "Priya Nair", {"acme": Role.OWNER}),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Size:
    """How many rows of a kind, both teams together."""

    contacts: int = 400
    calls: int = 600
    recordings: int = 40

    def share(self, slug: str) -> "Size":
        """Return what one of the two teams gets of it: demo two thirds, acme the rest."""
        demo = Size(self.contacts * 27 // 40, self.calls * 7 // 10, self.recordings * 7 // 10)
        if slug == "demo":
            return demo
        return Size(
            self.contacts - demo.contacts,
            self.calls - demo.calls,
            self.recordings - demo.recordings,
        )


def seeded() -> bool:
    """Return whether the demo's teams are there, both of them.

    Raises ValidationError where only one is: then somebody else has taken its address.
    """
    there = set(Team.objects.filter(slug__in=HOMES).values_list("slug", flat=True))
    if there and there != set(HOMES):
        message = f"There is a team “{there.pop()}” already that is not the demo's."
        raise ValidationError(message, code="slug_taken")
    return bool(there)


@transaction.atomic
def seed(*, now: dt.datetime, password: str, is_staff: bool, size: Size | None = None) -> None:
    """Make users, teams and everything they have, with calls of the 60 days before `now`.

    `is_staff` lets the demo team's owner into the admin. Wants a database where not `seeded()`.
    """
    users = [_user(email, name, password) for email, name, _roles in USERS]
    if is_staff:
        users[0].is_staff = users[0].is_superuser = True
        users[0].save()
    numbers = Numbers({home.number for home in HOMES.values()})
    for slug in HOMES:
        _seed_team(_team(slug, users), numbers, now, (size or Size()).share(slug))


def _user(email: str, name: str, password: str) -> User:
    """Return a new user, or the one left from earlier demo data with the password set anew."""
    left = User.objects.filter(email=email).first()
    if left is None:
        return User.objects.create_user(email, password, name=name)
    left.set_password(password)
    left.save()
    return left


def _team(slug: str, users: list[User]) -> Team:
    region, zone = REGIONS[slug]
    roles = [
        (user, roles[slug])
        for user, (_email, _name, roles) in zip(users, USERS, strict=True)
        if slug in roles
    ]
    owner = next(user for user, role in roles if role == Role.OWNER)
    team = create_team(HOMES[slug].team, slug, owner=owner, by=BY, region=region, zone=zone)
    for user, role in roles:
        if role != Role.OWNER:
            add_member(team, user, role, by=BY)
    return team


def _seed_team(team: Team, numbers: Numbers, now: dt.datetime, size: Size) -> None:
    home = HOMES[team.slug]
    firms = firms_of(team.slug, numbers)
    people = people_of(team.slug, firms, size.contacts, numbers)
    plan = Teller(home, now).calls(people, size.calls, numbers)
    save_custom_fields(own_fields(team), by=BY)
    companies = _companies(team, firms, now)
    contacts = _contacts(team, people, companies, _first_heard_of(people, plan, now), now)
    recorded = _to_record(plan, size.recordings)
    calls: list[tuple[Call, PlannedCall]] = []
    for place, planned in enumerate(plan):
        contact_id = contacts[id(planned.person)] if planned.person else None
        call, _is_new = record_call(team, _incoming(home, planned, contact_id, place), by=BY)
        calls.append((call, planned))
        if place in recorded:
            _record_sound(call, planned)
    read_calls(calls)


def _companies(team: Team, firms: list[Firm], now: dt.datetime) -> dict[str, Company]:
    """Store the companies; return them by name."""
    companies = [
        Company(
            team=team,
            name=firm.name,
            website=f"https://www.{firm.domain}",
            industry=firm.trade.name,
            company_size=firm.size,
            phone=firm.phone,
            address_line1=firm.address,
            city=firm.city.name,
            state=firm.city.state,
            postal_code=firm.city.postal_code,
            country=firm.city.country.code,
            external_id=firm.external_id,
            custom_fields=of_firm(team, firm),
            created_at=now - dt.timedelta(days=dice("age", firm.name).randint(90, 400)),
        )
        for firm in firms
    ]
    _demand_all(save_companies(companies, by=BY))
    return {company.name: company for company in companies}


def _contacts(
    team: Team,
    people: list[Person],
    companies: dict[str, Company],
    created: dict[int, dt.datetime],
    now: dt.datetime,
) -> dict[int, uuid.UUID]:
    """Store the people; return their contacts' ids by the person's identity."""
    contacts = {
        id(person): Contact(
            team=team,
            company=companies[person.firm.name],
            first_name=person.first,
            last_name=person.last,
            job_title=person.title,
            email=person.email,
            phone=person.phone,
            phone_secondary=person.phone_secondary,
            lead_status=person.status,
            source=person.source,
            timezone=person.city.timezone,
            preferred_contact_method=person.best_reached,
            do_not_call=person.do_not_call,
            notes=person.notes,
            external_id=person.external_id,
            custom_fields=of_person(person, now),
            created_at=created[id(person)],
        )
        for person in people
    }
    tags = {contacts[id(person)].pk: person.tags for person in people}
    _demand_all(save_contacts(list(contacts.values()), by=BY, tags=tags))
    return {key: contact.pk for key, contact in contacts.items()}


def _demand_all(saved: Saved[Company] | Saved[Contact]) -> None:
    """Raise the first error: what the rules refuse is a fault of the demo data."""
    for error in saved.errors.values():
        raise error


def _first_heard_of(
    people: list[Person], plan: list[PlannedCall], now: dt.datetime
) -> dict[int, dt.datetime]:
    """Return when each contact was added: some days before the first call, if there was one."""
    first = {id(call.person): call.at for call in reversed(plan)}
    return {
        id(person): first.get(id(person), now)
        - dt.timedelta(hours=dice("added", person.email, person.last).randint(3, 900))
        for person in people
    }


def _incoming(
    home: Home, planned: PlannedCall, contact_id: uuid.UUID | None, place: int
) -> IncomingCall:
    talk, facts = planned.talk, planned.facts
    ours, theirs = home.number, planned.number
    is_inbound = planned.direction == "inbound"
    return IncomingCall(
        provider="demo",
        provider_call_id=f"call_{dice(home.slug, 'call', place).getrandbits(64):016x}",
        contact_id=contact_id,
        direction=planned.direction,
        status=planned.status,
        outcome=planned.outcome,
        from_number=theirs if is_inbound else ours,
        to_number=ours if is_inbound else theirs,
        initiated_at=planned.at,
        started_at=planned.at if talk else None,
        ended_at=planned.ended_at,
        ended_reason=planned.ended_reason,
        ended_by=planned.ended_by,
        assistant_name=planned.assistant,
        summary=talk.summary if talk else "",
        success={"yes": True, "no": False}.get(facts.get("success", "")),
        sentiment=facts.get("sentiment"),
        extracted_data=talk.learned if talk else None,
        transferred_to=planned.transferred_to,
        voicemail=planned.outcome == "voicemail" if talk else None,
        cost_amount=_cost(talk.seconds) if talk else None,
        cost_currency=home.currency if talk else "",
        turns=talk.turns if talk else None,
    )


def _cost(seconds: float) -> Decimal:
    return (A_MINUTE_COSTS * Decimal(seconds) / 60).quantize(Decimal("0.0001"))


def _to_record(plan: list[PlannedCall], count: int) -> set[int]:
    """Return the places of the newest calls that get a recording, where both sides speak.

    The very newest, which a visitor opens first, may be longer than the others.
    """
    newest = _fitting(plan, LATEST_SECONDS)[-min(LATEST, count) :] if count else []
    others = [place for place in _fitting(plan, RECORDED_SECONDS) if place not in newest]
    missing = count - len(newest)
    return {*newest, *(others[-missing:] if missing else [])}


def _fitting(plan: list[PlannedCall], most_seconds: float) -> list[int]:
    return [
        place
        for place, call in enumerate(plan)
        if call.person
        and call.talk
        and call.talk.seconds <= most_seconds
        and {"assistant", "contact"} <= {turn["speaker"] for turn in call.turns}
    ]


def _record_sound(call: Call, planned: PlannedCall) -> None:
    assert planned.person is not None
    assert planned.talk is not None
    person = planned.person
    sound = recording(
        planned.turns,
        planned.talk.seconds,
        assistant=planned.assistant,
        gender=person.gender,
        who=f"{person.first} {person.last}",
    )
    save_call(call, by=BY, sound=Sound(file=ContentFile(sound, name="recording.wav")))
