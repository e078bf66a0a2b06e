"""Recordings as files: what is accepted, how long it is, and the waveform's two lanes.

A stereo recording has the assistant on the left channel and the contact on the right.
"""

import sys
import wave
from array import array
from typing import IO, Any

from django.core.exceptions import ValidationError

MAX_BYTES = 200 * 2**20
LANE_LENGTH = 120

#: (offset, bytes) that the file starts with, and its media type
SIGNATURES = (
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (4, b"ftyp", "audio/mp4"),
    (0, b"\x1aE\xdf\xa3", "audio/webm"),
)


def sniff_content_type(file: IO[bytes]) -> str:
    """Return the media type by the file's first bytes, whatever its name says.

    Raises ValidationError where it is no sound file that browsers play.
    """
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    for offset, signature, content_type in SIGNATURES:
        if head[offset:].startswith(signature):
            return content_type
    raise ValidationError(
        "This is not a sound file. Upload a WAV, MP3, Ogg, FLAC, M4A or WebM recording.",
        code="not_audio",
    )


def compute_peaks(file: IO[bytes]) -> dict[str, Any]:
    """Return {"seconds", "assistant", "contact"} of a WAV: up to 120 loudnesses of 0 to 1 a lane.

    A mono file has one lane, `contact`. Other formats, and WAVs of an encoding that the standard
    library does not read, return {}: the player then shows no waveform.
    """
    file.seek(0)
    try:
        with wave.open(file) as sound:
            return _lanes(sound)
    except (wave.Error, EOFError):
        return {}
    finally:
        file.seek(0)


def _lanes(sound: wave.Wave_read) -> dict[str, Any]:
    frames, channels, width = sound.getnframes(), sound.getnchannels(), sound.getsampwidth()
    if not frames or width not in (1, 2):
        return {}
    step = max(1, -(-frames // LANE_LENGTH))
    names = ("assistant", "contact") if channels == 2 else ("contact",)
    lanes: dict[str, list[float]] = {name: [] for name in names}
    while chunk := sound.readframes(step):
        samples = _samples(chunk, width)
        for channel, name in enumerate(names):
            lanes[name].append(_loudness(samples[channel::channels], width))
    return {"seconds": round(frames / sound.getframerate(), 2), **_scaled(lanes)}


def _samples(chunk: bytes, width: int) -> array[int]:
    samples = array("B" if width == 1 else "h", chunk)
    if width == 2 and sys.byteorder == "big":
        samples.byteswap()
    return samples


def _loudness(samples: array[int], width: int) -> float:
    """Return the mean distance from silence, which is 128 in 8-bit sound."""
    # Every eighth sample is enough for a picture 120 bars wide.
    few = samples[::8]
    middle = 128 if width == 1 else 0
    return sum(abs(sample - middle) for sample in few) / max(1, len(few))


def _scaled(lanes: dict[str, list[float]]) -> dict[str, list[float]]:
    loudest = max((max(lane, default=0.0) for lane in lanes.values()), default=0.0) or 1.0
    return {name: [round(value / loudest, 3) for value in lane] for name, lane in lanes.items()}
