"""ElevenLabs Agents: README.md has its fields and signature."""

from typing import Final

from calls.providers.contract import Platform
from calls.providers.elevenlabs.ending import judge
from calls.providers.elevenlabs.guide import GUIDE
from calls.providers.elevenlabs.payload import AUDIO, EVENT_TYPES, label_delivery, read_sound, tell
from calls.providers.elevenlabs.recording import find_sources
from calls.providers.elevenlabs.signature import is_genuine

ELEVENLABS: Final = Platform(
    name="elevenlabs",
    label="ElevenLabs",
    guide=GUIDE,
    event_types=EVENT_TYPES,
    is_genuine=is_genuine,
    label_delivery=label_delivery,
    tell=tell,
    judge=judge,
    find_sources=find_sources,
    sound_type=AUDIO,
    read_sound=read_sound,
)
