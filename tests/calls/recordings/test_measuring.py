import io
import struct
import wave

import pytest
from django.core.exceptions import ValidationError

from calls.recordings.measuring import LANE_LENGTH, compute_peaks, measure, sniff_content_type


def wav(
    left: list[int], right: list[int] | None = None, *, width: int = 2, rate: int = 8000
) -> io.BytesIO:
    """A WAV of these samples on each channel; 8-bit samples are unsigned, 16-bit ones signed."""
    file = io.BytesIO()
    form = "<B" if width == 1 else "<h"
    pairs = zip(left, right, strict=True) if right else ((sample,) for sample in left)
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2 if right else 1)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        sound.writeframes(b"".join(struct.pack(form, one) for frame in pairs for one in frame))
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"ID3\x04\x00\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"fLaC\x00\x00", "audio/flac"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"\x1aE\xdf\xa3\x01\x00", "audio/webm"),
    ],
)
def test_the_type_is_told_by_the_first_bytes(head: bytes, content_type: str) -> None:
    file = io.BytesIO(head + b"\0" * 100)
    assert sniff_content_type(file) == content_type
    assert file.tell() == 0


@pytest.mark.parametrize("head", [b"", b"<html>", b"RIFF\x24\x00\x00\x00AVI ", b"MZ\x90", b"%PDF"])
def test_what_is_no_sound_is_refused(head: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        sniff_content_type(io.BytesIO(head))
    assert refused.value.code == "not_audio"


def test_left_is_the_assistant_and_right_the_contact() -> None:
    peaks = compute_peaks(wav([16000] * 8000, [4000] * 8000))
    assert peaks["seconds"] == 1
    assert peaks["assistant"] == [1.0] * len(peaks["assistant"])
    assert set(peaks["contact"]) == {0.25}


def test_a_mono_recording_has_one_lane() -> None:
    assert set(compute_peaks(wav([1000] * 800))) == {"seconds", "channels", "contact"}


def test_a_lane_has_at_most_so_many_bars_and_shows_when_somebody_speaks() -> None:
    lane = compute_peaks(wav([0] * 8000 + [9000] * 8000))["contact"]
    assert len(lane) <= LANE_LENGTH
    half = len(lane) // 2
    assert max(lane[: half - 1]) == 0
    assert min(lane[half + 1 :]) == 1


def test_silence_divides_by_nothing() -> None:
    assert set(compute_peaks(wav([0] * 800, [0] * 800))["assistant"]) == {0.0}


def test_eight_bits_are_silent_in_the_middle() -> None:
    lane = compute_peaks(wav([128] * 400 + [255] * 400, width=1))["contact"]
    assert (lane[0], lane[-1]) == (0.0, 1.0)


@pytest.mark.parametrize(
    "content",
    [b"", b"ID3 an mp3", b"RIFF\x24\x00\x00\x00WAVEfmt ", b"RIFF\xff\xff\xff\xffWAVE" + b"\0" * 50],
)
def test_what_cannot_be_measured_has_no_waveform(content: bytes) -> None:
    assert compute_peaks(io.BytesIO(content)) == {}


def telephone_wav(left: bytes, right: bytes) -> io.BytesIO:
    """A stereo WAV as telephones encode it (µ-law), which the standard library does not read."""
    data = bytes(byte for pair in zip(left, right, strict=True) for byte in pair)
    head = struct.pack("<HHIIHH", 7, 2, 8000, 16000, 2, 8)
    parts = b"WAVEfmt " + struct.pack("<I", len(head)) + head
    parts += b"data" + struct.pack("<I", len(data)) + data
    return io.BytesIO(b"RIFF" + struct.pack("<I", len(parts)) + parts)


def test_a_telephones_encoding_is_decoded() -> None:
    loud, quiet = bytes([0x80, 0x00]) * 8000, bytes([0xFF]) * 16000
    facts = measure(telephone_wav(loud, quiet))
    assert (facts.seconds, facts.channels, facts.content_type) == (2.0, 2, "audio/wav")
    assert min(facts.peaks["assistant"][1:-1]) > 0.9
    assert max(facts.peaks["contact"]) < 0.1
    assert len(facts.peaks["contact"]) <= LANE_LENGTH


def test_an_mp3_is_decoded() -> None:
    # Frames of 128 kbit/s at 44.1 kHz whose bits are all 0: silence.
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    facts = measure(io.BytesIO(frame * 100))
    assert (facts.content_type, facts.extension, facts.channels) == ("audio/mpeg", "mp3", 1)
    assert facts.seconds == pytest.approx(100 * 1152 / 44100, abs=0.1)
    assert set(facts.peaks["contact"]) == {0.0}


def test_compressed_silence_is_not_decoded_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.recordings.measuring.MOST_SECONDS", 1)
    facts = measure(io.BytesIO((b"\xff\xfb\x90\x64" + bytes(413)) * 100))
    assert (facts.seconds, facts.channels, facts.peaks) == (None, None, {})


def test_a_wav_without_a_sample_has_no_waveform() -> None:
    assert compute_peaks(wav([])) == {}
