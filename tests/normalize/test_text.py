from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import normalize

ANY_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        (" \t\n ", ""),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree"),
        ("  <b>kept</b>  as  typed ", "<b>kept</b>  as  typed"),
        ("Grüße 👋🏽", "Grüße 👋🏽"),
    ],
)
def test_clean_text(typed: str, stored: str) -> None:
    assert normalize.clean_text(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Anna \t Maria\nLópez ", "Anna Maria López"),
        ("O\u2019Brien", "O\u2019Brien"),
        ("\ufeffAnna\u200b", "Anna"),
        ("\u202eevil\u202c", "evil"),
        ("Bell\x07\x1b", "Bell"),
        ("Zoe\u0308", "Zoë"),
        ("non\xa0breaking\u3000wide", "non breaking wide"),
        ("mcDonald van der BERG", "mcDonald van der BERG"),
        ("x\u200d\u200c", "x"),
        # Joiners that change how the word is written stay.
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_lines_and_names(typed: str, stored: str) -> None:
    assert normalize.clean_line(typed) == stored
    assert normalize.person_name(typed) == stored


@pytest.mark.parametrize(
    "function",
    [
        normalize.clean_text,
        normalize.clean_line,
        normalize.person_name,
        normalize.name_key,
        normalize.email,
        normalize.website,
        normalize.domain,
        normalize.phone,
        normalize.timezone,
        normalize.country,
        normalize.search_terms,
        normalize.search_text,
    ],
)
@pytest.mark.parametrize(("typed", "code"), [("a\x00b", "nul"), ("a\ud83d", "surrogate")])
def test_what_no_database_stores_is_refused_everywhere(
    function: Callable[[str], str], typed: str, code: str
) -> None:
    with pytest.raises(normalize.NormalizeError) as refusal:
        function(typed)
    assert refusal.value.code == code
    assert str(refusal.value) == refusal.value.message
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Corp", " ACME   corp "),
        ("Straße AG", "STRASSE AG"),
        ("ＡＣＭＥ", "acme"),
        ("Café", "CAFE\u0301"),
        ("Acme\u200b", "acme"),
    ],
)
def test_name_key_joins_spellings(one: str, other: str) -> None:
    assert normalize.name_key(one) == normalize.name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Café", "Cafe"), ("A-B", "AB"), ("A B", "AB")])
def test_name_key_keeps_names_apart(one: str, other: str) -> None:
    assert normalize.name_key(one) != normalize.name_key(other)


@given(ANY_TEXT)
def test_text_is_settled_by_one_pass(typed: str) -> None:
    for function in (normalize.clean_text, normalize.clean_line, normalize.name_key):
        once = function(typed)
        assert function(once) == once


@given(ANY_TEXT)
def test_a_line_has_one_line_and_its_key_is_its_own(typed: str) -> None:
    line = normalize.clean_line(typed)
    assert len(line.splitlines()) <= 1
    assert normalize.name_key(line) == normalize.name_key(typed)
