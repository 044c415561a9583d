"""The command line: what is there, how it helps, how it refuses, how it stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from anju.kit.errors import Refusal
from anju.site import cli, database, embedded
from tests import databases, processes

COMMANDS = cli.group.list_commands(click.Context(cli.group))


def anju(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "anju.site.cli", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_promised_commands_exist() -> None:
    assert {"migrate", "serve", "worker", "demo"} <= set(COMMANDS)


# manage hands --help on to Django
@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "manage"])
def test_every_command_explains_itself_without_a_database(name: str) -> None:
    result = CliRunner().invoke(cli.group, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) > 4


def test_refusal_is_one_line_on_stderr_and_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def refusing() -> None:
        raise Refusal("estate_unknown", "没有这个小区。")

    monkeypatch.setattr(cli.Commands, "get_command", lambda *_: refusing)
    monkeypatch.setattr(cli, "_prepare", lambda _: None)
    monkeypatch.setattr(cli, "_reach_database", lambda: None)
    monkeypatch.setattr(cli, "_check_structure", lambda: None)
    result = CliRunner().invoke(cli.group, ["refusing"])
    assert result.exit_code == 1
    assert result.stderr == "没有这个小区。\n"
    assert result.stdout == ""


def test_value_that_no_column_can_hold_is_refused_in_a_line(monkeypatch: pytest.MonkeyPatch, world: Any) -> None:
    monkeypatch.setattr(cli, "_prepare", lambda _: None)
    monkeypatch.setattr(cli, "_check_structure", lambda: None)
    with transaction.atomic():
        result = CliRunner().invoke(cli.group, ["createuser", "--username", "x" * 300, "--password", "Haizi-4711"])
        transaction.set_rollback(True)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://anju:Geheim-1@db/anju", "DATABASE_URL is no address of a PostgreSQL"),
        ("postgresql://anju:Geheim-1@127.0.0.1:1/anju", "127.0.0.1"),
    ],
)
def test_database_out_of_reach_is_told_in_a_line_without_its_password(address: str, told: str) -> None:
    done = anju("audit", "--json", DATABASE_URL=address)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "Geheim" not in done.stderr


def test_server_that_is_too_old_is_told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST", 99)
    with pytest.raises(embedded.DatabaseUnavailable, match="PostgreSQL 99"):
        database.reach()


def test_folder_that_cannot_hold_data_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    done = anju("audit", ANJU_DATA_DIR=str(file), DATABASE_URL="")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert f"{file}: File exists" in done.stderr
    assert "ANJU_DATA_DIR" in done.stderr


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="anju-test-", dir=databases.memory()) as folder:
        Path(folder).chmod(0o755)  # the server of root is somebody else
        yield Path(folder)


@pytest.mark.long
def test_an_empty_machine_is_prepared_by_the_first_command_and_serve_stops_all_it_started(
    home: Path, django_db_setup: None
) -> None:
    environment = {"ANJU_DATA_DIR": str(home), "DATABASE_URL": ""}
    first = anju("audit", "--json", **environment)
    assert first.returncode == 0, first.stderr
    assert "空数据库" in first.stderr
    assert json.loads(first.stdout)["ok"] is True
    assert json.loads(anju("migrate", "--json", **environment).stdout) == {"applied": []}

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "anju.site.cli", "serve", "--port", str(port), "--with-worker", "--processes", "1"],
        env=os.environ | environment,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5)
                break
            except OSError:
                assert time.monotonic() < deadline, "the server did not answer"
                time.sleep(0.2)
        assert answer.status == 200
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        code, _said, complained = processes.command("serve", "--port", str(port))
        assert (code, f"127.0.0.1:{port}" in complained) == (1, True)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
    gone_by = time.monotonic() + 10  # the last child may end a moment after its parent
    while (left := processes_mentioning(str(home))) and time.monotonic() < gone_by:
        time.sleep(0.2)
    assert left == []


def test_an_older_database_is_refused_until_it_is_migrated(transactional_db: None) -> None:
    # The latest one of the kit adds triggers only, so that it may come upon its own work.
    ((_label, newer),) = MigrationLoader(None).graph.leaf_nodes("kit")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'kit' AND name = %s RETURNING id", [newer])
        assert cursor.fetchone()
    assert processes.command("manage", "migrate", "--check")[0] == 1
    for name in ("serve", "audit"):
        code, _said, complained = processes.command(name)
        assert code == 1
        assert "anju migrate" in complained
    assert processes.anju("migrate") == {"applied": [f"kit.{newer}"]}
    assert processes.anju("audit")["ok"] is True


def processes_mentioning(text: str) -> list[str]:
    """Command lines and environments of running processes that name ``text``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            said = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if text.encode() in said:
            found.append(said.replace(b"\0", b" ").decode(errors="replace")[:200])
    return found
