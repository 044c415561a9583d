"""The ground every test stands on: a real PostgreSQL of its own, one database per process, a fixed language and clock
zone.

Migrations are run once, into a template database that is kept until a migration changes; each process copies it, and a
test that commits for real (``transactional_db``, ``live_server``) gets a fresh copy afterwards, since append-only
tables refuse to be emptied.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from django.conf import settings
from django.test.client import ClientHandler

from anju.kit.frames import roomy
from tests import databases
from tests.browser import chromium

gc.disable()  # until everything is collected
roomy(runtestprotocol)
hypothesis.settings.register_profile("anju", deadline=None, database=None, derandomize=True)
hypothesis.settings.load_profile("anju")

pytest.register_assert_rewrite("anju.kit.testing")  # a failure says what was compared
pytest_plugins = ["tests.world", "tests.sharing"]

_BROWSER = Path(__file__).parent / "browser"
_browser_tests_passed = 0


@pytest.fixture(scope="session", autouse=True)
def _test_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # signing in costs nothing
    settings.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.ALLOWED_HOSTS = ["*"]
    settings.WHITENOISE_AUTOREFRESH = True  # looks for a file when it is asked for, not for all of them in every client


@pytest.fixture(scope="session", autouse=True)
def _one_chain(_test_settings: None) -> None:
    """Every client of a test would load all middleware anew, for its first request."""
    handler = ClientHandler()
    handler.load_middleware()
    ClientHandler._middleware_chain = staticmethod(handler._middleware_chain)


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    from django.core.cache import cache  # reads the settings above

    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker) -> Iterator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock(), databases.for_process(worker):
        yield


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves the browser tests alone where nobody wants them: what they import takes a while."""
    return True if config.option.markexpr == "not browser" and collection_path == _BROWSER else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What takes longest begins first: at the end all but one process would wait for it.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if _BROWSER in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not chromium.path():
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


def pytest_collection_finish(session: pytest.Session) -> None:
    # Code and tests stay until the end: looking through them for garbage again and again took a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    global _browser_tests_passed
    if report.when == "call" and report.passed and "browser" in report.keywords:
        _browser_tests_passed += 1


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    gc.freeze()  # what is left ends with the process
    required = os.environ.get("ANJU_REQUIRE_BROWSER") == "1" and "PYTEST_XDIST_WORKER" not in os.environ
    if required and not _browser_tests_passed and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not chromium.path():
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(
            "Chromium was not found. Debian: apt-get install chromium fonts-noto-cjk; or set ANJU_CHROMIUM."
        )
    elif os.environ.get("ANJU_REQUIRE_BROWSER") == "1" and not _browser_tests_passed:
        terminalreporter.section("NO BROWSER TEST PASSED, and ANJU_REQUIRE_BROWSER=1", sep="!", red=True, bold=True)
