"""Recordings as files: what is accepted, how long it is, and the waveform's two lanes.

A stereo recording has the assistant on the left channel and the contact on the right.
"""

import dataclasses
import hashlib
import sys
import wave
from array import array
from collections.abc import Iterator
from typing import IO, Any

import miniaudio
from django.core.exceptions import ValidationError

MAX_BYTES = 200 * 2**20
LANE_LENGTH = 120
#: Compressed silence can unfold to years.
MOST_SECONDS = 12 * 3600
#: How other formats than plain WAV are decoded, a tenth of a second at a time.
RATE = 8000
FRAMES = RATE // 10

#: (offset, bytes) that the file starts with, and its media type
SIGNATURES = (
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xfa", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (4, b"ftyp", "audio/mp4"),
    (0, b"\x1aE\xdf\xa3", "audio/webm"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sound file; what could not be measured is None, or an empty waveform."""

    content_type: str
    size: int
    sha256: str
    seconds: float | None
    channels: int | None
    peaks: dict[str, list[float]]

    @property
    def extension(self) -> str:
        """How the file's name should end."""
        kind = self.content_type.split("/")[1]
        return {"mpeg": "mp3", "mp4": "m4a"}.get(kind, kind)


def measure(file: IO[bytes]) -> Facts:
    """Return what is to be known of the file; raises ValidationError where it is no sound."""
    content_type = sniff_content_type(file)
    digest, size = hashlib.file_digest(file, "sha256"), file.tell()  # type: ignore[arg-type]
    peaks = compute_peaks(file)
    seconds, channels = peaks.pop("seconds", None), peaks.pop("channels", None)
    return Facts(content_type, size, digest.hexdigest(), seconds, channels, peaks)


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
    """Return {"seconds", "channels", "assistant", "contact"}: up to 120 loudnesses in a lane.

    A loudness is 0 to 1; a mono file has one lane, `contact`. What cannot be decoded returns {}:
    the player then shows no waveform.
    """
    file.seek(0)
    try:
        return _read_plain(file) or _decode(file)
    finally:
        file.seek(0)


def _read_plain(file: IO[bytes]) -> dict[str, Any]:
    """Measure a WAV of 8 or 16 bits a sample, which needs no decoder."""
    try:
        with wave.open(file) as sound:
            return _lanes(sound)
    except (wave.Error, EOFError):
        return {}


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
    seconds = round(frames / sound.getframerate(), 2)
    return {"seconds": seconds, "channels": channels, **_scaled(lanes)}


def _samples(chunk: bytes, width: int) -> array[int]:
    samples = array("B" if width == 1 else "h", chunk[: len(chunk) // width * width])
    if width == 2 and sys.byteorder == "big":
        samples.byteswap()
    return samples


def _loudness(samples: array[int], width: int) -> float:
    """Return the mean distance from silence, which is 128 in 8-bit sound."""
    # Every eighth sample is enough for a picture 120 bars wide.
    few = samples[::8]
    middle = 128 if width == 1 else 0
    return sum(abs(sample - middle) for sample in few) / max(1, len(few))


class _Source(miniaudio.StreamableSource):
    """An open file, as the decoder reads it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, num_bytes: int) -> bytes:
        return self._file.read(num_bytes)

    def seek(self, offset: int, origin: miniaudio.SeekOrigin) -> bool:
        self._file.seek(offset, 1 if origin == miniaudio.SeekOrigin.CURRENT else 0)
        return True


def _decode(file: IO[bytes]) -> dict[str, Any]:
    """Measure an MP3, a FLAC, or a WAV of another encoding (telephones like µ-law)."""
    file.seek(0)
    left, right, frames, is_mono = array("d"), array("d"), 0, True
    try:
        for samples in _decoded(file):
            one, other = samples[::2], samples[1::2]
            # A mono file has been decoded to two channels that are the same.
            is_mono = is_mono and one == other
            left.append(_loudness(one, 2))
            right.append(_loudness(other, 2))
            frames += len(one)
            if frames > MOST_SECONDS * RATE:
                return {}
    except (miniaudio.MiniaudioError, OSError, ValueError):
        return {}
    if not frames:
        return {}
    lanes = {"contact": _folded(right)}
    if not is_mono:
        lanes = {"assistant": _folded(left), **lanes}
    found = {"seconds": round(frames / RATE, 2), "channels": 1 if is_mono else 2}
    return {**found, **_scaled(lanes)}


def _decoded(file: IO[bytes]) -> Iterator[array[int]]:
    return miniaudio.stream_any(_Source(file), nchannels=2, sample_rate=RATE, frames_to_read=FRAMES)


def _folded(loudnesses: array[float]) -> list[float]:
    """Return the mean of each of up to 120 equal stretches."""
    step = max(1, -(-len(loudnesses) // LANE_LENGTH))
    parts = (loudnesses[start : start + step] for start in range(0, len(loudnesses), step))
    return [sum(part) / len(part) for part in parts]


def _scaled(lanes: dict[str, list[float]]) -> dict[str, list[float]]:
    loudest = max((max(lane, default=0.0) for lane in lanes.values()), default=0.0) or 1.0
    return {name: [round(value / loudest, 3) for value in lane] for name, lane in lanes.items()}
