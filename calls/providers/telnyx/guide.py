"""How Telnyx is connected."""

from typing import Final

from calls.providers.contract import Guide

GUIDE: Final = Guide(
    steps=(
        (
            "In the Telnyx portal, open Voice, then Programmable Voice, choose the application and "
            "paste the address as its webhook URL, API version 2."
        ),
        "Open Keys & Credentials, then Public Key, and enter that key here.",
    ),
    signed_with="Public key",
    signed_with_help="Telnyx signs with the private half of it.",
    api_key_label="API key (version 2)",
    api_key_help="From Keys & Credentials. It fetches recordings whose link has expired.",
    test="Call a number of the application.",
)
