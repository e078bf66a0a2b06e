"""How Retell AI is connected."""

from typing import Final

from calls.providers.contract import Guide

GUIDE: Final = Guide(
    steps=(
        (
            "In Retell, open Settings, then Webhooks, and paste the address as the account’s "
            "webhook URL. An agent with one of its own needs it there, too."
        ),
        "Leave the events call_started, call_ended and call_analyzed switched on.",
        "Enter the API key that has the webhook badge here.",
    ),
    signed_with="API key with the webhook badge",
    signed_with_help="Retell signs with it. It also fetches recordings and places calls.",
    test="Press Test beside the webhook URL, or talk to an agent for a moment.",
)
