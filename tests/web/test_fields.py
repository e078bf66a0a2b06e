import datetime as dt
import zoneinfo
from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.web.fields import DurationField, MomentField


@pytest.fixture(autouse=True)
def _berlin() -> Iterator[None]:
    with timezone.override(zoneinfo.ZoneInfo("Europe/Berlin")):
        yield


def wrong(field: DurationField | MomentField, text: str) -> str:
    with pytest.raises(ValidationError) as error:
        field.clean(text)
    return str(error.value.messages[0])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4", 240),
        (" 4 min", 240),
        ("5 minutes", 300),
        ("4:12", 252),
        ("0:45", 45),
        ("4:5", 245),
        ("75:10", 4510),
        ("1:02:03", 3723),
        ("12:00:00", 43200),
        ("0", 0),
        ("", None),
    ],
)
def test_a_duration_is_minutes_or_minutes_and_seconds(text: str, seconds: int | None) -> None:
    assert DurationField(required=False, most_hours=12).clean(text) == seconds


@pytest.mark.parametrize("text", ["soon", "4:75", "1:60:00", "-4", "4.5", "4:", "٤", "1:2:3:4"])
def test_what_is_no_duration_is_said_how_to_write(text: str) -> None:
    assert "such as 4:12" in wrong(DurationField(most_hours=12), text)


@pytest.mark.parametrize("text", ["721", "12:00:01", "999999"])
def test_a_duration_that_cannot_be_is_refused(text: str) -> None:
    assert wrong(DurationField(most_hours=12), text).startswith("That is longer than 12 hours.")


@pytest.mark.parametrize("seconds", [0, 45, 252, 3600, 43200])
def test_a_duration_is_read_as_it_is_shown(seconds: int) -> None:
    field = DurationField(most_hours=12)
    assert field.clean(field.prepare_value(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-11-24T12:40", "2025-11-24T11:40"),
        ("2025-07-01 12:40", "2025-07-01T10:40"),
        ("2025-10-26T02:30", "2025-10-26T01:30"),  # the clock showed it twice
    ],
)
def test_a_moment_is_read_by_the_viewers_clock(text: str, utc: str) -> None:
    assert MomentField().clean(text) == dt.datetime.fromisoformat(f"{utc}+00:00")


def test_of_two_moments_that_look_alike_one_to_come_is_not_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = dt.datetime(2025, 10, 26, 0, 35, tzinfo=dt.UTC)  # 02:35, an hour before the second
    monkeypatch.setattr(timezone, "now", lambda: first)
    assert MomentField().clean("2025-10-26T02:30") == first.replace(minute=30)


@pytest.mark.parametrize("text", ["yesterday", "2025-13-01T10:00", "12:40", "9999-12-31T23:59:99"])
def test_what_is_no_moment_is_said_how_to_write(text: str) -> None:
    assert "such as 2026-11-24 12:40" in wrong(MomentField(), text)


def test_a_moment_that_the_clocks_skipped_is_refused() -> None:
    assert "forward" in wrong(MomentField(), "2025-03-30T02:30")


def test_a_moment_is_shown_by_the_viewers_clock() -> None:
    field = MomentField()
    moment = dt.datetime(2025, 11, 24, 11, 40, tzinfo=dt.UTC)
    assert field.widget.format_value(field.prepare_value(moment)) == "2025-11-24T12:40"
