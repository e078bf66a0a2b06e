"""The browser itself: which one, how it starts, how large its windows are."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright, ViewportSize

WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # All that saves time: no graphics card to talk to, and one process for all pages.
    "--disable-extensions",
    "--disable-gpu",
    "--renderer-process-limit=1",
)


def launch(playwright: Playwright) -> Browser | None:
    """Start a browser; None where there is none."""
    path = _find(playwright)
    if path is None:
        return None
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))


def _find(playwright: Playwright) -> str | None:
    """The path of the first browser there is: the system's, else the one Playwright fetched."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None
