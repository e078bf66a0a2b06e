"""What a cell looks like by itself, whatever its column is called."""

import re

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?\(?\d(?:[ ().\-/]*\d){6,14}")
_GROUP = re.compile(r"[ ()./\-]")
_DATE = re.compile(r"\d{1,4}([./ \-])\d\d?\1\d{1,4}")


def is_email(text: str) -> bool:
    """Return whether it looks like an email address."""
    return _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """Return whether it looks like a phone number and like nothing else.

    It has a country code or groups: digits alone may be anything.
    """
    looks = _PHONE.fullmatch(text) and not _DATE.fullmatch(text)
    return bool(looks and (text[0] == "+" or _GROUP.search(text)))
