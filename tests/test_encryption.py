"""Secrets are encrypted with the first of ENCRYPTION_KEYS and decrypted with any of them."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError

from calls.providers.models import ProviderConnection
from crm.encryption import NotDecryptable, decrypt, encrypt, is_key, key_from

ONE, TWO = (Fernet.generate_key().decode() for _ in range(2))


@pytest.mark.parametrize("text", ["secret", "Grüße — 😀", "x" * 10_000])
def test_what_was_encrypted_is_read_again(text: str) -> None:
    token = encrypt(text)
    assert text not in token
    assert decrypt(token) == text
    assert encrypt(text) != token


def test_the_first_key_encrypts_and_all_decrypt(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [ONE]
    old = encrypt("secret")
    settings.ENCRYPTION_KEYS = [TWO, ONE]
    new = encrypt("secret")
    assert decrypt(old) == decrypt(new) == "secret"
    settings.ENCRYPTION_KEYS = [TWO]
    assert decrypt(new) == "secret"
    with pytest.raises(NotDecryptable):
        decrypt(old)


@pytest.mark.parametrize("token", ["secret", "", "gAAAAA", "ü"])
def test_what_is_not_encrypted_is_not_read(token: str) -> None:
    with pytest.raises(NotDecryptable):
        decrypt(token)


@pytest.mark.parametrize("text", ["", "short", "x" * 44, "ü" * 44])
def test_not_every_text_is_a_key(text: str) -> None:
    assert not is_key(text)


def test_a_laptops_key_is_made_of_its_secret() -> None:
    assert is_key(key_from("any secret"))
    assert key_from("any secret") == key_from("any secret") != key_from("another")


def test_nothing_is_found_by_what_is_encrypted() -> None:
    with pytest.raises(FieldError, match="encrypted"):
        ProviderConnection.objects.filter(webhook_secret="secret")
