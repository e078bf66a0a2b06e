"""`telnyx-signature-ed25519` over the time, a bar and the body; the secret is their public key."""

import base64
import binascii
import datetime as dt

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from calls.providers.contract import Delivery
from calls.providers.signing import is_fresh

TOLERANCE = dt.timedelta(minutes=5)


def is_genuine(delivery: Delivery, secret: str) -> bool:
    """Return whether the delivery is signed by the owner of the public key, and lately."""
    signed_at = delivery.headers.get("Telnyx-Timestamp", "")
    given = delivery.headers.get("Telnyx-Signature-Ed25519", "")
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(secret, validate=True))
        signature = base64.b64decode(given, validate=True)
        key.verify(signature, signed_at.encode() + b"|" + delivery.body)
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return is_fresh(signed_at, delivery.now, TOLERANCE)
