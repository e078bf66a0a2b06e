"""`X-Twilio-Signature`: HMAC over the public address and the form's fields, sorted.

There is no time in it, so a delivery can be replayed: a repeat is the same event and does nothing.
"""

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, parse_qsl, urlsplit

from calls.providers.contract import Delivery
from calls.providers.signing import same

SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
DEFAULT_PORTS = {"https": 443, "http": 80}


def is_genuine(delivery: Delivery, secret: str) -> bool:
    """Return whether the delivery is signed with the auth token, or with a shared key."""
    given = delivery.headers.get("X-Twilio-Signature", "")
    if not given:
        return False
    algorithm = hashlib.sha256 if _says_sha256(delivery) else hashlib.sha1
    signed = _signed_fields(delivery)
    if signed is None:
        return False
    # Twilio writes the port or not, whatever the address says.
    digests = [
        hmac.new(secret.encode(), (url + signed).encode(), algorithm).digest()
        for url in _spellings(delivery.url)
    ]
    return any(same(given, base64.b64encode(digest).decode()) for digest in digests)


def _says_sha256(delivery: Delivery) -> bool:
    return "algorithm=HMAC_SHA256" in delivery.headers.get(SETTINGS, "").split(",")


def _signed_fields(delivery: Delivery) -> str | None:
    """Return what is signed beyond the address; None where the body is not what it says."""
    sha256 = dict(parse_qsl(delivery.query)).get("bodySHA256")
    if sha256 is not None:
        is_same = same(sha256.lower(), hashlib.sha256(delivery.body).hexdigest())
        return "" if is_same else None
    try:
        fields = parse_qs(
            delivery.body.decode(), keep_blank_values=True, strict_parsing=bool(delivery.body)
        )
    except ValueError:
        return None
    return "".join(
        name + value for name, values in sorted(fields.items()) for value in sorted(set(values))
    )


def _spellings(url: str) -> set[str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 443)
    return {
        url,
        parts._replace(netloc=host).geturl(),
        parts._replace(netloc=f"{host}:{port}").geturl(),
    }
