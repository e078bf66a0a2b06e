"""When a contact may be called: the team's calling hours, by the clock where the contact is."""

import dataclasses
import datetime as dt
import zoneinfo
from functools import lru_cache

import phonenumbers
from phonenumbers import timezone as number_zones

from contacts.models import Contact
from crm.teams.models import Team, Weekday

DAYS_AHEAD = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Clock:
    """The clock that counts for a contact, and how it is known."""

    zone: zoneinfo.ZoneInfo
    whose: str


@dataclasses.dataclass(frozen=True, slots=True)
class Closed:
    """Nobody may be called now: what time it is there, and when it becomes allowed."""

    clock: Clock
    now: dt.datetime
    opens_at: dt.datetime

    @property
    def reason(self) -> str:
        """The same in words."""
        there, opens = self.now.astimezone(self.clock.zone), self.opens_at
        day = "today" if opens.date() == there.date() else f"{opens:%A} {opens.day} {opens:%B}"
        return (
            f"It is {there:%A}, {there:%H:%M} {self.clock.whose}, outside the calling hours. "
            f"Calling is allowed from {day}, {opens:%H:%M} there."
        )


def find_clock(team: Team, contact: Contact, number: str) -> Clock:
    """Return the contact's clock: their timezone, else that of their number, else the team's."""
    if contact.timezone:
        return Clock(zoneinfo.ZoneInfo(contact.timezone), f"for {contact.first_name}")
    if zone := zone_of_number(number):
        return Clock(zoneinfo.ZoneInfo(zone), "where the number is from")
    return Clock(team.zone, "by the team’s clock")


@lru_cache(maxsize=4096)
def zone_of_number(number: str) -> str:
    """Return the one timezone that a number's area has; "" where it has several, or none."""
    zones = number_zones.time_zones_for_number(phonenumbers.parse(number))
    known = [zone for zone in zones if zone in zoneinfo.available_timezones()]
    return known[0] if len(known) == 1 else ""


def check_hours(team: Team, contact: Contact, number: str, now: dt.datetime) -> Closed | None:
    """Return why the contact may not be called now; None where they may."""
    clock = find_clock(team, contact, number)
    there = now.astimezone(clock.zone)
    is_day = str(there.isoweekday()) in team.calling_days
    if is_day and team.calling_start <= there.time() < team.calling_end:
        return None
    return Closed(clock, now, _opens_at(team, there))


def _opens_at(team: Team, there: dt.datetime) -> dt.datetime:
    """Return the next start of the calling hours."""
    for ahead in range(DAYS_AHEAD):
        day = there.date() + dt.timedelta(days=ahead)
        opens = dt.datetime.combine(day, team.calling_start, there.tzinfo)
        if str(day.isoweekday()) in team.calling_days and opens > there:
            # An hour that the clocks leave out begins when they have been put forward.
            return opens.astimezone(dt.UTC).astimezone(there.tzinfo)
    raise AssertionError("a team has a calling day")


def hours_text(team: Team) -> str:
    """Return the calling hours in words: `Mon, Tue, 09:00 to 17:00`."""
    days = ", ".join(Weekday(day).label for day in team.calling_days)
    return f"{days}, {team.calling_start:%H:%M} to {team.calling_end:%H:%M}"
