"""Calls, with transcripts and recordings where asked for."""

import functools
import io
import math
import struct
import wave
from typing import Any

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from calls.models import Call, Direction, Outcome
from calls.operations import Sound, save_call
from crm.history.models import Origin
from crm.history.recording import Author
from tests.factories.teams import TeamFactory


class CallFactory(factory.django.DjangoModelFactory[Call]):
    """A completed outbound call of two minutes that ended just now.

    It belongs to `team`, or to `contact` and its team. `turns=[…]` gives it a transcript,
    `sound=Sound(…)` a recording; `recorded=True` a second of stereo sound as a file.
    """

    class Meta:
        model = Call

    team = factory.SubFactory(TeamFactory)
    direction = Direction.OUTBOUND
    outcome = Outcome.CONNECTED
    started_at = factory.LazyFunction(timezone.now)
    duration_seconds = 120

    @classmethod
    def _generate(cls, strategy: Any, params: dict[str, Any]) -> Call:
        if params.get("contact"):
            params.setdefault("team", params["contact"].team)
            params.setdefault("to_number", params["contact"].phone)
        return super()._generate(strategy, params)

    @classmethod
    def _create(cls, model_class: type[Call], *args: Any, **kwargs: Any) -> Call:
        by = kwargs.pop("by", Author(Origin.DEMO))
        turns, sound = kwargs.pop("turns", None), kwargs.pop("sound", None)
        if kwargs.pop("recorded", False):
            sound = Sound(file=wav_file())
        return save_call(model_class(*args, **kwargs), by=by, turns=turns, sound=sound)


def wav_file(seconds: float = 1.0, rate: int = 8000, name: str = "call.wav") -> SimpleUploadedFile:
    """A stereo WAV: a quiet tone on the left (the assistant), a louder one on the right."""
    return SimpleUploadedFile(name, _wav(seconds, rate), content_type="audio/wav")


@functools.cache
def _wav(seconds: float, rate: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        frames = (_frame(index, rate) for index in range(int(seconds * rate)))
        sound.writeframes(b"".join(frames))
    return buffer.getvalue()


def _frame(index: int, rate: int) -> bytes:
    wave_now = math.sin(2 * math.pi * 440 * index / rate)
    return struct.pack("<hh", int(4000 * wave_now), int(16000 * wave_now))
