"""One sprite of icons a page: symbols are drawn once, rows point at them with <use>."""

from functools import cache
from typing import Final

import lucide
from django.utils.safestring import SafeString, mark_safe

# Our name for what an icon means -> Lucide's name for what it shows.
ICONS: Final = {
    "account": "circle-user-round",
    "admin": "shield",
    "back": "chevron-left",
    "building": "building-2",
    "calls": "phone",
    "check": "check",
    "columns": "columns-3-cog",
    "companies": "building-2",
    "contacts": "user-round",
    "copy": "copy",
    "demo": "flask-conical",
    "dots": "ellipsis",
    "down": "chevron-down",
    "download": "download",
    "edit": "pencil",
    "expand": "maximize-2",
    "external": "external-link",
    "eye": "eye",
    "fields": "list-plus",
    "filter": "list-filter",
    "fold": "panel-left",
    "history": "history",
    "imports": "import",
    "inbound": "arrow-down-left",
    "info": "info",
    "key": "key-round",
    "mail": "mail",
    "moon": "moon",
    "next": "chevron-right",
    "next-step": "arrow-right",
    "no-calls": "phone-off",
    "outbound": "arrow-up-right",
    "pause": "pause",
    "play": "play",
    "plus": "plus",
    "restore": "undo-2",
    "search": "search",
    "settings": "sliders-horizontal",
    "sign-out": "log-out",
    "sort-down": "arrow-down",
    "sort-up": "arrow-up",
    "spark": "sparkle",
    "switch": "chevrons-up-down",
    "tag": "tag",
    "trash": "trash-2",
    "unknown-direction": "arrow-left-right",
    "up": "chevron-up",
    "users": "users-round",
    "warning": "triangle-alert",
    "x": "x",
}


@cache
def symbols() -> SafeString:
    """Return a <symbol id="i-…"> for every icon."""
    return mark_safe("".join(_symbol(name, source) for name, source in ICONS.items()))  # noqa: S308


def _symbol(name: str, source: str) -> str:
    svg = lucide._render_icon(source, None)
    body = "".join(line.strip() for line in svg.splitlines())
    drawing = body.partition(">")[2].rpartition("</svg>")[0]
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{drawing}</symbol>'


def icon(name: str, size: int = 16) -> SafeString:
    """Return the icon as a pointer into the page's sprite; raises KeyError for an unknown name."""
    ICONS[name]
    size_class = "" if size == 16 else f" is-{size}"
    return mark_safe(  # noqa: S308
        f'<svg class="icon{size_class}" aria-hidden="true"><use href="#i-{name}"/></svg>'
    )
