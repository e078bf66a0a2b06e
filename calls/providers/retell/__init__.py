"""Retell AI: README.md has its fields and signature."""

from typing import Final

from calls.providers.contract import Platform
from calls.providers.retell.dialling import DIALLER
from calls.providers.retell.ending import judge
from calls.providers.retell.guide import GUIDE
from calls.providers.retell.payload import EVENT_TYPES, label_delivery, tell
from calls.providers.retell.recording import find_sources
from calls.providers.retell.signature import is_genuine

RETELL: Final = Platform(
    name="retell",
    label="Retell AI",
    guide=GUIDE,
    event_types=EVENT_TYPES,
    is_genuine=is_genuine,
    label_delivery=label_delivery,
    tell=tell,
    judge=judge,
    find_sources=find_sources,
    secret_is_api_key=True,
    dialler=DIALLER,
)
