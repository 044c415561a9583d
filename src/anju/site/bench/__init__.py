"""Measurements that anybody can repeat: each in a database of its own that is thrown away afterwards."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.utils.translation import gettext as _

from anju.kit.errors import Refusal
from anju.site import database


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Django works on a fresh, migrated database until the block ends; ``name`` tells benches apart.

    Made on the server in use, so that the same machine and settings are measured. Needs the right to create one.
    """
    before = dict(connection.settings_dict)
    scratch = f"anju_bench_{name}"
    try:
        _recreate(scratch)
        _use({"NAME": scratch})
        database.prepare()
        yield
    finally:
        _use(before)
        _drop(scratch)


def _use(changes: dict[str, Any]) -> None:
    connections.close_all()
    settings.DATABASES["default"] |= changes
    connection.settings_dict |= changes


def _recreate(name: str) -> None:
    try:
        _drop(name)
        with _server() as server:
            server.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        text = _("A bench works in a database of its own: give the user of DATABASE_URL the right to create one.")
        raise Refusal("may_not_create_databases", text) from None


def _drop(name: str) -> None:
    with _server() as server:
        server.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(psycopg.sql.Identifier(name)))


def _server() -> psycopg.Connection:
    given = connection.settings_dict
    names = {"USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parameters = {libpq: given[django] for django, libpq in names.items() if given.get(django)}
    return psycopg.connect(dbname="postgres", autocommit=True, **parameters)


def peak_memory_mb() -> float:
    """The most memory that this process has held so far, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def median(times: list[float]) -> float:
    """The middle one of an odd number of measurements."""
    return sorted(times)[len(times) // 2]
