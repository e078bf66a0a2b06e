"""What a call came to, by rules."""

import datetime as dt

import pytest

from calls.enrichment.extractors import get_extractor
from calls.enrichment.findings import Digest, TargetField
from calls.models import Outcome, Sentiment
from tests.calls.enrichment.talks import talk

pytestmark = pytest.mark.once
SEATS = TargetField("seats", "Seats needed", "number")


def digest(*said: str) -> Digest:
    return get_extractor("offline").extract(talk(*said), [SEATS]).digest


def test_a_summary_is_key_sentences_and_says_so() -> None:
    got = digest(
        "A: How many seats do you need?",
        "C: Forty.",
        "A: Fine. When should I call you back?",
        "C: Next Tuesday would be great.",
    )
    assert got.summary == (
        "Key sentences of the call:\n\n"
        "- Asked “How many seats do you need?”: “Forty.”\n"
        "- “Next Tuesday would be great.”"
    )
    assert got.summary_by == "key sentences"
    assert (got.outcome, got.sentiment, got.success) == (
        Outcome.CONNECTED,
        Sentiment.POSITIVE,
        True,
    )
    assert got.next_step
    assert (got.next_step.date, got.next_step.turn) == (dt.date(2026, 3, 10), 3)


def test_an_offer_that_is_taken_is_the_next_step() -> None:
    got = digest("A: Shall I send you an offer tomorrow?", "C: Yes, please do.")
    assert got.next_step
    assert got.next_step.text == "Shall I send you an offer tomorrow?"
    assert got.next_step.date == dt.date(2026, 3, 5)


@pytest.mark.parametrize("reply", ["No, better not.", "I'd have to ask."])
def test_an_offer_that_is_not_taken_is_none(reply: str) -> None:
    assert digest("A: Shall I send you an offer tomorrow?", f"C: {reply}").next_step is None


def test_a_wish_not_to_be_called_ends_it() -> None:
    got = digest("A: Hello, may I call you next week?", "C: No. Never call here again.")
    assert (got.sentiment, got.success, got.next_step) == (Sentiment.NEGATIVE, False, None)


def test_a_mailbox_says_nothing_about_the_contact() -> None:
    call = talk("A: Hello?", "C: You have reached the mailbox of 40 seats. Leave a message.")
    got = get_extractor("offline").extract(call, [SEATS])
    assert got.findings == ()
    assert got.digest.outcome == Outcome.VOICEMAIL


def test_a_fact_that_no_field_holds_becomes_a_suggestion() -> None:
    call = talk(
        "A: How many seats do you need?",
        "C: Forty.",
        "A: How many delivery vans do you have?",
        "C: We have nine.",
        "A: What is your name?",
        "C: Priya.",
    )
    got = get_extractor("offline").extract(call, [SEATS]).suggestions
    assert [(one.label, one.value, one.turn) for one in got] == [("Delivery vans", "nine", 3)]
