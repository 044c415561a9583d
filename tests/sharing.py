"""Work that many tests would do each for itself, done once: rows that they start from, the looks of refusals."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from tests.world import World, load_world


@contextmanager
def _staying(blocker: Any) -> Iterator[None]:
    """What is written in the meantime stays until the end, and tests in between start from it."""
    with blocker.unblock():
        everything = transaction.atomic()
        everything.__enter__()
    yield
    with blocker.unblock():
        transaction.set_rollback(True)
        everything.__exit__(None, None, None)


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[AbstractContextManager[None]]:
    """For fixtures of a whole module: ``with kept: …`` writes rows that every test of the module starts from.

    Not for modules with tests that commit.
    """
    with _staying(django_db_blocker):
        yield django_db_blocker.unblock()


@pytest.fixture(scope="class")
def prepare(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[..., Callable[[], tuple[World, Any]]]]:
    """For a class of tests: ``prepare(write)`` calls ``write(world)`` once, for rows that all its tests start from.

    Returns a function that gives each test the world and what ``write`` has returned, nobody else's.
    """

    def once(write: Callable[[World], Any]) -> Callable[[], tuple[World, Any]]:
        with django_db_blocker.unblock():
            world = load_world()
            written = pickle.dumps((world, write(world)))
        return lambda: pickle.loads(written)

    with _staying(django_db_blocker):
        yield once


@pytest.fixture
def plain_error_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that meet thousands of refusals: what those look like is proven elsewhere and takes long."""
    for status in (403, 404):
        monkeypatch.setattr(f"anju.site.urls.handler{status}", partial(_plain, status=status), raising=False)


def _plain(request: HttpRequest, exception: Exception, status: int) -> HttpResponse:
    return HttpResponse(status=status)
