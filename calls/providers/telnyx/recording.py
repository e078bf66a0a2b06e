"""Where Telnyx has a call's recording: for ten minutes at a link, then at a fresh one for a key."""

from collections.abc import Iterator
from urllib.parse import urlencode

from calls.providers.contract import Account
from calls.providers.reading import objects, text
from calls.recordings.sources import Source

FORMATS = ("wav", "mp3")


def find_sources(account: Account, call_id: str, url: str) -> Iterator[Source]:
    """Yield the link, then those that the API signs anew."""
    yield Source(url)
    if account.api_secret:
        key = account.credentials({"Authorization": f"Bearer {account.api_secret}"})
        query = urlencode({"filter[call_leg_id]": call_id})
        for recording in objects(account.ask(f"/v2/recordings?{query}", key), "data"):
            for kind in FORMATS:
                if fresh := text(recording, "download_urls", kind):
                    yield Source(fresh)
