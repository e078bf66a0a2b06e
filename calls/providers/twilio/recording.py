"""Where Twilio has a call's recording: at its API, which asks for a key where that was chosen."""

import base64
from collections.abc import Iterator

from calls.providers.contract import Account
from calls.recordings.sources import Source


def find_sources(account: Account, _call_id: str, url: str) -> Iterator[Source]:
    """Yield the address with the account's key: without an ending it is a WAV."""
    if account.api_secret and account.account_id:
        pair = f"{account.account_id}:{account.api_secret}".encode()
        basic = f"Basic {base64.b64encode(pair).decode()}"
        yield Source(url, account.credentials({"Authorization": basic}))
    else:
        yield Source(url)
