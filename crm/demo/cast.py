"""Who there is: the companies of a team and the people who work there."""

import dataclasses
import functools
import random
import unicodedata
from collections.abc import Iterator

from crm.demo.chance import dice, weighted
from crm.demo.tables import listed, table
from crm.demo.vocabulary import Country, Trade, countries, trades

STATUSES = (
    ("new", 37),
    ("contacted", 27),
    ("qualified", 12),
    ("customer", 10),
    ("unqualified", 5),
    ("churned", 4),
    ("do_not_contact", 4),
)
SOURCES = ("Website", "Trade fair", "Referral", "Webinar", "Newsletter", "Cold list", "Partner", "")
TAGS = {
    "demo": ("cold-chain", "pilot", "decision-maker", "multi-site", "spring-fair", "newsletter"),
    "acme": ("samples", "plastic-free", "print", "decision-maker", "webshop", "newsletter"),
}
#: Trucks or parcels a day, from and to, by the size of the company
VOLUMES = {
    "demo": {"11–50": (9, 24), "51–200": (19, 58), "201–500": (46, 110), "501–1,000": (120, 210)},
    "acme": {"1–10": (25, 60), "11–50": (70, 320), "51–200": (380, 900)},
}
NOTES = {
    "demo": (
        "Prefers calls before eight, then the dock gets busy.",
        "Met at the spring fair. Asked about calibration certificates.",
        "Second site opens next year.",
        "Works on site Monday to Wednesday only.",
        "Runs mixed fleets, ask which makes before sending anybody.",
        "Wants everything on one page.",
        "Knows the product from a former employer.",
    ),
    "acme": (
        "Has the sample card. Likes the uncoated board.",
        "Orders before the fifteenth, otherwise it waits a month.",
        "Ring at the ramp, the front door is locked.",
        "No deliveries on market days.",
        "Ships abroad, so ask about customs labels.",
        "Prefers email during the weeks before Christmas.",
    ),
}


@dataclasses.dataclass(frozen=True, slots=True)
class City:
    """A place, and the ranges of numbers there that reach nobody."""

    name: str
    state: str
    country: Country
    timezone: str
    postal_code: str
    street: str
    landline: str
    mobile: str


@dataclasses.dataclass(frozen=True, slots=True)
class Firm:
    """A company to be. `volume` is its trucks (demo) or its parcels a day (acme)."""

    name: str
    trade: Trade
    city: City
    size: str
    volume: int
    phone: str
    address: str
    domain: str
    external_id: str


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """A contact to be. `gender` (f or m) is for salutations only; `phone` may be empty."""

    firm: Firm
    first: str
    last: str
    gender: str
    title: str
    email: str
    phone: str
    phone_secondary: str
    status: str
    source: str
    best_reached: str
    do_not_call: bool
    notes: str
    tags: tuple[str, ...]
    external_id: str

    @property
    def city(self) -> City:
        """Where they work."""
        return self.firm.city

    @property
    def country(self) -> Country:
        """The country they work in."""
        return self.firm.city.country


class Numbers:
    """Deals out numbers of a range, each once, in an order that is always the same."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._decks: dict[str, Iterator[str]] = {}

    def deal(self, pattern: str) -> str:
        """Return the next number of the range, `#` being any digit and `%` any but 0."""
        if pattern not in self._decks:
            self._decks[pattern] = self._shuffled(pattern)
        return next(self._decks[pattern])

    def _shuffled(self, pattern: str) -> Iterator[str]:
        chance = dice("numbers", pattern)
        while True:
            number = "".join(_digit(sign, chance) for sign in pattern if sign != " ")
            if number not in self._taken:
                self._taken.add(number)
                yield number


def _digit(sign: str, chance: random.Random) -> str:
    if sign in "#%":
        return str(chance.randint(1 if sign == "%" else 0, 9))
    return sign


@functools.cache
def cities() -> dict[str, City]:
    """Return the places by their name."""
    return {
        row["city"]: City(
            name=row["city"],
            state=row["state"],
            country=countries()[row["country"]],
            timezone=row["timezone"],
            postal_code=row["postal"],
            street=row["street"],
            landline=row["landline"],
            mobile=row["mobile"],
        )
        for row in table("cities")
    }


def firms_of(team: str, numbers: Numbers) -> list[Firm]:
    """Return the companies of a team."""
    rows = [row for row in table("companies") if row["team"] == team]
    return [_firm(row, number, numbers) for number, row in enumerate(rows, 1)]


def _firm(row: dict[str, str], number: int, numbers: Numbers) -> Firm:
    chance, city = dice("firm", row["name"]), cities()[row["city"]]
    return Firm(
        name=row["name"],
        trade=trades()[row["trade"]],
        city=city,
        size=row["size"],
        volume=chance.randint(*VOLUMES[row["team"]][row["size"]]),
        phone=numbers.deal(city.landline),
        address=city.street.format(n=chance.randint(2, 240)),
        domain=f"{_latin(row['name'])}.example",
        external_id=f"C-{1000 + 7 * number}" if chance.random() < 0.6 else "",
    )


def people_of(team: str, firms: list[Firm], count: int, numbers: Numbers) -> list[Person]:
    """Return `count` people of these companies; some companies have more than others.

    The first two of the first company share its switchboard and have no number of their own.
    """
    weights = [dice("staff", firm.name).uniform(0.5, 1.6) for firm in firms]
    deal = dice("people", team)
    places = [firms[0], firms[0], *deal.choices(firms, weights, k=max(0, count - 2))]
    names = Names()
    people = [_person(team, firm, names, numbers, index) for index, firm in enumerate(places)]
    people[:2] = [
        dataclasses.replace(
            person,
            phone=firms[0].phone,
            phone_secondary="",
            status="contacted",
            do_not_call=False,
        )
        for person in people[:2]
    ]
    return people


class Names:
    """Gives everybody a name that nobody else of the team has."""

    def __init__(self) -> None:
        self._given: set[tuple[str, str]] = set()

    def give(self, country: str, chance: random.Random) -> tuple[str, str, str]:
        """Return gender, first and last name as common in the country."""
        kinds = {r["kind"]: listed(r["names"]) for r in table("names") if r["country"] == country}
        while True:
            gender = chance.choice("fm")
            first, last = chance.choice(kinds[gender]), chance.choice(kinds["last"])
            if (first, last) not in self._given:
                self._given.add((first, last))
                return gender, first, last


def _person(team: str, firm: Firm, names: Names, numbers: Numbers, index: int) -> Person:
    chance, city = dice("person", team, index), firm.city
    gender, first, last = names.give(city.country.code, chance)
    has_phone = chance.random() > 0.06
    status = weighted(chance, STATUSES)
    return Person(
        firm=firm,
        first=first,
        last=last,
        gender=gender,
        title=chance.choice(_titles(team, city.country.language)),
        email=f"{_latin(first)}.{_latin(last)}@{firm.domain}" if chance.random() > 0.05 else "",
        phone=numbers.deal(city.landline) if has_phone else "",
        phone_secondary=_second_phone(city, numbers, chance) if has_phone else "",
        status=status,
        source=chance.choice(SOURCES),
        best_reached=weighted(chance, (("", 70), ("phone", 14), ("email", 12), ("sms", 4))),
        do_not_call=status == "do_not_contact" or chance.random() < 0.02,
        notes=chance.choice(NOTES[team]) if chance.random() < 0.14 else "",
        tags=_tags(team, firm, chance),
        external_id=f"P-{20_000 + 13 * index}" if chance.random() < 0.3 else "",
    )


def _second_phone(city: City, numbers: Numbers, chance: random.Random) -> str:
    if chance.random() > (0.45 if city.mobile else 0.12):
        return ""
    return numbers.deal(city.mobile or city.landline)


@functools.cache
def _titles(team: str, language: str) -> list[str]:
    by_language = {r["language"]: listed(r["titles"]) for r in table("titles") if r["team"] == team}
    return by_language.get(language, by_language["en"])


def _tags(team: str, firm: Firm, chance: random.Random) -> tuple[str, ...]:
    more = chance.sample(TAGS[team], weighted(chance, ((0, 45), (1, 38), (2, 17))))
    return (firm.trade.tag, *more) if chance.random() < 0.6 else tuple(more)


def _latin(text: str) -> str:
    """Return the text as it would stand in an address: plain letters and single hyphens."""
    text = text.replace("ß", "ss").replace("ø", "o").replace("ı", "i").replace("&", " and ")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = plain.replace("'", "").replace(".", " ").replace("-", " ").split()
    return "-".join(words)
