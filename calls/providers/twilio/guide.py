"""How Twilio is connected."""

from typing import Final

from calls.providers.contract import Guide

GUIDE: Final = Guide(
    steps=(
        (
            "In the Twilio Console, open the phone number and paste the address under Call status "
            "changes, with HTTP POST. Calls that your own code places name it as StatusCallback."
        ),
        "Where calls are recorded, name the same address as the RecordingStatusCallback.",
        "Enter the account’s SID and its Auth Token here.",
    ),
    signed_with="Auth Token",
    signed_with_help="Twilio signs with it. It also fetches recordings and places calls.",
    test="Call the number.",
)
