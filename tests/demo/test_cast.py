"""The people: as many as promised, from many places, with numbers that reach nobody."""

import re

import phonenumbers
import pytest

from contacts.models import LeadStatus
from tests.demo.planning import Plan

pytestmark = pytest.mark.once

#: Kept for fiction by the regulators of these countries
FICTION = {
    "US": r"\+1\d{3}55501\d\d",
    "CA": r"\+1\d{3}55501\d\d",
    "GB": r"\+44(2079460\d{3}|11[367]4960\d{3}|1[2346]14960\d{3}|2920180\d{3}|28964960\d\d)",
    "DE": r"\+49(3023125\d{3}|6990009\d{3}|4066969\d{3}|2214710\d{3}|8999998\d{3}|1713920\d{3}"
    r"|176040690\d\d)",
    "FR": r"\+33(19900|26191|35301|46571|53649)\d{4}",
    "SE": r"\+46(3139006\d\d|4062804\d\d|8465004\d\d|7017406[1-9]\d)",
    "AU": r"\+61[2378](5550|7010)\d{4}",
}


def test_so_many_companies_and_people(plan: Plan) -> None:
    assert {slug: len(firms) for slug, firms in plan.firms.items()} == {"demo": 40, "acme": 20}
    assert {slug: len(people) for slug, people in plan.people.items()} == {"demo": 270, "acme": 130}


@pytest.mark.parametrize("team", ["demo", "acme"])
def test_they_come_from_many_countries_in_every_status(plan: Plan, team: str) -> None:
    people = plan.people[team]
    assert len({person.country.code for person in people}) >= 8
    assert {person.status for person in people} == set(LeadStatus)
    assert 0 < sum(not person.phone for person in people) < len(people) / 8
    assert any(p.do_not_call and p.status != LeadStatus.DO_NOT_CONTACT for p in people)


def test_every_number_is_possible_and_reaches_nobody(plan: Plan) -> None:
    everybody = [
        (p.country.code, n) for p in plan.all_people() for n in (p.phone, p.phone_secondary)
    ]
    switchboards = [(f.city.country.code, f.phone) for fs in plan.firms.values() for f in fs]
    for country, number in [*everybody, *switchboards]:
        if number:
            parsed = phonenumbers.parse(number, None)
            assert phonenumbers.is_valid_number(parsed), number
            assert phonenumbers.region_code_for_number(parsed) == country
            assert re.fullmatch(FICTION.get(country, r"\+\d+"), number), number


@pytest.mark.parametrize("team", ["demo", "acme"])
def test_only_the_switchboard_is_shared(plan: Plan, team: str) -> None:
    firm, people = plan.firms[team][0], plan.people[team]
    numbers = [n for person in people for n in (person.phone, person.phone_secondary) if n]
    assert [n for n in numbers if numbers.count(n) > 1] == [firm.phone, firm.phone]
    assert {person.firm.name for person in people if person.phone == firm.phone} == {firm.name}


def test_addresses_cannot_be_delivered_to(plan: Plan) -> None:
    for person in plan.all_people():
        assert person.email.endswith(".example") or not person.email
        assert person.email.isascii()


def test_it_is_the_same_cast_every_time(plan: Plan) -> None:
    again = Plan()
    assert again.people == plan.people
    assert again.firms == plan.firms
