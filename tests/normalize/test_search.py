import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import normalize

COLUMN = normalize.search_text(
    "Zoë Łucja", "O\u2019Brien-Müller", "zofia.k+x@acme.example", "+14155550182", "+442079460315"
)


def found(query: str, column: str = COLUMN) -> bool:
    return all(term in column for term in normalize.search_terms(query))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "zoe",
        "ZOË",
        "lucja zoë",
        "o'brien",
        "O\u2019BRIEN-muller",
        "zofia.k",
        "k+x@ACME",
        "(415) 555-0182",
        "4155550182",
        "+1 415 555",
        "+1-415",
        "555 0182",
        "-555-0",
        "zoe 415",
        "415 zoe",
        "zoë (415) 555-0182 brien",
        "+44 (0)20 7946 0315",
        "0044 20 7946",
        "020 7946 0315",
        "020 79",
        "\uff14\uff11\uff15",
        "415\u2013555",
    ],
)
def test_found(query: str) -> None:
    assert found(query)


@pytest.mark.parametrize(
    "query",
    [
        "anna",
        "zoe anna",
        "415 555 0183",
        "zoelucja",
        "0182 44",
        "luciaz",
        "%",
        "_",
        "brien zofia q",
    ],
)
def test_not_found(query: str) -> None:
    assert not found(query)


def test_a_term_matches_no_two_fields() -> None:
    assert not found("ab", normalize.search_text("a", "b"))
    assert not found("12", normalize.search_text("1", "2"))


def test_every_word_begins_with_the_separator() -> None:
    column = normalize.search_text("Anna Maria", "", "anna@acme.example", "+442079460315")
    assert column == " anna maria anna@acme.example 442079460315 02079460315"
    assert normalize.SEARCH_SEPARATOR + "ma" in column


def test_a_number_is_kept_once_where_home_adds_no_digit() -> None:
    assert normalize.search_text("+14155550182", "+14155550182") == " 14155550182"


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("  ", []),
        ("-734-5", ["7345"]),
        ("anna 415 555 anna", ["anna", "415555"]),
        ("007", ["007"]),
        ("-", ["-"]),
        ("Straße Æsop", ["strasse", "aesop"]),
    ],
)
def test_terms(query: str, terms: list[str]) -> None:
    assert normalize.search_terms(query) == terms


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), max_size=3
    )
)
def test_what_a_field_holds_finds_it(parts: list[str]) -> None:
    column = normalize.search_text(*parts)
    for part in parts:
        assert found(part, column)
        assert all(found(word, column) for word in part.split())


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_terms_hold_no_separator_and_fold_to_themselves(query: str) -> None:
    for term in normalize.search_terms(query):
        assert term
        assert normalize.SEARCH_SEPARATOR not in term
        assert normalize.search_terms(term) == [term]
