"""What browser tests share: finding a browser, signing in, axe, and ways to vary a page."""

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Playwright, ViewportSize

from crm.accounts.models import User

WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}

both_schemes = pytest.mark.parametrize("color_scheme", ["light", "dark"])
both_widths = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
without_javascript = pytest.mark.parametrize("javascript", [False], ids=["no-javascript"])

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser(playwright: Playwright) -> str | None:
    """The path of the first browser there is: the system's, else the one Playwright fetched."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


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


def assert_accessible(page: Page) -> None:
    """Fail with axe's report where axe finds any violation on the page as it stands."""
    results = Axe().run(page)
    assert not results.violations_count, f"{page.url}\n{results.generate_report()}"
