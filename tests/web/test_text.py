import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator

import pytest
from django.utils import timezone

from crm.web import text

NOW = dt.datetime(2026, 11, 24, 13, 40, tzinfo=dt.UTC)  # a Tuesday, 14:40 in Stockholm


@pytest.fixture(autouse=True)
def _stockholm() -> Iterator[None]:
    with timezone.override(zoneinfo.ZoneInfo("Europe/Stockholm")):
        yield


def ago(**kwargs: float) -> dt.datetime:
    return NOW - dt.timedelta(**kwargs)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [("Ada", "Lovelace", "AL"), ("éric", "ünal", "ÉÜ"), ("Madonna", "", "M"), ("", "", "")],
)
def test_initials(first: str, last: str, expected: str) -> None:
    assert text.initials(first, last) == expected


def test_initials_of_one_text_take_its_last_word() -> None:
    assert text.initials("Ana Maria de Souza") == "AS"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(None, ""), (0, "0:00"), (59.6, "1:00"), (252, "4:12"), (3725, "1:02:05")],
)
def test_duration(seconds: float | None, expected: str) -> None:
    assert text.duration(seconds) == expected


def test_a_spoken_duration_counts_one_and_many() -> None:
    assert text.spoken_duration(61) == "1 minute 1 second"
    assert text.spoken_duration(8) == "8 seconds"


@pytest.mark.parametrize(
    ("moment", "short", "long"),
    [
        (ago(seconds=20), "Just now", "Just now"),
        (ago(minutes=1), "1 min ago", "1 minute ago"),
        (ago(minutes=59), "59 min ago", "59 minutes ago"),
        (ago(hours=2), "2 h ago", "2 hours ago"),
        (ago(hours=15), "Yesterday", "Yesterday"),  # after midnight in UTC, before it here
        (ago(hours=38), "Yesterday", "Yesterday"),
        (ago(days=5), "19 Nov", "Thu 19 Nov"),
        (ago(days=365), "24 Nov 2025", "Mon 24 Nov 2025"),
        (ago(days=-1), "25 Nov", "Wed 25 Nov"),
    ],
)
def test_how_long_ago(moment: dt.datetime, short: str, long: str) -> None:
    assert text.when_text(moment, NOW) == short
    assert text.since_text(moment, NOW) == long


def test_midnight_is_the_viewers() -> None:
    before_midnight_here = dt.datetime(2026, 11, 23, 22, 59, tzinfo=dt.UTC)
    after_midnight_here = dt.datetime(2026, 11, 23, 23, 1, tzinfo=dt.UTC)
    assert text.day_text(before_midnight_here, NOW) == "Yesterday"
    assert text.day_text(after_midnight_here, NOW) == "Today"


def test_time_tag_shows_the_exact_time_in_the_viewers_zone() -> None:
    assert text.time_tag(ago(hours=2), NOW) == (
        '<time datetime="2026-11-24T11:40:00Z" title="Tue 24 Nov 2026, 12:40 CET">2 h ago</time>'
    )


def test_time_tag_says_utc_whatever_zone_it_was_given() -> None:
    local = ago(hours=2).astimezone(zoneinfo.ZoneInfo("Asia/Tokyo"))
    assert 'datetime="2026-11-24T11:40:00Z"' in text.time_tag(local, NOW)


def test_no_time_is_a_dash() -> None:
    assert text.time_tag(None, NOW) == text.DASH


@pytest.mark.parametrize(
    ("value", "terms", "expected"),
    [
        ("The contract", ["contract"], "The <mark>contract</mark>"),
        ("Contract, CONTRACT", ["contract"], "<mark>Contract</mark>, <mark>CONTRACT</mark>"),
        ("Lena Sjöberg", ["sjoberg"], "Lena <mark>Sjöberg</mark>"),
        ("Große Straße", ["strasse"], "Große <mark>Straße</mark>"),
        ("contract", ["contra", "tract"], "<mark>contract</mark>"),
        ("<b>contract</b>", ["contract"], "&lt;b&gt;<mark>contract</mark>&lt;/b&gt;"),
        ("a & b", ["&"], "a <mark>&amp;</mark> b"),
        ("nothing here", ["", "else"], "nothing here"),
    ],
)
def test_highlight(value: str, terms: list[str], expected: str) -> None:
    assert text.highlight(value, terms) == expected


@pytest.mark.parametrize(
    ("value", "terms", "expected"),
    [
        ("The prices? A price.", ["pric"], "The <mark>prices</mark>? A <mark>price</mark>."),
        ("contract", ["con", "tra"], "<mark>contract</mark>"),
        ("contract", ["co", "ra"], "<mark>contract</mark>"),
        ("555 0100 a", ["555"], "<mark>555</mark> 0100 a"),
    ],
)
def test_highlight_of_whole_words(value: str, terms: list[str], expected: str) -> None:
    assert text.highlight(value, terms, to_word_end=True) == expected


def test_a_tag_is_text_whatever_it_says() -> None:
    assert text.tag_list([("<script>", 3)]) == '<span class="tag tag-3">&lt;script&gt;</span>'


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["food", "print"], ["food", "print"]),
        (["decision-maker", "food"], ["decision-maker", "+1"]),
        (["food", "print", "bottles", "glass"], ["food", "print", "+2"]),
        (["longer than any column can be", "food"], ["longer than any column can be", "+1"]),
    ],
)
def test_a_row_shows_the_tags_it_has_room_for(names: list[str], expected: list[str]) -> None:
    shown = text.tag_list([(name, 0) for name in names])
    assert re.findall(">([^<]+)<", shown) == expected


def test_the_tags_left_out_are_at_hand() -> None:
    shown = text.tag_list([("decision-maker", 1), ("food", 2), ('"vip"', 3)])
    assert 'title="food, &quot;vip&quot;">+2<' in shown


def test_a_status_has_its_glyph_and_its_word() -> None:
    tag = text.status_tag("qualified", "Qualified")
    assert 'href="#s-qualified"' in tag
    assert "Qualified</span>" in tag
