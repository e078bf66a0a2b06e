"""The README's screenshots, taken of this build with demo data: `make screenshots`.

Everything happens in a temporary directory; the developer's own database is not touched.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import django
from playwright.sync_api import Browser, Page, sync_playwright

os.environ |= {"DJANGO_SETTINGS_MODULE": "crm.settings", "DEBUG": "1", "SECRET_KEY": "pictures"}
django.setup()

from tests.browser import NO_BROWSER  # noqa: E402
from tests.browser.kit import FLAGS, find_browser  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "img"
OWNER, PASSWORD = "owner@callbook.example", "callbook-demo"
WIDE, PHONE = (1440, 900), (390, 844)
START_SECONDS = 30


def main() -> None:
    """Serve the demo data and take every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, _served(Path(directory)) as address:
        _take_all(address)


@contextlib.contextmanager
def _served(directory: Path) -> Iterator[str]:
    port = _free_port()
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{directory / 'db.sqlite3'}",
        "MEDIA_ROOT": str(directory / "media"),
        "LOG_LEVEL": "WARNING",
    }
    manage = [sys.executable, "manage.py"]
    for command in (["migrate", "-v0"], ["seed_demo"]):
        subprocess.run([*manage, *command], cwd=ROOT, env=environment, check=True)
    server = subprocess.Popen(
        [*manage, "runserver", "--noreload", str(port)], cwd=ROOT, env=environment
    )
    try:
        address = f"http://localhost:{port}"
        _wait_for(f"{address}/healthz")
        yield address
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
            urllib.request.urlopen(address).close()  # noqa: S310
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def _take_all(address: str) -> None:
    with sync_playwright() as playwright:
        path = find_browser(playwright)
        if path is None:
            sys.exit(NO_BROWSER)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for scheme, suffix in (("light", ""), ("dark", "-dark")):
            page = _signed_in(browser, address, WIDE, scheme)
            _open_panel(page, address)
            page.screenshot(path=PICTURES / f"contacts{suffix}.png")
            page.goto(f"{address}/t/demo/calls")
            page.screenshot(path=PICTURES / f"calls{suffix}.png")
        phone = _signed_in(browser, address, PHONE, "light")
        _open_panel(phone, address)
        phone.screenshot(path=PICTURES / "phone.png")
        browser.close()


def _signed_in(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id="America/New_York",
    )
    page = context.new_page()
    page.goto(address)
    page.fill("input[name=username]", OWNER)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts*")
    return page


def _open_panel(page: Page, address: str) -> None:
    """Open the newest contact whose last call was recorded, with its transcript unfolded."""
    page.goto(f"{address}/t/demo/contacts?sort=-last_call")
    page.locator("tbody tr").nth(1).click()
    page.locator("[data-player]").first.wait_for()
    page.locator("details:has-text('Transcript') summary").first.click()
    page.locator("[data-start]").first.wait_for()


if __name__ == "__main__":
    main()
