"""Random sequences of all that writes a contact: nobody's word is lost to a machine, undo is exact.

The model beside the database is what a person would expect: who said the present value of a field
last, and what each call has put over what.
"""

import dataclasses
import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from calls.enrichment.deciding import accept, reject
from calls.enrichment.models import Fill, Proposal, ProposalStatus
from calls.enrichment.operations import Choice, set_policies
from calls.enrichment.undoing import undo_call
from calls.models import Call
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from tests.calls.enrichment.kit import Script, make_call, read
from tests.counts import counts
from tests.factories import ContactFactory, CustomFieldFactory, UserFactory

pytestmark = pytest.mark.django_db

SEQUENCES = counts(50, 1000)
# One write comes after the other: on PostgreSQL the first of them are enough.
SEEDS = [
    pytest.param(seed, marks=[pytest.mark.once] if seed >= counts(5, SEQUENCES) else [])
    for seed in range(SEQUENCES)
]
STEPS = 14
#: What is written, and what an extractor asks for it by.
FIELDS = {"job_title": "job_title", "email": "email", "custom": "seats"}
VALUES = {
    "job_title": ["", "Buyer", "CEO", "Head of Sales", "Founder"],
    "email": ["", "a@example.com", "b@example.com", "c@example.com"],
    "custom": [None, 3, 12, 40],
}


@dataclasses.dataclass
class World:
    """A contact, its calls, and what is expected of its fields."""

    chance: random.Random
    contact: Contact
    script: Script
    person: Author
    calls: list[Call]
    #: The last word of people about each field they have spoken of.
    word: dict[str, Any] = dataclasses.field(default_factory=dict)

    def stored(self) -> Contact:
        return Contact.objects.select_related("company", "team").get(pk=self.contact.pk)

    def values(self) -> dict[str, Any]:
        contact = self.stored()
        seats = contact.custom_fields.get("seats")
        return {"job_title": contact.job_title, "email": contact.email, "custom": seats}

    def write(self, by: Author) -> None:
        name = self.chance.choice(list(FIELDS))
        value = self.chance.choice(VALUES[name])
        contact = self.stored()
        if self.values()[name] == value:
            return
        if name == "custom":
            contact.custom_fields = {} if value is None else {"seats": value}
        else:
            setattr(contact, name, value)
        save_contact(contact, by=by)
        self.word[name] = value


def edit(world: World) -> None:
    world.write(world.person)


def write_by_key(world: World) -> None:
    world.write(Author(Origin.API))


def write_by_import(world: World) -> None:
    world.write(Author(Origin.IMPORT))


def extract(world: World) -> None:
    is_new = not world.calls or world.chance.random() < 0.6
    if is_new:
        at = timezone.now() - dt.timedelta(minutes=60 - len(world.calls))
        world.calls.append(make_call(world.contact, started_at=at))
    call = world.calls[-1] if is_new else world.chance.choice(world.calls)
    names = world.chance.sample(list(FIELDS), world.chance.randint(1, 3))
    found = {FIELDS[name]: world.chance.choice(VALUES[name][1:]) for name in names}
    world.script.values = found
    read(call)


def accept_one(world: World) -> None:
    waiting = list(Proposal.objects.filter(status=ProposalStatus.OPEN).order_by("pk"))
    if not waiting:
        return
    proposal = world.chance.choice(waiting)
    before = world.values()
    accept(proposal, by=world.person)
    name = proposal.field if proposal.field in FIELDS else "custom"
    if world.values()[name] != before[name]:
        world.word[name] = proposal.value


def reject_one(world: World) -> None:
    waiting = list(Proposal.objects.filter(status=ProposalStatus.OPEN).order_by("pk"))
    if waiting:
        reject(world.chance.choice(waiting), by=world.person)


def undo(world: World) -> None:
    if world.calls:
        undo_call(world.chance.choice(world.calls), by=world.person)


def choose_policy(world: World) -> None:
    name = world.chance.choice(["job_title", "email", "custom_fields.seats"])
    choice = Choice("contact", name, world.chance.choice(Fill.values))
    set_policies(world.contact.team, [choice], by=world.person)


DEEDS: list[Callable[[World], None]] = [
    edit,
    write_by_key,
    write_by_import,
    extract,
    extract,
    extract,
    accept_one,
    reject_one,
    undo,
    choose_policy,
]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_human_value_is_lost_to_a_machine(seed: int, script: Script) -> None:
    chance = random.Random(seed)  # noqa: S311
    contact = make_contact()
    world = World(chance, contact, script, Author.person(UserFactory.create()), [])
    for step in range(STEPS):
        deed = chance.choice(DEEDS)
        deed(world)
        held = world.values()
        for name, value in world.word.items():
            assert held[name] == value, f"step {step}: {deed.__name__} took {name} away"
        for change in Change.objects.filter(record_id=contact.pk, origin=Origin.EXTRACTOR):
            assert change.evidence
            assert set(change.evidence["fields"]) == set(change.fields)


def make_contact() -> Contact:
    contact = ContactFactory.create()
    CustomFieldFactory.create(
        team=contact.team, key="seats", label="Seats", field_type="number", entity_type="contact"
    )
    return contact


@pytest.mark.parametrize("seed", SEEDS)
def test_undo_restores_exactly(seed: int, script: Script) -> None:
    """Whatever came before, a call that is read and undone leaves the fields as they were."""
    chance = random.Random(seed)  # noqa: S311
    world = World(chance, make_contact(), script, Author.person(UserFactory.create()), [])
    for _step in range(chance.randint(0, 8)):
        chance.choice(DEEDS)(world)
    before = world.values()
    call = make_call(world.contact)
    for _reading in range(chance.randint(1, 3)):
        world.script.values = {
            FIELDS[name]: chance.choice(VALUES[name][1:]) for name in chance.sample(list(FIELDS), 2)
        }
        read(call)
    undo_call(call, by=world.person)
    assert world.values() == before
