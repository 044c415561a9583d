"""A real Chromium on real pages: ``desktop`` (1440 x 900) and ``phone`` (390 x 844), signed in as anybody of the
cast.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.world import session_of

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling"
"""Parts of a page that are being fetched or exchanged: what a person ends up reading is not there yet."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


PATIENCE = 20_000
"""Milliseconds until what should appear counts as missing; a busy machine with two cores needs some of them."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    # Playwright keeps an event loop in this thread, which is the one that prepares data for the pages.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.path(), args=chromium.ARGUMENTS)
        yield running
        running.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


def _page(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            problems.append(f"{message.text} {message.location['url']}") if message.type == "error" else None
        ),
    )
    page.problems = problems  # type: ignore[attr-defined]
    yield page
    context.close()


@pytest.fixture
def desktop(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page of 1440 x 900; ``page.problems`` collects what the browser complained about."""
    yield from _page(browser, live_server.url, viewport={"width": 1440, "height": 900})


@pytest.fixture
def phone(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page of 390 x 844 with touch."""
    yield from _page(browser, live_server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, Any], None]:
    """Sign a user in without the form (which has tests of its own)."""

    def enter(page: Page, user: Any) -> None:
        context: BrowserContext = page.context
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": live_server.url}])

    return enter


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe-core calls serious or critical on the page once it has all its parts, one line per finding."""

    def examine(page: Page) -> list[str]:
        expect(page.locator(BUSY)).to_have_count(0)
        # Through the protocol, not as a script element: the page's own content policy stays in force.
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
        )
        return [
            f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
            for violation in found["violations"]
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    return examine
