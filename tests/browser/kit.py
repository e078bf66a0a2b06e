"""What browser tests share: signing in, axe, and ways to vary a page."""

import itertools
from collections.abc import Iterable
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, ViewportSize

from crm.accounts.models import User
from tests.browser.chromium import NARROW, WIDE
from tests.counts import counts

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Each size and each scheme, and with the long counts each pair of them, each by all rules: which
# colours stand on one another tests/web/test_contrast.py reads from the stylesheets.
LOOKS = counts(
    [(WIDE, "light"), (NARROW, "dark")], list(itertools.product((WIDE, NARROW), SCHEMES))
)

without_javascript = pytest.mark.parametrize("javascript", [False], ids=["no-javascript"])

COLOURS_SETTLED = """Promise.all(document.getAnimations().map(
    (animation) => animation instanceof CSSTransition && animation.finished))"""
QUICK = {"resultTypes": ["violations"], "preload": False, "selectors": False}
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
# What a page may get wrong where it is narrow though it was right where it was wide: it scrolls
# elsewhere, and shows buttons and menus that it hid.
SIZE_RULES = [
    "aria-hidden-focus",
    "button-name",
    "label",
    "link-name",
    "nested-interactive",
    "scrollable-region-focusable",
]


def sign_in(page: Page, user: User) -> None:
    """Give the page's browser a session of `user`, without the way through the sign-in page."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "domain": "localhost",
                "path": "/",
            }
        ]
    )


def assert_accessible(page: Page, sizes: Iterable[ViewportSize] = ()) -> None:
    """Fail with what axe finds on the page as it stands: wide and narrow, light and dark.

    At `sizes`, if they are given, both schemes are looked at. The second time it is only what
    colours do, and what another size may do: all else is as it was.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    window = page.viewport_size or WIDE
    seen: list[ViewportSize] = []
    found: list[str] = []
    for size, scheme in list(itertools.product(sizes, SCHEMES)) or LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.evaluate(COLOURS_SETTLED)
        options = _rules(size, seen)
        where = f"{page.url} {scheme}, {size['width']} px"
        found += [f"{where}: {fault}" for fault in _faults(page, options)]
        seen.append(size)
    page.set_viewport_size(window)
    page.emulate_media(color_scheme="null")
    assert not found, "\n".join(found)


def _rules(size: ViewportSize, seen: list[ViewportSize]) -> dict[str, Any]:
    """Return what restricts axe to the rules by which a page may differ from what was seen."""
    if size in seen:
        return {"runOnly": COLOUR_RULES}
    return {"runOnly": COLOUR_RULES + SIZE_RULES} if seen and counts(True, False) else {}


def _faults(page: Page, options: dict[str, Any]) -> list[str]:
    results = page.evaluate("options => axe.run(options)", {**QUICK, **options})
    return [
        f"{rule['id']}: {rule['help']}\n  {node['html']}\n  {node['failureSummary']}"
        for rule in results["violations"]
        for node in rule["nodes"]
    ]
