"""The README's screenshots, taken of this build with demo data: `make screenshots`.

Everything happens in a temporary directory; the developer's own database is not touched.
"""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser import NO_BROWSER
from tests.browser.chromium import NARROW, WIDE, launch
from tests.processes import ROOT, environment

PICTURES = ROOT / "docs" / "img"
OWNER, PASSWORD = "owner@callbook.example", "callbook-demo"
START_SECONDS = 30


def main() -> None:
    """Serve the demo data and take every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, _served(Path(directory)) as address:
        _take_all(address)


@contextlib.contextmanager
def _served(directory: Path) -> Iterator[str]:
    variables = environment(
        DEBUG="1",
        SECRET_KEY="pictures",
        DATABASE_URL=f"sqlite:///{directory / 'db.sqlite3'}",
        MEDIA_ROOT=str(directory / "media"),
        LOG_LEVEL="WARNING",
    )
    port = _free_port()
    manage = [sys.executable, "manage.py"]
    for command in (["migrate", "-v0"], ["seed_demo"]):
        subprocess.run(
            [*manage, *command], cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL
        )
    server = subprocess.Popen(
        [*manage, "runserver", "--noreload", str(port)],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://localhost:{port}/sign-in")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(address).close()  # noqa: S310 - our own server
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def _take_all(address: str) -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            sys.exit(NO_BROWSER)
        for scheme, suffix in (("light", ""), ("dark", "-dark")):
            page = _signed_in(browser, address, WIDE, scheme)
            _open_panel(page)
            page.screenshot(path=PICTURES / f"contacts{suffix}.png")
            page.goto("/t/demo/calls")
            page.screenshot(path=PICTURES / f"calls{suffix}.png")
        phone = _signed_in(browser, address, NARROW, "light")
        _open_panel(phone)
        phone.screenshot(path=PICTURES / "phone.png")
        browser.close()


def _signed_in(
    browser: Browser, address: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> Page:
    context = browser.new_context(
        base_url=address,
        viewport=size,
        color_scheme=scheme,
        reduced_motion="reduce",
        timezone_id="America/New_York",
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(OWNER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/contacts")
    return page


def _open_panel(page: Page) -> None:
    """Open the qualified contact who was recorded last, heard in part, the transcript unfolded."""
    page.goto("/t/demo/contacts?sort=-last_call")
    qualified = page.locator("tbody tr", has_text="Qualified")
    urls = [row.get_attribute("data-href") for row in qualified.all()]
    recorded = next(url for url in urls if url and _is_last_recorded(page, url))
    page.goto("/t/demo/contacts?sort=-last_call")
    page.locator(f"tr[data-href='{recorded}'] a").click()
    page.locator("[data-player]").first.wait_for()
    page.locator("summary", has_text="Transcript").first.click()
    page.locator("[data-start]").first.wait_for()
    page.get_by_role("slider").first.click()
    page.locator(".turn.is-now").wait_for()
    page.mouse.move(0, 0)


def _is_last_recorded(page: Page, url: str) -> bool:
    page.goto(url)
    return page.get_by_role("article").first.locator("[data-player]").count() > 0


if __name__ == "__main__":
    main()
