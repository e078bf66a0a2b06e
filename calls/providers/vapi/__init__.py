"""Vapi: README.md has its fields and signatures."""

from typing import Final

from calls.providers.contract import Platform
from calls.providers.vapi.dialling import DIALLER
from calls.providers.vapi.ending import judge
from calls.providers.vapi.guide import GUIDE
from calls.providers.vapi.payload import EVENT_TYPES, label_delivery, tell
from calls.providers.vapi.recording import find_sources
from calls.providers.vapi.signature import is_genuine

VAPI: Final = Platform(
    name="vapi",
    label="Vapi",
    guide=GUIDE,
    event_types=EVENT_TYPES,
    is_genuine=is_genuine,
    label_delivery=label_delivery,
    tell=tell,
    judge=judge,
    find_sources=find_sources,
    dialler=DIALLER,
)
