"""What the platforms' ways to place a call have in common."""

import json
from collections.abc import Mapping
from typing import Any

from calls.providers.contract import Asking, Order
from calls.providers.reading import Unreadable, read_object


def bearer(order: Order) -> dict[str, str]:
    """Return the header that most APIs know a key by."""
    return {"Authorization": f"Bearer {order.api_secret}"}


def json_asking(path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Asking:
    """Return what is posted as JSON."""
    return Asking(
        path=path,
        content_type="application/json",
        body=json.dumps(body).encode(),
        headers=headers,
    )


def read_answer(body: bytes) -> Any:
    """Return the object that was answered; an empty one where it is none."""
    try:
        return read_object(body)
    except Unreadable:
        return {}


def read_words(body: bytes) -> str:
    """Return the `message` of a refusal, which may be a list of them."""
    said = read_answer(body).get("message", "")
    words = said if isinstance(said, list) else [said]
    return " ".join(str(each) for each in words if isinstance(each, str)).strip()
