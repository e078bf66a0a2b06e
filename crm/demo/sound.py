"""Recordings of the conversations: no words, but two voices that speak when the transcript says so.

A voice is a table of syllables, made once: a pulse train of the speaker's pitch shaped by a vowel's
formants, some with a breath of noise before. A turn lays them end to end, falling in pitch towards
the end of a sentence and rising in a question. 8-bit stereo at 8 kHz, the team on the left and the
contact on the right.
"""

import dataclasses
import functools
import io
import math
import re
import wave
from collections.abc import Iterator, Sequence
from typing import Any

from crm.demo.chance import dice

RATE = 8000  # samples a second
SILENCE = 128  # in 8-bit sound
LOUDNESS = 76  # of at most 127
PERIOD = 256  # samples of one turn of the wave in a table
BREATH = RATE // 50  # samples of noise before some vowels
LENGTHS = tuple(round(RATE * seconds) for seconds in (0.07, 0.1, 0.13, 0.17, 0.22))
#: First, second and third formant in Hz
VOWELS = (
    (730, 1090, 2440),
    (530, 1840, 2480),
    (300, 2250, 2900),
    (570, 850, 2410),
    (320, 870, 2240),
)
#: Pitch at the beginning and end of a syllable, as a factor of the voice's own
RISING, HIGH, MIDDLE, LOW = (1.0, 1.32), (1.16, 1.1), (1.04, 0.99), (0.94, 0.82)
TUNES = (RISING, HIGH, MIDDLE, LOW)

WORD = re.compile(r"\S+")
NUCLEUS = re.compile(r"[aeiouyäöüåáàâãéèêëíìîóòôõúùûœ]+|\d", re.IGNORECASE)
GAPS = {",": 1.0, ";": 1.2, ":": 1.2, ".": 1.8, "?": 1.8, "!": 1.8}
WORD_GAP = 0.18  # in syllables, as are the GAPS after a word


@dataclasses.dataclass(frozen=True, slots=True)
class Voice:
    """A speaker: pitch in Hz, and how small the throat is beside a man's."""

    name: str
    pitch: float
    throat: float


ASSISTANTS = {"Nora": Voice("Nora", 196, 1.14), "Felix": Voice("Felix", 112, 0.98)}
AGENT = Voice("agent", 172, 1.1)
CONTACTS = {
    "f": (Voice("f1", 214, 1.18), Voice("f2", 178, 1.1), Voice("f3", 232, 1.2)),
    "m": (Voice("m1", 98, 0.95), Voice("m2", 128, 1.02), Voice("m3", 142, 1.04)),
}


def recording(
    turns: Sequence[dict[str, Any]], seconds: float, *, assistant: str, gender: str, who: str
) -> bytes:
    """Return the conversation as a WAV file of that length.

    `gender` (f or m) and `who` choose the contact's voice; the same person always has the same.
    """
    contact = dice("voice", who).choice(CONTACTS[gender])
    voices = {"assistant": ASSISTANTS[assistant], "agent": AGENT, "contact": contact}
    frames = round(seconds * RATE)
    team, them = bytearray([SILENCE]) * frames, bytearray([SILENCE]) * frames
    for turn in turns:
        if turn["speaker"] in voices:
            lane = them if turn["speaker"] == "contact" else team
            _say(lane, turn, voices[turn["speaker"]])
    return _wav(team, them)


def _wav(left: bytearray, right: bytearray) -> bytes:
    both = bytearray(2 * len(left))
    both[0::2], both[1::2] = left, right
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(both)
    return file.getvalue()


def _say(lane: bytearray, turn: dict[str, Any], voice: Voice) -> None:
    """Lay the turn's syllables into the lane, evenly over its time."""
    start, end = round(turn["startSeconds"] * RATE), round(turn["endSeconds"] * RATE)
    places = list(_places(turn["text"]))
    width = (end - start) / places[-1][1]
    chance, table = dice("syllables", turn["text"]), _syllables(voice)
    for begin, until, tune in places:
        room = round((until - begin) * width)
        fitting = [length for length in LENGTHS if length <= room]
        if fitting:
            syllable = table[
                tune, fitting[-1], chance.randrange(len(VOWELS)), chance.random() < 0.4
            ]
            at = start + round(begin * width)
            lane[at : at + len(syllable)] = syllable


def _places(text: str) -> Iterator[tuple[float, float, tuple[float, float]]]:
    """Return for each syllable where it begins and ends, counted in syllables, and its tune."""
    words = WORD.findall(text)
    at = 0.0
    for index, word in enumerate(words):
        count = max(1, len(NUCLEUS.findall(word)))
        for syllable in range(count):
            yield at, at + 1, _tune(word, is_first=index == 0, is_last=syllable == count - 1)
            at += 1
        at += GAPS.get(word[-1], WORD_GAP)


def _tune(word: str, *, is_first: bool, is_last: bool) -> tuple[float, float]:
    if is_last and word.endswith("?"):
        return RISING
    if is_last and word.endswith((".", "!", ",")):
        return LOW
    return HIGH if is_first or word[0].isupper() else MIDDLE


@functools.cache
def _syllables(voice: Voice) -> dict[tuple[tuple[float, float], int, int, bool], bytes]:
    """Return the voice's syllables by tune, length, vowel, and whether a breath comes before."""
    table = {}
    for vowel, formants in enumerate(VOWELS):
        period = _wave(voice, formants)
        for tune in TUNES:
            for length in LENGTHS:
                sung = _sung(voice, period, tune, length)
                table[tune, length, vowel, False] = _samples(sung)
                table[tune, length, vowel, True] = _samples(_breathed(sung))
    return table


def _wave(voice: Voice, formants: tuple[int, ...]) -> list[float]:
    """Return one period: harmonics weaker the higher they are, but strong about the formants.

    Each harmonic starts at another phase, so that they do not all peak at once, which would buzz.
    """
    harmonics = range(1, int(3400 / voice.pitch) + 1)
    weights = [_weight(n * voice.pitch / voice.throat, formants) / n for n in harmonics]
    period = [
        sum(w * math.sin(n * step + 0.7 * n * n) for n, w in zip(harmonics, weights, strict=True))
        for step in (2 * math.pi * index / PERIOD for index in range(PERIOD))
    ]
    mean = math.sqrt(sum(value * value for value in period) / PERIOD)
    return [max(-1.0, min(1.0, 0.45 * value / mean)) for value in period]


def _weight(hertz: float, formants: tuple[int, ...]) -> float:
    return 0.12 + sum(
        math.exp(-(((hertz - formant) / 160) ** 2)) / (1 + index)
        for index, formant in enumerate(formants)
    )


def _sung(voice: Voice, period: list[float], tune: tuple[float, float], length: int) -> list[float]:
    begin, end = (voice.pitch * factor * PERIOD / RATE for factor in tune)
    bend = (end - begin) / (2 * length)
    return [
        swell * period[int((begin + bend * index) * index) % PERIOD]
        for index, swell in enumerate(_envelope(length))
    ]


def _breathed(sung: list[float]) -> list[float]:
    noise, envelope = dice("breath"), _envelope(len(sung))
    breath = [0.6 * envelope[index] * (noise.random() - 0.5) for index in range(BREATH)]
    return [*(0.25 * sung[index] + breath[index] for index in range(BREATH)), *sung[BREATH:]]


def _samples(values: list[float]) -> bytes:
    return bytes([SILENCE + round(LOUDNESS * value) for value in values])


@functools.cache
def _envelope(length: int) -> list[float]:
    """Swell within a quarter of the syllable, fall for the rest; silent at both ends."""
    positions = (index / length for index in range(length))
    edges = (p / 0.25 if p < 0.25 else (1 - p) / 0.75 for p in positions)
    return [math.sin(math.pi / 2 * edge) ** 0.8 for edge in edges]
