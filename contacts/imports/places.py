"""As of where the numbers of a row are read, where they have no country code."""

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from functools import lru_cache

from companies.models import Company
from contacts.imports.mapping.fields import Target
from contacts.imports.rules import TEXTS_KNOWN, Rule, field_rules
from contacts.models import Contact
from crm import normalize
from crm.queries.making import Maker
from crm.teams.models import Team

COUNTRY = "companyCountry"
PHONES = ("phone", "phoneSecondary", "companyPhone")

_CONTACTS, _COMPANIES = Maker(Contact), Maker(Company)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A country: the team as if it were there, and the rules that read a row as of there."""

    region: str
    related: Mapping[str, Team]
    contact_rules: list[Rule]
    company_rules: list[Rule]


class Places:
    """The countries of one file; `people` and `details` are its columns of contact and company."""

    def __init__(self, team: Team, people: Sequence[Target], details: Sequence[Target]) -> None:
        self._people, self._details = people, details
        self.home = self._make(team)
        self._known = {team.region: self.home}

    def find(self, texts: Mapping[str, str]) -> Place:
        """Return as of where a row is read: of its own country, where it names one.

        But a company may sit elsewhere than the people who are called there: where a number is in
        use at home and not there, the row is of home.
        """
        region = _country(texts[COUNTRY]) if COUNTRY in texts else ""
        if not region or region == self.home.region:
            return self.home
        for name in PHONES:
            text = texts.get(name)
            if text and _is_only_of(text, self.home.region, region):
                return self.home
        if region not in self._known:
            self._known[region] = self._make(as_of(self.home.related["team"], region))
        return self._known[region]

    def _make(self, team: Team) -> Place:
        related = {"team": team}
        contact = _CONTACTS.make(related, team_id=team.pk)
        company = _COMPANIES.make(related, team_id=team.pk)
        return Place(
            team.region,
            related,
            field_rules(self._people, contact),
            field_rules(self._details, company),
        )


def as_of(team: Team, region: str) -> Team:
    """Return the team as if it were there; it stays what it is."""
    elsewhere = copy.copy(team)
    elsewhere.region = region
    return elsewhere


def has_country_code(text: str) -> bool:
    """Return whether a number says itself of which country it is."""
    return text.lstrip("'( ").startswith(("+", "00"))


def _is_only_of(text: str, region: str, other: str) -> bool:
    return (
        not has_country_code(text)
        and normalize.is_phone_of(text, region)
        and not normalize.is_phone_of(text, other)
    )


@lru_cache(TEXTS_KNOWN)
def _country(text: str) -> str:
    """Return the code of a country; "" where it is none."""
    try:
        return normalize.country(text)
    except normalize.NormalizeError:
        return ""
