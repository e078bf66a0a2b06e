"""How Twilio is asked to place a call."""

import base64
from typing import Final
from urllib.parse import quote, urlencode

from calls.providers.contract import Asking, Dialler, Order
from calls.providers.dialling import read_answer, read_words
from calls.providers.reading import text

EVENTS = ("initiated", "ringing", "answered", "completed")


def ask(order: Order) -> Asking:
    """Return what is posted; our contact id travels in the address of the status callbacks."""
    callback = f"{order.webhook_url}?{urlencode({'crm_contact_id': order.contact_id})}"
    form = [
        ("To", order.number),
        ("From", order.caller),
        ("Url", order.script),
        ("StatusCallback", callback),
        *(("StatusCallbackEvent", event) for event in EVENTS),
        ("RecordingStatusCallback", callback),
    ]
    signature = f"{order.account_id}:{order.api_secret}".encode()
    return Asking(
        path=f"/2010-04-01/Accounts/{quote(order.account_id, safe='')}/Calls.json",
        content_type="application/x-www-form-urlencoded",
        body=urlencode(form).encode(),
        headers={"Authorization": f"Basic {base64.b64encode(signature).decode()}"},
    )


def read_call_id(body: bytes) -> str:
    """Return the call's SID."""
    return text(read_answer(body), "sid")


DIALLER: Final = Dialler(
    labels={"caller": "Number to call from", "script": "Address of the TwiML"},
    helps={
        "caller": "A number of the account, or one that it has verified.",
        "script": "What Twilio does once somebody answers, beginning with https://.",
    },
    ask=ask,
    read_call_id=read_call_id,
    read_refusal=read_words,
)
