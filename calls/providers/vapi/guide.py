"""How Vapi is connected."""

from typing import Final

from calls.providers.contract import Guide

GUIDE: Final = Guide(
    steps=(
        (
            "In Vapi, open Settings, then Organization, and paste the address as the Server URL. "
            "It then holds for every assistant and number that has none of its own."
        ),
        "Under Server Messages choose status-update and end-of-call-report, and nothing else.",
        (
            "Create a custom credential (Bearer token, X-Vapi-Secret or HMAC), choose it for the "
            "Server URL, and enter its secret here."
        ),
    ),
    signed_with="Webhook secret",
    signed_with_help="The token or HMAC secret of the credential that the Server URL uses.",
    api_key_label="Private API key",
    api_key_help="From API Keys. It fetches recordings and places calls.",
    test="Talk to an assistant in Vapi’s dashboard for a moment.",
)
