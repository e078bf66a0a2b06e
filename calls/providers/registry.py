"""The voice platforms that Callbook understands, by the name in their webhooks' address."""

from typing import Final

from calls.providers.contract import Platform
from calls.providers.elevenlabs import ELEVENLABS
from calls.providers.retell import RETELL
from calls.providers.telnyx import TELNYX
from calls.providers.twilio import TWILIO
from calls.providers.vapi import VAPI

PLATFORMS: Final[dict[str, Platform]] = {
    platform.name: platform for platform in (VAPI, RETELL, TWILIO, ELEVENLABS, TELNYX)
}
