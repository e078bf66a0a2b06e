"""Addresses and tags that are the same on every page of a team: worked out once, then remembered.

`{% url %}` and `{% static %}` cost some 30 microseconds each, and a page's frame has dozens.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_htmx.jinja import htmx_script

from crm.web.icons import icon

# tokens.css comes first: it declares the order of the cascade layers.
STYLESHEETS: Final = (
    "tokens",
    "base",
    "layout",
    "components/controls",
    "components/data",
    "components/prose",
    "components/filters",
    "components/table",
    "components/columns",
    "components/forms",
    "components/form-layout",
    "components/panel",
    "components/facts",
    "components/calls",
    "components/heard",
    "components/history",
    "components/player",
    "components/call-rows",
    "components/pages",
    "components/custom-fields",
    "components/imports",
    "components/import-tables",
    "components/people",
    "components/voice",
)

CURRENT: Final = SafeString(' aria-current="true"')


@cache
def stylesheets() -> SafeString:
    """Return the favicon's and the stylesheets' <link> tags."""
    favicon = format_html(
        '<link rel="icon" type="image/svg+xml" href="{}">\n', static("img/favicon.svg")
    )
    return favicon + format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        [(static(f"css/{name}.css"),) for name in STYLESHEETS],
    )


@cache
def scripts() -> SafeString:
    """Return the <script> tags: htmx, and ours."""
    ours = format_html('<script type="module" src="{}"></script>', static("js/app.js"))
    return htmx_script() + ours


@lru_cache(maxsize=4096)
def link(name: str, *args: str) -> str:
    """Return the address of a page that has no record in it, such as a team's contacts.

    Like `{% url %}`, but remembered: not for addresses with ids, which would fill the memory.
    """
    return reverse(name, args=args)


def team_links(places: Iterable[tuple[str, str]], here: str) -> SafeString:
    """Return a menu's links to teams by their names and slugs, the one with the slug `here` marked.

    Every page has them twice, and a template's loop over twenty teams costs as much as its table.
    """
    return SafeString("\n".join([_team_link(name, slug, slug == here) for name, slug in places]))


@lru_cache(maxsize=4096)
def _team_link(name: str, slug: str, is_here: bool) -> SafeString:
    return format_html(
        '<a class="menu-item" href="{}"{}><span class="team-tile" aria-hidden="true">{}</span>'
        '<span class="truncate">{}</span>{}</a>',
        link("contacts:list", slug),
        CURRENT if is_here else "",
        name[:1].upper(),
        name,
        icon("check") if is_here else "",
    )
