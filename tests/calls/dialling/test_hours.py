"""When somebody may be called, by the clock where they are."""

import datetime as dt

import pytest

from calls.dialling.hours import check_hours, find_clock, hours_text, zone_of_number
from contacts.models import Contact
from crm.teams.models import Team

HERE = "Europe/Berlin"


def team(**values: object) -> Team:
    return Team(**{"timezone": HERE} | values)


def contact(zone: str = "") -> Contact:
    return Contact(first_name="Ada", last_name="Lovelace", timezone=zone)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "moment", "opens"),
    [
        ("UTC", "2026-11-25 08:59:59", "2026-11-25 09:00"),
        ("UTC", "2026-11-25 09:00", ""),
        ("UTC", "2026-11-25 16:59:59", ""),
        ("UTC", "2026-11-25 17:00", "2026-11-26 09:00"),
        # Friday evening, Saturday, Sunday: Monday morning.
        ("UTC", "2026-11-27 17:00", "2026-11-30 09:00"),
        ("UTC", "2026-11-28 12:00", "2026-11-30 09:00"),
        ("UTC", "2026-11-29 23:59", "2026-11-30 09:00"),
        # Nine in New York is three in the afternoon in Berlin.
        ("America/New_York", "2026-11-25 13:59", "2026-11-25 14:00"),
        ("America/New_York", "2026-11-25 14:00", ""),
        ("Asia/Tokyo", "2026-11-25 09:00", "2026-11-26 00:00"),
        # It is Monday there already.
        ("Pacific/Auckland", "2026-11-29 20:00", ""),
        # The clocks go back on the first of November.
        ("America/New_York", "2026-10-30 21:30", "2026-11-02 14:00"),
    ],
)
def test_the_contacts_own_clock_counts(zone: str, moment: str, opens: str) -> None:
    closed = check_hours(team(), contact(zone), "+493012345678", at(moment))
    assert (closed.opens_at.astimezone(dt.UTC) if closed else None) == (
        at(opens) if opens else None
    )


def test_without_a_timezone_the_number_tells() -> None:
    here = team()
    assert find_clock(here, contact(), "+12125550147").zone.key == "America/New_York"
    assert find_clock(here, contact("Asia/Tokyo"), "+12125550147").zone.key == "Asia/Tokyo"
    # A mobile number of Australia is of many zones, a toll-free one of more.
    for number in ("+61412345678", "+18005550182", "+88213123456"):
        assert zone_of_number(number) == ""
        assert find_clock(here, contact(), number).zone.key == HERE


@pytest.mark.parametrize(
    ("zone", "number", "moment", "words"),
    [
        (
            "America/New_York",
            "+493012345678",
            "2026-11-25 13:30",
            (
                "It is Wednesday, 08:30 for Ada, outside the calling hours. "
                "Calling is allowed from today, 09:00 there."
            ),
        ),
        (
            "",
            "+12125550147",
            "2026-11-27 23:30",
            (
                "It is Friday, 18:30 where the number is from, outside the calling hours. "
                "Calling is allowed from Monday 30 November, 09:00 there."
            ),
        ),
        (
            "",
            "+61412345678",
            "2026-11-25 20:00",
            (
                "It is Wednesday, 21:00 by the team’s clock, outside the calling hours. "
                "Calling is allowed from Thursday 26 November, 09:00 there."
            ),
        ),
    ],
)
def test_the_reason_says_when_it_becomes_allowed(
    zone: str, number: str, moment: str, words: str
) -> None:
    closed = check_hours(team(), contact(zone), number, at(moment))
    assert closed
    assert closed.reason == words


def test_the_teams_own_hours_and_days_count() -> None:
    late = team(calling_days="67", calling_start=dt.time(18), calling_end=dt.time(20, 30))
    assert hours_text(late) == "Sat, Sun, 18:00 to 20:30"
    assert check_hours(late, contact("UTC"), "", at("2026-11-28 20:29")) is None
    closed = check_hours(late, contact("UTC"), "", at("2026-11-29 20:30"))
    assert closed
    assert closed.opens_at == at("2026-12-05 18:00")


def test_an_hour_that_the_clocks_leave_out_begins_after_it() -> None:
    early = team(calling_days="1234567", calling_start=dt.time(2, 30), calling_end=dt.time(4))
    closed = check_hours(early, contact("America/New_York"), "", at("2026-03-08 06:00"))
    assert closed
    assert f"{closed.opens_at:%H:%M}" == "03:30"
