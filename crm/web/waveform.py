"""A recording's loudness as two lanes of SVG strokes: the assistant above, the contact below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 440
HEIGHT = 56
ASSISTANT_AXIS = 13
CONTACT_AXIS = 43
REACH = 12  # how far the loudest stroke goes to each side of its axis
SILENCE = 0.04  # below this only the hairline shows


@dataclass(frozen=True, slots=True)
class Waveform:
    """The path data of both lanes in a box of WIDTH by HEIGHT."""

    assistant: str
    contact: str
    width: int = WIDTH
    height: int = HEIGHT


def waveform(peaks: Mapping[str, Sequence[float]] | None) -> Waveform | None:
    """Return the lanes for stored peaks (0 to 1 each), or None where there are none."""
    if not peaks:
        return None
    return Waveform(
        assistant=_lane(peaks.get("assistant") or (), ASSISTANT_AXIS),
        contact=_lane(peaks.get("contact") or (), CONTACT_AXIS),
    )


def _lane(peaks: Sequence[float], axis: int) -> str:
    step = WIDTH / len(peaks) if peaks else 0
    return "".join(
        _stroke((index + 0.5) * step, axis, peak)
        for index, peak in enumerate(peaks)
        if peak >= SILENCE
    )


def _stroke(x: float, axis: int, peak: float) -> str:
    reach = max(1.5, min(peak, 1.0) * REACH)
    return f"M{x:.0f} {axis - reach:.1f}v{2 * reach:.1f}"
