"""Secrets that the product must be able to read again: encrypted with the keys of ENCRYPTION_KEYS.

The first key encrypts; every one of them decrypts, so that a key can be replaced by putting a new
one before it. What must only be recognised (API keys, invitations) is hashed instead.
"""

import base64
import hashlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class NotDecryptable(Exception):
    """None of ENCRYPTION_KEYS is the key that this was encrypted with."""

    def __init__(self) -> None:
        super().__init__("A stored secret was encrypted with a key that ENCRYPTION_KEYS lacks.")


def encrypt(text: str) -> str:
    """Return the text encrypted; each time another one."""
    return _cipher(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return the text that was encrypted; raises NotDecryptable."""
    try:
        return _cipher(tuple(settings.ENCRYPTION_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise NotDecryptable from error


def is_key(text: str) -> bool:
    """Return whether the text can be one of ENCRYPTION_KEYS."""
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


def key_from(secret: str) -> str:
    """Return a key made of another secret, for a laptop where nobody has set one."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).decode()


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
