"""Where Retell has a call's recording: at the link of its webhook, and at a fresh one for a key."""

from collections.abc import Iterator
from urllib.parse import quote

from calls.providers.contract import Account
from calls.providers.reading import text
from calls.recordings.sources import Source

#: Two channels are drawn as two voices.
LINKS = ("recording_multi_channel_url", "recording_url")


def find_sources(account: Account, call_id: str, url: str) -> Iterator[Source]:
    """Yield the link, which may live for ten minutes only, then those that the API signs anew."""
    yield Source(url)
    if account.api_secret:
        key = account.credentials({"Authorization": f"Bearer {account.api_secret}"})
        call = account.ask(f"/v2/get-call/{quote(call_id, safe='')}", key)
        for name in LINKS:
            if fresh := text(call, name):
                yield Source(fresh)
