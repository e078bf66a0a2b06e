"""Every address of Callbook, read from the URLs themselves, and what each role may do there."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from crm.teams.models import Role

VIEWER, MEMBER, ADMIN, OWNER = Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER
RANK = {role: rank for rank, role in enumerate((VIEWER, MEMBER, ADMIN, OWNER))}


@dataclasses.dataclass(frozen=True)
class Page:
    """A page of a team: the least role that may get it and post to it; None where it cannot be."""

    get: Role | None = VIEWER
    post: Role | None = None


@dataclasses.dataclass(frozen=True)
class Api:
    """An address of the API and the methods it has."""

    methods: str = "GET"


PUBLIC = "public"
SIGNED_IN = "signed in"
#: A fact that both contacts and companies have.
FACT = "notes"
T = "t/<slug:team_slug>/"
A = "api/crm/"

#: `{contact}` stands for a contact's id, and so on.
ROUTES: dict[str, Page | Api | str] = {
    "": SIGNED_IN,
    "sign-in": PUBLIC,
    "sign-out": PUBLIC,
    "password-reset": PUBLIC,
    "password-reset/sent": PUBLIC,
    "password-reset/<uidb64>/<token>": PUBLIC,
    "password-reset/complete": PUBLIC,
    "account": SIGNED_IN,
    "invitations/<slug:token>": PUBLIC,
    "healthz": PUBLIC,
    "hooks/<slug:provider>/<slug:key>": PUBLIC,
    "api/schema": PUBLIC,
    "api/docs": PUBLIC,
    "api/": PUBLIC,
    T + "contacts": Page(),
    T + "contacts/columns": Page(VIEWER, VIEWER),
    T + "contacts/export.csv": Page(),
    T + "contacts/options": Page(),
    T + "contacts/new": Page(MEMBER, MEMBER),
    T + "contacts/tags/options": Page(),
    T + "contacts/{contact}": Page(),
    T + "contacts/{contact}/edit": Page(MEMBER, MEMBER),
    T + "contacts/{contact}/facts/<str:name>": Page(MEMBER, MEMBER),
    T + "contacts/{contact}/delete": Page(MEMBER, MEMBER),
    T + "contacts/{contact}/calls": Page(),
    T + "contacts/{contact}/calls/new": Page(MEMBER, MEMBER),
    T + "contacts/{contact}/history": Page(),
    T + "contacts/{contact}/history/{contact_change}/restore": Page(None, MEMBER),
    T + "contacts/{contact}/dial": Page(MEMBER, MEMBER),
    T + "contacts/{contact}/dial/{outbound_call}": Page(None, MEMBER),
    T + "companies": Page(),
    T + "companies/columns": Page(VIEWER, VIEWER),
    T + "companies/export.csv": Page(),
    T + "companies/new": Page(MEMBER, MEMBER),
    T + "companies/options": Page(),
    T + "companies/{company}": Page(),
    T + "companies/{company}/edit": Page(MEMBER, MEMBER),
    T + "companies/{company}/facts/<str:name>": Page(MEMBER, MEMBER),
    T + "companies/{company}/delete": Page(MEMBER, MEMBER),
    T + "companies/{company}/contacts": Page(),
    T + "companies/{company}/history": Page(),
    T + "companies/{company}/history/{company_change}/restore": Page(None, MEMBER),
    T + "calls": Page(),
    T + "calls/live": Page(),
    T + "calls/unmatched": Page(),
    T + "calls/{call}": Page(),
    T + "calls/{call}/assign": Page(MEMBER, MEMBER),
    T + "calls/{call}/contact": Page(MEMBER, MEMBER),
    T + "calls/{call}/edit": Page(MEMBER, MEMBER),
    T + "calls/{call}/delete": Page(MEMBER, MEMBER),
    T + "calls/{call}/transcript": Page(),
    T + "calls/{call}/history": Page(),
    T + "calls/{call}/recording": Page(),
    T + "calls/{call}/recording/fetch": Page(None, MEMBER),
    T + "calls/{call}/proposals": Page(None, MEMBER),
    T + "calls/{call}/undo": Page(None, MEMBER),
    T + "calls/{call}/read": Page(None, MEMBER),
    T + "proposals": Page(),
    T + "proposals/{proposal}/accept": Page(None, MEMBER),
    T + "proposals/{proposal}/reject": Page(None, MEMBER),
    T + "imports": Page(),
    T + "imports/new": Page(MEMBER, MEMBER),
    T + "imports/contacts-example.csv": Page(),
    T + "imports/{import}": Page(),
    T + "imports/{import}/columns": Page(MEMBER, MEMBER),
    T + "imports/{import}/reading": Page(None, MEMBER),
    T + "imports/{import}/choices": Page(None, MEMBER),
    T + "imports/{import}/start": Page(None, MEMBER),
    T + "imports/{import}/stop": Page(None, MEMBER),
    T + "imports/{import}/cancel": Page(MEMBER, MEMBER),
    T + "imports/{import}/undo": Page(MEMBER, MEMBER),
    T + "imports/{import}/discard": Page(MEMBER, MEMBER),
    T + "imports/{import}/rejected.csv": Page(),
    T + "imports/{import}/warnings.csv": Page(),
    T + "settings": Page(VIEWER, ADMIN),
    T + "settings/members": Page(),
    T + "settings/members/{member}": Page(ADMIN, ADMIN),
    T + "settings/members/{member}/remove": Page(ADMIN, ADMIN),
    T + "settings/invitations/new": Page(ADMIN, ADMIN),
    T + "settings/invitations/{invitation}/revoke": Page(ADMIN, ADMIN),
    T + "settings/leave": Page(VIEWER, VIEWER),
    T + "settings/hand-over": Page(OWNER, OWNER),
    T + "settings/audit": Page(ADMIN),
    T + "settings/fields": Page(ADMIN, ADMIN),
    T + "settings/fields/new": Page(ADMIN, ADMIN),
    T + "settings/fields/{custom_field}": Page(ADMIN, ADMIN),
    T + "settings/fields/{custom_field}/archive": Page(None, ADMIN),
    T + "settings/fields/{custom_field}/delete": Page(ADMIN, ADMIN),
    T + "settings/fields/{custom_field}/type": Page(ADMIN, ADMIN),
    T + "settings/fields/{custom_field}/rename": Page(None, ADMIN),
    T + "settings/fields/{custom_field}/conversions/{conversion}": Page(ADMIN, ADMIN),
    T + "settings/fields/{custom_field}/merge": Page(ADMIN, ADMIN),
    T + "settings/learning": Page(ADMIN, ADMIN),
    T + "settings/learning/read": Page(ADMIN, ADMIN),
    T + "settings/tags": Page(),
    T + "settings/tags/new": Page(MEMBER, MEMBER),
    T + "settings/tags/{tag}": Page(MEMBER, MEMBER),
    T + "settings/tags/{tag}/merge": Page(MEMBER, MEMBER),
    T + "settings/tags/{tag}/delete": Page(MEMBER, MEMBER),
    T + "settings/keys": Page(ADMIN),
    T + "settings/keys/new": Page(ADMIN, ADMIN),
    T + "settings/keys/{key}/revoke": Page(ADMIN, ADMIN),
    T + "settings/voice": Page(ADMIN),
    T + "settings/voice/new": Page(ADMIN, ADMIN),
    T + "settings/voice/{voice_connection}": Page(ADMIN),
    T + "settings/voice/{voice_connection}/secret": Page(ADMIN, ADMIN),
    T + "settings/voice/{voice_connection}/access": Page(ADMIN, ADMIN),
    T + "settings/voice/{voice_connection}/again": Page(None, ADMIN),
    T + "settings/voice/{voice_connection}/disconnect": Page(ADMIN, ADMIN),
    T + "settings/voice/{voice_connection}/lines/new": Page(ADMIN, ADMIN),
    T + "settings/voice/lines/{line}": Page(ADMIN, ADMIN),
    T + "settings/voice/lines/{line}/delete": Page(ADMIN, ADMIN),
    A + "me": Api(),
    A + "contacts": Api("GET POST"),
    A + "contacts/{contact}": Api("GET PATCH DELETE"),
    A + "contacts/{contact}/calls": Api(),
    A + "contacts/{contact}/history": Api(),
    A + "companies": Api("GET POST"),
    A + "companies/{company}": Api("GET PATCH DELETE"),
    A + "companies/{company}/contacts": Api(),
    A + "custom-fields": Api("GET POST"),
    A + "custom-fields/{custom_field}": Api("GET PATCH DELETE"),
    A + "calls": Api("GET POST"),
    A + "calls/{call}": Api("GET PATCH"),
    A + "calls/{call}/recording": Api(),
    A + "contacts/{contact}/proposals": Api(),
    A + "proposals/{proposal}/accept": Api("POST"),
    A + "proposals/{proposal}/reject": Api("POST"),
    A + "field-policies": Api("GET PATCH"),
    A + "contacts/import": Api("POST"),
    A + "imports": Api(),
    A + "imports/{import}": Api(),
    A + "imports/{import}/rows": Api(),
    A + "imports/{import}/rejected.csv": Api(),
    A + "imports/{import}/undo": Api("POST"),
}

_ID = re.compile(r"<uuid:(?P<name>\w+)>")
_REGEX_ID = re.compile(r"\(\?P<(?P<name>\w+)>[^)]*\)")
_OWNERS = {
    "contacts": "contact",
    "companies": "company",
    "calls": "call",
    "keys": "key",
    "members": "member",
    "invitations": "invitation",
    "custom-fields": "custom_field",
    "fields": "custom_field",
    "conversions": "conversion",
    "imports": "import",
    "proposals": "proposal",
    "tags": "tag",
    "voice": "voice_connection",
    "lines": "line",
    "dial": "outbound_call",
}


def served() -> Iterator[str]:
    """Yield every address that the URLs serve, in the form of the table; the admin's aside."""
    for route in _walk(get_resolver().url_patterns, ""):
        if not route.startswith("admin/"):
            yield canonical(route)


def served_admin() -> Iterator[tuple[str, URLPattern]]:
    """Yield each of the admin's addresses with its pattern."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == "admin/":
            yield from _patterns(resolver.url_patterns, "admin/")


def _walk(patterns: list[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route


def _patterns(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


def canonical(route: str) -> str:
    """Write an id as the record it is of: `contacts/<uuid:pk>` is `contacts/{contact}`."""
    route = route.replace("^", "").replace("/?$", "").replace("/?\\Z", "").replace("$", "")

    def owner(match: re.Match[str]) -> str:
        before = route[: match.start()].rstrip("/").split("/")
        if before[-1] == "history":
            return "{" + _OWNERS[before[-3]] + "_change}"
        return "{" + _OWNERS[before[-1]] + "}"

    return _REGEX_ID.sub(owner, _ID.sub(owner, route))


def address(route: str, slug: str, ids: dict[str, Any]) -> str:
    """Return the address with a team's slug and the ids of its rows filled in."""
    route = route.replace("<slug:team_slug>", slug).replace("<str:name>", FACT)
    return "/" + route.format(**ids)
