"""Twilio: README.md has its fields and signature."""

from typing import Final

from calls.providers.contract import Platform
from calls.providers.twilio.dialling import DIALLER
from calls.providers.twilio.ending import judge
from calls.providers.twilio.guide import GUIDE
from calls.providers.twilio.payload import EVENT_TYPES, label_delivery, tell
from calls.providers.twilio.recording import find_sources
from calls.providers.twilio.signature import is_genuine

TWILIO: Final = Platform(
    name="twilio",
    label="Twilio",
    guide=GUIDE,
    event_types=EVENT_TYPES,
    is_genuine=is_genuine,
    label_delivery=label_delivery,
    tell=tell,
    judge=judge,
    find_sources=find_sources,
    secret_is_api_key=True,
    has_account_id=True,
    dialler=DIALLER,
)
