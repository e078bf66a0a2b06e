"""Telnyx: README.md has its fields and signature."""

from typing import Final

from calls.providers.contract import Platform
from calls.providers.telnyx.ending import judge
from calls.providers.telnyx.guide import GUIDE
from calls.providers.telnyx.payload import EVENT_TYPES, label_delivery, tell
from calls.providers.telnyx.recording import find_sources
from calls.providers.telnyx.signature import is_genuine

TELNYX: Final = Platform(
    name="telnyx",
    label="Telnyx",
    guide=GUIDE,
    event_types=EVENT_TYPES,
    is_genuine=is_genuine,
    label_delivery=label_delivery,
    tell=tell,
    judge=judge,
    find_sources=find_sources,
)
