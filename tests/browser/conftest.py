"""Fixtures of the browser tests. A test fails on any error its pages write on the console."""

import contextlib
import functools
import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    WebError,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from tests.browser import NO_BROWSER
from tests.browser.chromium import WIDE, launch
from tests.browser.kit import sign_in
from tests.browser.world import World

PATIENCE = 10_000  # milliseconds
# Between a page's first picture and its scripts a click finds nobody who listens. Only a test is
# quick enough for that, so it finds nothing to click until the scripts have run.
UNTIL_READY = """
    const untouchable = new CSSStyleSheet();
    untouchable.replaceSync("html { pointer-events: none }");
    document.adoptedStyleSheets = [untouchable];
    document.addEventListener("DOMContentLoaded", () => { document.adoptedStyleSheets = []; });
"""
# Between two tests the page shows what runs no script and asks for nothing.
NOWHERE = "/static/img/favicon.svg"
# As in production: a file is not asked for again. And the process that drew the last test's page
# draws the next one's, too, which it may only if all in between says the same of its openers.
KEPT = {"Cache-Control": "max-age=3600", "Cross-Origin-Opener-Policy": "same-origin"}
HERE = Path(__file__).parent
FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "expects_console_error(pattern): a console error that this test is about, as a regex",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """How a page looks does not depend on the database: on PostgreSQL only the main line runs.

    A browser on a busy machine has hiccups of its own: a test of it may try twice, and is then
    counted as a rerun.
    """
    for item in items:
        if item.path.parent != HERE:
            continue
        item.add_marker(pytest.mark.flaky(reruns=1))
        if item.path.name != "test_main_line.py":
            item.add_marker("once")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """The browser of this process."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            pytest.skip(NO_BROWSER)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_server(live_server: LiveServer) -> Generator[LiveServer]:
    """The server, whose static files the browser may keep."""
    serve = StaticFilesHandler.serve

    def serve_to_keep(self: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(self, request)
        for name, value in KEPT.items():
            response[name] = value
        return response

    with mock.patch.object(StaticFilesHandler, "serve", serve_to_keep):
        yield live_server


@pytest.fixture
def viewport() -> ViewportSize:
    """The size of the window; a test may parametrise it."""
    return WIDE


@pytest.fixture
def javascript() -> bool:
    """Whether scripts run; parametrise with `without_javascript`."""
    return True


@pytest.fixture(scope="session")
def contexts(browser: Browser, live_server: LiveServer) -> Callable[[bool], BrowserContext]:
    """Gives the context with scripts or without: one each, for the sake of their caches.

    Its first page is every test's, one after the other: a new one costs the browser more than what
    most tests do in it.
    """

    @functools.cache
    def context(javascript: bool) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server.url,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            locale="en-GB",
        )
        context.set_default_timeout(PATIENCE)
        if javascript:
            context.add_init_script(UNTIL_READY)
        context.new_page().goto(NOWHERE)
        return context

    return context


@pytest.fixture
def context(
    contexts: Callable[[bool], BrowserContext], javascript: bool
) -> Generator[BrowserContext]:
    """A visitor's browser, still a stranger: addresses are relative to the test's server."""
    context = contexts(javascript)
    yield context
    for page in context.pages[1:]:
        page.close()
    context.clear_cookies()


@pytest.fixture
def page(
    context: BrowserContext,
    live_server: LiveServer,
    viewport: ViewportSize,
    request: pytest.FixtureRequest,
) -> Generator[Page]:
    """A blank page whose errors, and whose requests to other servers, fail the test."""
    with _listening(context, live_server.url) as complaints:
        page = context.pages[0]
        page.set_viewport_size(viewport)
        yield page
        if has_failed := request.node.stash.get(FAILED, False):
            name = re.sub(r"[^\w.-]+", "-", request.node.nodeid.removeprefix("tests/browser/"))
            page.screenshot(path=request.config.rootpath / f"test-results/{name}.png")
    if has_failed:
        context.new_page().goto(NOWHERE)
        page.close()
    else:
        page.goto(NOWHERE)
    expected = [mark.args[0] for mark in request.node.iter_markers("expects_console_error")]
    unexpected = [
        words for words in complaints if not any(re.search(each, words) for each in expected)
    ]
    if unexpected:
        pytest.fail("The page complained:\n" + "\n".join(unexpected))


@pytest.fixture
def world(transactional_db: None) -> World:
    """A team with people and calls."""
    return World()


@pytest.fixture
def signed_in(page: Page, world: World) -> Page:
    """A page of somebody who is a member of the world's team."""
    sign_in(page, world.member)
    return page


@contextlib.contextmanager
def _listening(context: BrowserContext, address: str) -> Generator[list[str]]:
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # NOWHERE names no icon, so the browser looks for one where there is none.
        is_icon = str(message.location.get("url")).endswith("/favicon.ico")
        if message.type == "error" and not is_icon:
            complaints.append(f"{message.text} ({message.location.get('url')})")

    def fail(error: WebError) -> None:
        complaints.append(str(error.error))

    def ask(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            complaints.append(f"asked another server: {request.url}")

    heard: tuple[tuple[Any, Any], ...] = (("console", hear), ("weberror", fail), ("request", ask))
    for event, listener in heard:
        context.on(event, listener)
    yield complaints
    for event, listener in heard:
        context.remove_listener(event, listener)
