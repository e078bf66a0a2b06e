"""How ElevenLabs Agents is connected."""

from typing import Final

from calls.providers.contract import Guide

GUIDE: Final = Guide(
    steps=(
        (
            "In ElevenLabs, open Agents, then Settings, and create a post-call webhook with the "
            "address, signed by HMAC."
        ),
        "Switch on transcripts and call initiation failures. Leave audio off: Callbook fetches it.",
        "Copy the secret that is shown once, and enter it here.",
    ),
    signed_with="Webhook secret",
    signed_with_help="It begins with wsec_.",
    api_key_label="API key",
    api_key_help="From Developers, then API Keys. It fetches recordings.",
    test="Talk to an agent for a moment; its webhook comes after the call.",
)
