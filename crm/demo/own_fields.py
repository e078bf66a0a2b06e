"""The fields that the demo's teams have added to their contacts and companies."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from crm.demo.cast import Firm, Person
from crm.demo.chance import dice, weighted
from crm.records.models import CustomField
from crm.records.values import FieldType
from crm.teams.models import Team

PLANS = (("Trial", 3), ("Standard", 5), ("Plus", 2))
DECIDERS = ("owner", "director", "founder", "chief", "ceo", "head", "vp")


@dataclasses.dataclass(frozen=True, slots=True)
class OwnField:
    """A field to be."""

    entity_type: str
    key: str
    label: str
    field_type: str
    description: str = ""
    options: Sequence[str] = ()


VOLUME = {
    "demo": OwnField("company", "trucks", "Trucks", FieldType.NUMBER, "Refrigerated ones only."),
    "acme": OwnField("company", "parcels", "Parcels a day", FieldType.NUMBER),
}
OF_CONTACTS = (
    OwnField("contact", "decides", "Decides", FieldType.BOOLEAN, "Whether this person signs."),
    OwnField(
        "contact", "plan", "Plan", FieldType.SELECT, options=[name for name, _weight in PLANS]
    ),
    OwnField("contact", "current_tool", "Current tool", FieldType.TEXT, "What they use today."),
    OwnField("contact", "renewal", "Renewal", FieldType.DATE, "When the contract runs out."),
)


def own_fields(team: Team) -> list[CustomField]:
    """Return the team's fields, to be stored."""
    fields = []
    for position, own in enumerate((*OF_CONTACTS, VOLUME[team.slug]), 1):
        values = dataclasses.asdict(own)
        options = values.pop("options")
        field = CustomField(team=team, position=position, **values)
        field.set_options(options)
        fields.append(field)
    return fields


def of_firm(team: Team, firm: Firm) -> dict[str, Any]:
    """Return what the team knows of a company in its own fields."""
    return {VOLUME[team.slug].key: firm.volume}


def of_person(person: Person, now: dt.datetime) -> dict[str, Any]:
    """Return what the team knows of a contact: customers have a plan, and a day when it ends."""
    chance = dice("own fields", person.email, person.last)
    values: dict[str, Any] = {}
    if person.title and chance.random() < 0.7:
        values["decides"] = any(word in person.title.lower() for word in DECIDERS)
    if person.status == "customer":
        values["plan"] = weighted(chance, PLANS)
        values["renewal"] = str((now + dt.timedelta(days=chance.randint(20, 340))).date())
    return values
