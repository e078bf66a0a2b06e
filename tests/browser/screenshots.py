"""The screenshots in README and docs, taken of this build with demo data: `make screenshots`.

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
    server, worker = (
        subprocess.Popen(
            [*manage, *command],
            cwd=ROOT,
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in (["runserver", "--noreload", str(port)], ["worker"])
    )
    try:
        _wait_for(f"http://localhost:{port}/sign-in")
        yield f"http://localhost:{port}"
    finally:
        for process in (server, worker):
            process.terminate()
            process.wait()


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
        _take_import(_signed_in(browser, address, WIDE, "light"))
        _take_voice(_signed_in(browser, address, WIDE, "light"))
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


def _take_voice(page: Page) -> None:
    """Connect a platform, tell it of lines, and be about to call somebody."""
    _call_at_any_time(page)
    page.goto("/t/demo/settings/voice/new")
    page.get_by_label("Vapi").check()
    page.get_by_role("button", name="Connect").click()
    connection = page.url
    page.get_by_role("link", name="Enter the secret").click()
    page.locator("[name=webhook_secret]").fill("for the picture")
    page.get_by_role("button", name="Store the secret").click()
    page.goto(f"{connection}/access")
    page.locator("[name=api_key]").fill("for the picture")
    page.get_by_role("button", name="Save").click()
    for name in ("Nora, first calls", "Max, reminders"):
        page.goto(f"{connection}/lines/new")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Assistant ID").fill("7f6d9c1e-4b1f-4a8e-9f0a-2f4f6f0e7b11")
        page.get_by_label("Phone number ID").fill("c0a1de42-8a35-4d2c-b7c6-5d0e1f2a3b4c")
        page.get_by_role("button", name="Add line").click()
    page.goto(connection)
    page.locator("#address").evaluate(
        "input => input.value = input.value.replace(/^.*?(?=.hooks)/, 'https://crm.example.com')"
    )
    page.screenshot(path=PICTURES / "voice-connection.png")
    page.goto("/t/demo/contacts?hasPhone=true&doNotCall=false")
    page.locator("tbody tr a").first.click()
    page.locator("#panel").get_by_role("link", name="Call", exact=True).click()
    page.locator("#panel").get_by_role("button", name="Call").wait_for()
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / "voice-call.png")


def _call_at_any_time(page: Page) -> None:
    page.goto("/t/demo/settings")
    for day in ("Sat", "Sun"):
        page.get_by_label(day).check()
    page.get_by_label("Calling hours start").fill("00:00")
    page.get_by_label("Calling hours end").fill("23:59")
    page.get_by_role("button", name="Save").click()


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


#: Somebody who is here already, by an address; somebody new; and a row that cannot be imported.
PEOPLE = """Contact person;Company;E-Mail;Tel. mobil;Role;Stage;Lead owner;Web;City
{name};{company};{email};;Head of Fleet;Qualified;kenji;meridian.example;Uppsala
Lena Sjöberg;Nordvik;lena@nordvik.example;+44 7700 900128;Planner;New;isolde;nordvik.example;
Bo Li;Li Brothers Produce;bo@li-produce.example;(415) 555-0106;Owner;open;isolde;;San Francisco
Karin Öberg;;karin.oberg@post.example;+49 30 23125100;;;kenji;;
"""


def _take_import(page: Page) -> None:
    """Take the columns and the review of a small file."""
    page.goto("/t/demo/contacts?sort=name")
    row = page.locator("tbody tr:has-text('@')").first
    known = {
        "name": row.locator("a").first.inner_text(),
        "company": row.locator("td").nth(2).inner_text(),
        "email": page.locator("tbody tr td", has_text="@").first.inner_text(),
    }
    page.goto("/t/demo/imports/new")
    file = {"name": "q4-cold-chain.csv", "mimeType": "text/csv"}
    data = PEOPLE.format(**known).encode()
    page.get_by_label("CSV file").set_input_files({**file, "buffer": data})
    page.get_by_role("button", name="Upload and match columns").click()
    page.get_by_label("Update the contact").check()
    page.get_by_label("Import and update company fields").check()
    page.screenshot(path=PICTURES / "import-columns.png")
    page.get_by_role("button", name="Review 4 rows").click()
    page.get_by_role("button", name="Import 3 rows").wait_for()
    page.get_by_role("link", name="1 Updated").click()
    page.screenshot(path=PICTURES / "import-review.png")


def _is_last_recorded(page: Page, url: str) -> bool:
    page.goto(url)
    return page.get_by_role("article").first.locator("[data-player]").count() > 0


if __name__ == "__main__":
    main()
