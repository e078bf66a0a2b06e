import pytest

from calls.finding import find_best, find_hits, find_terms

pytestmark = pytest.mark.once

TURNS = [
    {"speaker": "assistant", "text": "Shall I tell you about the price of the large plan?"},
    {"speaker": "contact", "text": "What is the price?"},
    {"speaker": "contact", "text": "And the large plan, at what price?"},
    {"speaker": "agent", "text": "Hello."},
]


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("who asked about pricing?", ["pric"]),
        ("Who talked about Zürich and prices?", ["zurich", "pric"]),
        ("which customers mentioned Salesforce", ["salesforc"]),
        ("refund policies?", ["refund", "polic"]),
        ("what of fees?", ["fees"]),
        # Only words that fill: then all of them are looked for.
        ("who was it?", ["who", "was", "it"]),
        # No question: every word counts.
        ("asked about pricing", ["asked", "about", "pricing"]),
        ("pricing", ["pricing"]),
        ("+1 415 555 0182", ["14155550182"]),
        ("", []),
        ("?", ["?"]),
    ],
)
def test_a_question_is_looked_for_by_what_it_is_about(query: str, terms: list[str]) -> None:
    assert find_terms(query) == terms


def test_hits_are_the_turns_with_one_of_the_words() -> None:
    assert find_hits(TURNS, ["price"]) == [0, 1, 2]
    assert find_hits(TURNS, ["hello", "price"]) == [0, 1, 2, 3]
    assert find_hits(TURNS, []) == []


def test_the_best_turn_has_most_of_the_words() -> None:
    assert find_best(TURNS, ["price", "large"], "price large") is TURNS[0]
    assert find_best(TURNS, ["price", "large"], "who asked about the large price?") is TURNS[2]
    assert find_best(TURNS, ["price"], "price") is TURNS[0]
    assert find_best(TURNS, ["pelican"], "pelican") is None
