"""A backup holds an installation, and comes back only where nothing can be lost."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg.conninfo import make_conninfo

from tests import databases


@pytest.fixture
def servers(django_db_setup: None) -> Iterator[dict[str, str]]:
    """Addresses of two databases: ``old`` holds the small world, ``new`` is empty."""
    names = {"old": f"anju_backup_old_{os.getpid()}", "new": f"anju_backup_new_{os.getpid()}"}
    with databases._maintenance() as server:
        server.execute(f"CREATE DATABASE {names['old']} TEMPLATE {databases._template_name()}")
        server.execute(f"CREATE DATABASE {names['new']}")
    given = settings.DATABASES["default"]
    libpq = {"USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parameters = {libpq[name]: given[name] for name in libpq if given.get(name)}
    yield {which: make_conninfo(dbname=name, **parameters) for which, name in names.items()}
    with databases._maintenance() as server:
        for name in names.values():
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def anju(home: Path, address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"ANJU_DATA_DIR": str(home), "DATABASE_URL": address, "ANJU_LANGUAGE": "en"}
    command = [sys.executable, "-m", "anju.site.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_backup_comes_back_whole_and_only_into_an_empty_database(tmp_path: Path, servers: dict[str, str]) -> None:
    there, here, file = tmp_path / "there", tmp_path / "here", tmp_path / "anju.tar"
    (there / "media").mkdir(parents=True)
    (there / "media/book.xlsx").write_bytes(b"uploaded")

    saved = anju(there, servers["old"], "backup", str(file))
    assert saved.returncode == 0, saved.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    restored = anju(here, servers["new"], "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    with psycopg.connect(servers["new"]) as connection:
        people = "SELECT username, password FROM accounts_user ORDER BY id"
        with psycopg.connect(servers["old"]) as before:
            kept = before.execute(people).fetchall()
        assert len(kept) > 10
        assert connection.execute(people).fetchall() == kept
        with pytest.raises(psycopg.errors.RaiseException, match="append_only"):  # the guards came along
            connection.execute("DELETE FROM kit_auditentry")
    assert (here / "media/book.xlsx").read_bytes() == b"uploaded"
    assert (here / "secret-key").read_text() == (there / "secret-key").read_text()

    again = anju(here, servers["new"], "restore", str(file))
    assert (again.returncode, "not empty" in again.stderr) == (1, True)


def test_file_that_is_no_backup_is_refused(tmp_path: Path, servers: dict[str, str]) -> None:
    file = tmp_path / "holiday.tar"
    file.write_text("no archive")
    refused = anju(tmp_path / "here", servers["new"], "restore", str(file))
    assert (refused.returncode, "is not a backup" in refused.stderr) == (1, True)
