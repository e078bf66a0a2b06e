"""Email addresses, websites and domains."""

import re
import unicodedata
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator

from crm.normalize.text import NormalizeError, clean_line, quote

EMAIL_MAX_LENGTH = 254  # what fits the path of an SMTP command (RFC 5321)

#: Most addresses; what they are is clear without asking further.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.){1,4}[a-z]{2,24}"
)
_PLAIN_LENGTH = 63  # so that no part can be too long by itself
_MAILBOX = re.compile(r"[^<>]*<([^<>]+)>")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Django allows "anna@localhost", which reaches nobody.
_check_email = EmailValidator(allowlist=[])
_check_url = URLValidator(schemes=list(_DEFAULT_PORTS))


def email(text: str) -> str:
    """Return the bare address in lower case: "Anna <Anna@Acme.com>" is "anna@acme.com"."""
    typed = clean_line(text)
    if not typed:
        return ""
    lower = typed.lower()
    if len(lower) <= _PLAIN_LENGTH and _PLAIN_EMAIL.fullmatch(lower):
        return lower
    address = _bare_address(unicodedata.normalize("NFKC", typed).lower())
    try:
        if len(address) > EMAIL_MAX_LENGTH:
            raise ValueError("no mail server takes it")
        _check_email(address)
        _ascii_host(_host_of_email(address))
    except (ValueError, ValidationError):
        message = f"{quote(typed)} is not an email address. Write it like anna@example.com."
        raise NormalizeError("email", message) from None
    return address


def _bare_address(text: str) -> str:
    if mailbox := _MAILBOX.fullmatch(text):
        text = mailbox[1]
    if text.startswith("mailto:"):
        text = text.removeprefix("mailto:").partition("?")[0]
    return text.strip()


def _host_of_email(address: str) -> str:
    return address.rpartition("@")[2]


def website(text: str) -> str:
    """Return the canonical http(s) address: "Acme.com/" is "https://acme.com"."""
    typed = clean_line(text)
    if not typed:
        return ""
    try:
        return _canonical(_split(typed))
    except (ValueError, ValidationError):
        message = f"{quote(typed)} is not a web address. Write it like https://example.com."
        raise NormalizeError("website", message) from None


def _split(typed: str) -> SplitResult:
    address = typed if _SCHEME.match(typed) else "https://" + typed.removeprefix("//")
    parts = urlsplit(address)
    if "@" in parts.netloc:
        raise ValueError("an address with a sign-in shows its password to everybody")
    return parts


def _canonical(parts: SplitResult) -> str:
    port = parts.port
    netloc = _ascii_host(parts.hostname or "")
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        netloc += f":{port}"
    path = "" if parts.path == "/" and not (parts.query or parts.fragment) else parts.path
    url = urlunsplit((parts.scheme, netloc, path, parts.query, parts.fragment))
    _check_url(url)
    return url


def _ascii_host(host: str) -> str:
    if not host.isascii():
        # IDNA 2008: Python's own codec, of 2003, lets what looks like a slash be part of a name.
        host = idna.encode(host, uts46=True).decode("ascii")
    host = host.encode("idna").decode("ascii").lower().rstrip(".")
    if "." not in host:
        raise ValueError("a host without a dot is nobody's website")
    return host


def domain(text: str) -> str:
    """Return the host of a website or email address: ASCII, lower case, without "www."."""
    typed = unicodedata.normalize("NFKC", clean_line(text))
    if not typed:
        return ""
    if "@" in typed and "://" not in typed:
        host = _ascii_host(_host_of_email(email(typed)))
    else:
        host = _ascii_host(urlsplit(website(typed)).hostname or "")
    # "www.com" is a domain, too.
    return host.removeprefix("www.") if host.count(".") > 1 else host
