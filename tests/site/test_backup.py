"""A backup holds an installation, and comes back only where nothing can be lost."""

from __future__ import annotations

import io
import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from anju.site import backup
from tests import databases
from tests.processes import command


@pytest.fixture
def names(django_db_setup: None) -> Iterator[dict[str, str]]:
    """Names of two databases: ``old`` holds the small world, ``new`` is empty."""
    names = {"old": f"anju_backup_old_{os.getpid()}", "new": f"anju_backup_new_{os.getpid()}"}
    with databases._maintenance() as server:
        server.execute(f"CREATE DATABASE {names['old']} TEMPLATE {databases._template_name()}")
        server.execute(f"CREATE DATABASE {names['new']}")
    yield names
    with databases._maintenance() as server:
        for name in names.values():
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def connect(name: str) -> psycopg.Connection:
    given = settings.DATABASES["default"]
    libpq = {"USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return psycopg.connect(dbname=name, **{libpq[key]: given[key] for key in libpq if given.get(key)})


def test_backup_comes_back_whole_and_only_into_an_empty_database(tmp_path: Path, names: dict[str, str]) -> None:
    there, here, file = tmp_path / "there", tmp_path / "here", tmp_path / "anju.tar"
    (there / "media").mkdir(parents=True)
    (there / "media/book.xlsx").write_bytes(b"uploaded")
    (there / "secret-key").write_text("that of sessions there")
    here.mkdir()
    (here / "secret-key").write_text("that of a new installation")

    code, _said, complained = command("backup", str(tmp_path / "nowhere/anju.tar"), home=there, database=names["old"])
    assert (code, "No such file or directory" in complained) == (1, True)
    code, _said, complained = command("backup", str(file), home=there, database=names["old"])
    assert code == 0, complained
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    code, _said, complained = command("restore", str(file), home=here, database=names["new"])
    assert code == 0, complained
    with connect(names["new"]) as connection:
        people = "SELECT username, password FROM accounts_user ORDER BY id"
        with connect(names["old"]) as before:
            kept = before.execute(people).fetchall()
        assert len(kept) > 10
        assert connection.execute(people).fetchall() == kept
        with pytest.raises(psycopg.errors.RaiseException, match="append_only"):  # the guards came along
            connection.execute("DELETE FROM kit_auditentry")
    assert (here / "media/book.xlsx").read_bytes() == b"uploaded"
    assert (here / "secret-key").read_text() == "that of sessions there"

    code, _said, complained = command("restore", str(file), home=here, database=names["new"])
    assert (code, "数据库不是空的" in complained) == (1, True)


def test_file_that_is_no_backup_is_refused(tmp_path: Path, names: dict[str, str]) -> None:
    file = tmp_path / "holiday.tar"
    file.write_text("no archive")
    code, _said, complained = command("restore", str(file), home=tmp_path / "here", database=names["new"])
    assert (code, "不是备份文件" in complained) == (1, True)


def test_script_says_nothing_that_postgresql_16_does_not_know(tmp_path: Path) -> None:
    script = tmp_path / "database.sql"
    data = "SET transaction_timeout = 0; -- in a note of a row\n"
    script.write_text(
        f"--\nSET lock_timeout = 0;\nSET transaction_timeout = 0;\nCOPY a (note) FROM stdin;\n{data}\\.\n"
    )
    backup._forgo(backup._TOO_NEW, script)
    assert script.read_text() == (
        f"--\nSET lock_timeout = 0;\n--T transaction_timeout = 0;\nCOPY a (note) FROM stdin;\n{data}\\.\n"
    )


@pytest.mark.django_db
def test_what_any_program_saved_the_newest_can_restore(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An archive of the embedded PostgreSQL can't be read by the pg_restore that fits an older server."""
    for major in (9, 99):
        program = tmp_path / str(major) / "pg_restore"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho 'pg_restore (PostgreSQL) {major}.1'\n")
        program.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path / '99'}:{os.environ['PATH']}")
        patch.setattr(backup.connection, "close", lambda: None)
        assert backup._programs("pg_restore")[-1] == tmp_path / "99/pg_restore"
        assert backup._programs("pg_restore")[0] != tmp_path / "99/pg_restore"
        patch.setenv("PATH", f"{tmp_path / '9'}:/usr/bin:/bin")  # older than the server: not even considered
        assert tmp_path / "9/pg_restore" not in backup._programs("pg_restore")


def test_unpacking_needs_no_newer_python_and_leads_nowhere_else(tmp_path: Path) -> None:
    """Python 3.11.2 of Debian 12 has no filters of extraction."""
    file, folder = tmp_path / "crafted.tar", tmp_path / "folder"
    folder.mkdir()
    with tarfile.open(file, "w") as archive:
        for name in ("database.dump", "media/2026/book.xlsx", "../outside", str(tmp_path / "absolute")):
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"text"))
        link = tarfile.TarInfo("media/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
        through = tarfile.TarInfo("media/link/passwd")
        archive.addfile(through)
    with tarfile.open(file) as archive:
        archive.extractall = None  # type: ignore[method-assign,assignment]  # not even asked
        backup._unpack(archive, folder)
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if not path.is_dir()}
    assert found == {
        "crafted.tar",
        "folder/database.dump",
        "folder/media/2026/book.xlsx",
        "folder/media/link/passwd",  # a file in a folder, not one behind a link
    }
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
