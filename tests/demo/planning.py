"""What the demo would store, before anything is."""

import datetime as dt

from crm.demo.cast import Firm, Numbers, Person, firms_of, people_of
from crm.demo.seeding import HOMES, Size
from crm.demo.story import PlannedCall, Teller

NOW = dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC)


class Plan:
    """All that would be stored, before anything is."""

    def __init__(self) -> None:
        self.firms: dict[str, list[Firm]] = {}
        self.people: dict[str, list[Person]] = {}
        self.calls: dict[str, list[PlannedCall]] = {}
        numbers = Numbers({home.number for home in HOMES.values()})
        for slug, home in HOMES.items():
            size = Size().share(slug)
            self.firms[slug] = firms_of(slug, numbers)
            self.people[slug] = people_of(slug, self.firms[slug], size.contacts, numbers)
            self.calls[slug] = Teller(home, NOW).calls(self.people[slug], size.calls, numbers)

    def all_people(self) -> list[Person]:
        return [person for people in self.people.values() for person in people]

    def all_calls(self) -> list[PlannedCall]:
        return [call for calls in self.calls.values() for call in calls]
