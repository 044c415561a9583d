"""Whether this installation can serve: what a load balancer or a monitor asks, without signing in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache

import psycopg
import structlog
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.utils import connector_params

log = structlog.get_logger(__name__)

ADDRESS = "healthz"

PATIENCE = 2
"""Seconds that the database has for an answer."""
KEPT = 1.0
"""Seconds that an answer holds: however often strangers ask, a process looks once a second."""

_lock = threading.Lock()
_last: tuple[float, bool] = (float("-inf"), False)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers and has every migration of this release, else 503; never says why."""
    good = _is_ready()
    return HttpResponse(
        "ok\n" if good else "unavailable\n",
        status=200 if good else 503,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


class HealthMiddleware:
    """Answers ``/healthz`` before anything else.

    Sessions may need the database, and a monitor asks by address: it knows neither the host name nor https.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == f"/{ADDRESS}":
            return health(request)
        return self.get_response(request)


def _is_ready() -> bool:
    global _last
    with _lock:
        asked, good = _last
        if time.monotonic() - asked >= KEPT:
            good = _look()
            _last = (time.monotonic(), good)
        return good


def _look() -> bool:
    """Ask on a connection of its own, which waits for no other request and proves that a new one can be had."""
    parameters = connector_params() | {"connect_timeout": PATIENCE}
    try:
        with psycopg.connect(**parameters, autocommit=True) as connection:
            connection.execute("SELECT set_config('statement_timeout', %s, false)", [f"{PATIENCE}s"])
            applied = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    except psycopg.Error as error:
        log.warning("not ready", reason=type(error).__name__)
        return False
    missing = _shipped() - set(applied)
    if missing:
        log.warning("not ready", reason="migrations", missing=len(missing))
    return not missing


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    """App and name of each migration of this release."""
    loader = MigrationLoader(None)
    return frozenset(loader.disk_migrations)
