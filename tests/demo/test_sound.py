"""The recordings: both voices, each on its side, when the transcript says so and only then."""

import io
import wave
from array import array
from typing import Any

import pytest

from crm.demo.sound import RATE, SILENCE, recording

pytestmark = pytest.mark.once

TURNS: list[dict[str, Any]] = [
    {
        "speaker": "assistant",
        "text": "Hello, is that Rhian?",
        "startSeconds": 0.5,
        "endSeconds": 2.0,
    },
    {"speaker": "contact", "text": "Speaking. Who is it?", "startSeconds": 2.6, "endSeconds": 4.1},
    {"speaker": "system", "text": "Transferring to Maya.", "startSeconds": 4.3, "endSeconds": 5.0},
    {"speaker": "agent", "text": "Maya here, hello.", "startSeconds": 5.4, "endSeconds": 6.6},
]


def lanes(sound: bytes) -> tuple[wave._wave_params, array[int], array[int]]:
    with wave.open(io.BytesIO(sound)) as file:
        samples = array("B", file.readframes(file.getnframes()))
        return file.getparams(), samples[0::2], samples[1::2]


def play(**changes: Any) -> bytes:
    who = {"assistant": "Nora", "gender": "f", "who": "Rhian Pugh", **changes}
    return recording(TURNS, 7.0, **who)


def loud(lane: array[int], start: float, end: float) -> float:
    part = lane[round(start * RATE) : round(end * RATE)]
    return sum(abs(sample - SILENCE) for sample in part) / len(part)


def test_it_is_stereo_of_the_length_of_the_call() -> None:
    form, _team, _contact = lanes(play())
    assert (form.nchannels, form.sampwidth, form.framerate) == (2, 1, RATE)
    assert form.nframes == 7.0 * RATE


def test_each_speaks_on_their_side_in_their_turns() -> None:
    _form, team, contact = lanes(play())
    for turn in TURNS:
        left, right = (
            loud(lane, turn["startSeconds"], turn["endSeconds"]) for lane in (team, contact)
        )
        assert (left > 5) == (turn["speaker"] in ("assistant", "agent"))
        assert (right > 5) == (turn["speaker"] == "contact")


def test_between_the_turns_it_is_quiet() -> None:
    _form, team, contact = lanes(play())
    edges = [0.0, *(turn[at] for turn in TURNS for at in ("startSeconds", "endSeconds")), 7.0]
    for start, end in zip(edges[0::2], edges[1::2], strict=True):
        assert loud(team, start + 0.01, end - 0.01) == 0
        assert loud(contact, start + 0.01, end - 0.01) == 0


def test_the_first_syllable_comes_at_once_and_the_last_till_near_the_end() -> None:
    _form, team, _contact = lanes(play())
    assert loud(team, 0.5, 0.6) > 5
    assert loud(team, 1.6, 1.95) > 5


def test_nothing_is_clipped() -> None:
    _form, team, contact = lanes(play())
    assert min(team) > 0
    assert max(contact) < 255


def test_voices_differ_and_stay() -> None:
    assert play() == play()
    assert play(assistant="Felix") != play()
    assert len({play(gender=gender, who=str(who)) for gender in "fm" for who in range(12)}) == 6
