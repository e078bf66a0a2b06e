"""Where ElevenLabs has a call's recording: at its API, for a key."""

from collections.abc import Iterator

from calls.providers.contract import Account
from calls.recordings.sources import Source


def find_sources(account: Account, _call_id: str, url: str) -> Iterator[Source]:
    """Yield the address, which `payload` has made, with the key."""
    key = account.credentials({"xi-api-key": account.api_secret}) if account.api_secret else None
    yield Source(url, key)
