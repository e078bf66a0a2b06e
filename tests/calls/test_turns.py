import contextlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from calls.models import Speaker
from calls.turns import KEYS, MAX_TURNS, clean_turns, words_of


def turn(**changes: Any) -> dict[str, Any]:
    return {"speaker": "contact", "text": "Hello.", **changes}


def test_a_turn_is_stored_with_all_its_keys() -> None:
    assert clean_turns([turn()]) == [
        {"speaker": "contact", "text": "Hello.", "startSeconds": None, "endSeconds": None}
    ]


def test_times_are_seconds_to_the_millisecond() -> None:
    (stored,) = clean_turns([turn(startSeconds=1, endSeconds=2.34567)])
    assert (stored["startSeconds"], stored["endSeconds"]) == (1.0, 2.346)


@pytest.mark.parametrize("speaker", Speaker.values)
def test_every_speaker_may_speak(speaker: str) -> None:
    assert clean_turns([turn(speaker=speaker)])[0]["speaker"] == speaker


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("hello", "Turn 2 is not an object with a speaker and a text."),
        ({"text": "Hi"}, "Turn 2 needs a speaker: one of assistant, contact, agent, system, tool."),
        (turn(speaker="bot"), "Turn 2 needs a speaker: one of"),
        (turn(speaker=[]), "Turn 2 needs a speaker: one of"),
        ({"speaker": "contact"}, "Turn 2 needs a text."),
        (turn(text=None), "Turn 2 needs a text."),
        (turn(text="x" * 20_001), "Turn 2 is longer than 20,000 characters."),
        (turn(text="a\x00b"), "Turn 2 cannot be stored: This text contains a NUL"),
        (turn(mood="good"), "Turn 2 has an unknown key “mood”."),
        (turn(startSeconds="1"), "Turn 2 has no count of seconds as startSeconds."),
        (turn(startSeconds=True), "Turn 2 has no count of seconds as startSeconds."),
        (turn(endSeconds=-1), "Turn 2 has no count of seconds as endSeconds."),
        (turn(endSeconds=float("nan")), "Turn 2 has no count of seconds as endSeconds."),
        (turn(endSeconds=10**400), "Turn 2 has no count of seconds as endSeconds."),
        (turn(startSeconds=2, endSeconds=1), "Turn 2 ends before it starts."),
    ],
)
def test_the_error_says_which_turn_is_wrong_and_how(wrong: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_turns([turn(), wrong])
    assert refused.value.messages[0].startswith(sentence)


@pytest.mark.parametrize("wrong", ["text", {"speaker": "contact"}, None, 3])
def test_a_transcript_is_a_list(wrong: object) -> None:
    with pytest.raises(ValidationError, match="A transcript is a list of turns"):
        clean_turns(wrong)


def test_a_transcript_has_a_greatest_length() -> None:
    with pytest.raises(ValidationError, match="at most 5,000 turns"):
        clean_turns([turn()] * (MAX_TURNS + 1))


@given(
    st.recursive(st.none() | st.floats() | st.integers() | st.text(), st.lists)
    | st.lists(st.fixed_dictionaries({"speaker": st.text()}, optional={"text": st.text()}))
)
def test_whatever_is_sent_is_stored_or_refused(sent: Any) -> None:
    with contextlib.suppress(ValidationError):
        assert [set(turn) for turn in clean_turns(sent)] == [KEYS] * len(sent)


def test_words_are_what_search_looks_through() -> None:
    words = words_of([turn(text="Grüße aus"), turn(text="KÖLN")])
    assert words.split() == ["grusse", "aus", "koln"]
