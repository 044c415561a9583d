"""Databases for tests: made in a moment from a template that is migrated and holds the small world, thrown away
after use.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase

import anju
from anju.site import database, embedded, places

_LOCK = 0x616E6A75  # one process at a time makes the template or copies it
_ROOM = 2 * 2**30  # bytes: what the tests need at most, several times over
_BELONGING = ("django", "procrastinate", "django-allauth", "django-pgtrigger")


@contextlib.contextmanager
def for_process(name: str) -> Iterator[None]:
    """Django works on a database of its own until the block ends; the server is ours unless ``DATABASE_URL`` names
    one.
    """
    cluster = embedded.Cluster("postgres-tests", durable=False, data_dir=_folder()) if embedded.is_wanted() else None
    with embedded.running(cluster):
        if cluster is not None:
            _use(HOST=str(cluster.socket_dir))
        template, mine = _template_name(), f"anju_test_{name}_{os.getpid()}"
        with _maintenance() as server:
            _make_template(server, template)
        _copy(template, mine)
        _use(NAME=mine)
        TransactionTestCase._fixture_teardown = lambda case: _copy(template, mine)
        yield
        connections.close_all()
        with _maintenance() as server:
            server.execute(f"DROP DATABASE IF EXISTS {mine} WITH (FORCE)")


def memory() -> Path | None:
    """A folder in memory, where the machine lends enough of it.

    A database is a thousand files, for which disks take ten times as long.
    """
    folder = Path("/dev/shm")
    return folder if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= _ROOM else None


def _folder() -> Path:
    """Where the server of the tests has its files: in memory if possible, else with all other data."""
    kept, lent = places.data_dir(), memory()
    if lent is None:
        return kept
    folder = lent / f"anju-tests-{os.geteuid()}-{hashlib.sha256(os.fsencode(kept)).hexdigest()[:8]}"
    folder.mkdir(exist_ok=True)
    return folder if folder.stat().st_uid == os.geteuid() else kept


def _use(**changes: Any) -> None:
    connections.close_all()
    settings.DATABASES["default"] |= changes
    connection.settings_dict |= changes


@contextlib.contextmanager
def _maintenance() -> Iterator[psycopg.Connection]:
    """A connection beside Django's, that holds the lock of all test processes on this server."""
    given = settings.DATABASES["default"]
    names = {"USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parameters = {libpq: given[django] for django, libpq in names.items() if given.get(django)}
    with psycopg.connect(dbname="postgres", autocommit=True, **parameters) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield server


def _template_name() -> str:
    """Says what the template was made from, so that a changed migration or world makes a new one."""
    digest = hashlib.sha256()
    for package in _BELONGING:
        digest.update(f"{package} {importlib.metadata.version(package)}".encode())
    migrations = Path(anju.__file__).parent.rglob("migrations/*.py")
    for path in [Path(__file__), Path(__file__).with_name("world.py"), *sorted(migrations)]:
        digest.update(path.read_bytes())
    return f"anju_template_{digest.hexdigest()[:12]}"


def _make_template(server: psycopg.Connection, name: str) -> None:
    found = [
        row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'anju\\_template\\_%'")
    ]
    if name in found:
        return
    for old in found:
        with contextlib.suppress(psycopg.errors.ObjectInUse):
            server.execute(f"DROP DATABASE IF EXISTS {old}")
    from tests.world import build_world  # a plugin, which pytest wants to import first

    # Under another name until complete: an interrupted run leaves no half-made template behind.
    unfinished = "anju_unfinished"
    server.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
    server.execute(f"CREATE DATABASE {unfinished}")
    _use(NAME=unfinished)
    database.prepare()
    _spread_keys()
    build_world()
    connections.close_all()
    server.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")


def _spread_keys() -> None:
    """Each table counts from a number of its own: a key of one table taken for that of another finds nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I', sequencename) FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NULL"
            " ORDER BY sequencename"
        )
        for number, (sequence,) in enumerate(cursor.fetchall(), start=1):
            cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {number * 10_000 + 1}")


def _copy(template: str, name: str) -> None:
    connections.close_all()
    with _maintenance() as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
