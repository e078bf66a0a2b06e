"""A record's version as its ETag, and If-Match as the condition of a change."""

from django.utils.http import parse_etags

from crm.api.exceptions import PreconditionFailed


def etag(version: int) -> str:
    """Return the strong ETag of a record's version."""
    return f'"{version}"'


def check_match(header: str | None, version: int) -> None:
    """Raise PreconditionFailed (412) unless If-Match, where there is one, names this version.

    A weak tag never matches: HTTP asks for a strong comparison here.
    """
    if header is None or header.strip() == "*":
        return
    if etag(version) not in parse_etags(header):
        raise PreconditionFailed
