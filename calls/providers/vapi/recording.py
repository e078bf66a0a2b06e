"""Where Vapi has a call's recording: at the link of its report, and at its API for a key."""

from collections.abc import Iterator
from urllib.parse import quote

from calls.providers.contract import Account
from calls.recordings.sources import Source

#: Two channels are drawn as two voices.
KINDS = ("stereo-recording", "mono-recording")


def find_sources(account: Account, call_id: str, url: str) -> Iterator[Source]:
    """Yield the link, signed for a while or not at all, then what never ends."""
    yield Source(url)
    if account.api_secret:
        key = account.credentials({"Authorization": f"Bearer {account.api_secret}"})
        for kind in KINDS:
            yield Source(f"{account.api_url}/call/{quote(call_id, safe='')}/{kind}", key)
