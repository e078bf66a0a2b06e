import contextlib
import zoneinfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import normalize


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/BERLIN ", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("utc", "UTC"),
        ("Asia/Kolkata", "Asia/Kolkata"),
    ],
)
def test_timezone(typed: str, stored: str) -> None:
    assert normalize.timezone(typed) == stored


@pytest.mark.parametrize(
    "typed", ["Mars/Olympus", "Berlin", "+02:00", "localtime", "../etc/passwd"]
)
def test_no_timezone(typed: str) -> None:
    with pytest.raises(normalize.NormalizeError, match="is not a timezone") as refusal:
        normalize.timezone(typed)
    assert refusal.value.code == "timezone"


def test_every_timezone_is_read_as_itself_and_has_a_clock() -> None:
    for name in normalize.timezone_names():
        assert normalize.timezone(name) == name
        assert zoneinfo.ZoneInfo(name).key == name


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", ""),
        ("DE", "DE"),
        ("de", "DE"),
        ("deu", "DE"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("Great Britain", "GB"),
        ("the Netherlands", "NL"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("united  states of AMERICA", "US"),
        ("Österreich", "AT"),
        ("osterreich", "AT"),
        ("Côte d'Ivoire", "CI"),
        ("Czech Republic", "CZ"),
        ("South Korea", "KR"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("España", "ES"),
        ("Polska", "PL"),
    ],
)
def test_country(typed: str, code: str) -> None:
    assert normalize.country(typed) == code


@pytest.mark.parametrize("typed", ["Atlantis", "EU", "ZZ", "276", "D", "<b>DE</b>x", "-"])
def test_no_country(typed: str) -> None:
    with pytest.raises(normalize.NormalizeError, match="is not a country") as refusal:
        normalize.country(typed)
    assert refusal.value.code == "country"


def test_every_country_is_found_by_its_code_and_its_name() -> None:
    for code, name in normalize.country_names().items():
        assert normalize.country(code) == code
        assert normalize.country(name) == code
        assert normalize.country_name(code) == name
    assert len(normalize.country_names()) == 250  # ISO 3166-1 and Kosovo


def test_countries_are_those_that_have_phones() -> None:
    assert set(phonenumbers.SUPPORTED_REGIONS) - set(normalize.country_names()) == {"AC", "TA"}


def test_what_is_no_code_is_shown_as_it_is() -> None:
    assert normalize.country_name("Atlantis") == "Atlantis"
    assert normalize.country_name("") == ""


@given(st.text())
def test_any_text_is_read_or_refused(typed: str) -> None:
    for function in (normalize.country, normalize.timezone):
        with contextlib.suppress(normalize.NormalizeError):
            assert function(function(typed)) == function(typed)
