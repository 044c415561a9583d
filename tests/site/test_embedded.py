"""The private PostgreSQL: shared by processes, stopped by the last one, safe to start again after a crash."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from anju.site import embedded
from tests import databases


@contextlib.contextmanager
def cluster_of_its_own() -> Iterator[embedded.Cluster]:
    # A short path: sockets allow about a hundred bytes.
    with tempfile.TemporaryDirectory(prefix="anju-test-", dir=databases.memory()) as folder:
        Path(folder).chmod(0o755)
        cluster = embedded.Cluster(data_dir=Path(folder))
        yield cluster
        cluster.stop()
        shutil.rmtree(cluster.home, ignore_errors=True)


@pytest.fixture
def nothing() -> Iterator[embedded.Cluster]:
    """A cluster that nobody has created yet."""
    with cluster_of_its_own() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def created() -> Iterator[tuple[embedded.Cluster, int]]:
    """A cluster that was created, has run and was stopped, and the version of the server that answered meanwhile."""
    with cluster_of_its_own() as cluster:
        cluster.start()
        with psycopg.connect(cluster.conninfo()) as connection:
            version = connection.info.server_version
        cluster.stop()
        yield cluster, version


@pytest.fixture
def cluster(nothing: embedded.Cluster, created: tuple[embedded.Cluster, int]) -> embedded.Cluster:
    """A cluster that has run before."""
    subprocess.run(["cp", "-a", str(created[0].home), str(nothing.home)], check=True)
    return nothing


def is_running(cluster: embedded.Cluster) -> bool:
    try:
        psycopg.connect(cluster.conninfo("postgres")).close()
    except psycopg.OperationalError:
        return False
    return True


def neighbour(cluster: embedded.Cluster) -> subprocess.Popen[str]:
    """Another process that uses the same cluster until its input ends."""
    code = (
        "import sys, pathlib; from anju.site import embedded\n"
        f"embedded.Cluster(data_dir=pathlib.Path({str(cluster.data_dir)!r})).start()\n"
        "print('ready', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_cluster_is_created_started_and_stopped(created: tuple[embedded.Cluster, int]) -> None:
    cluster, version = created
    assert version >= 160000
    assert not is_running(cluster)


def test_last_process_to_end_stops_the_server(cluster: embedded.Cluster) -> None:
    cluster.start()
    other = neighbour(cluster)
    cluster.stop()
    assert is_running(cluster), "stopped under the feet of another process"
    other.communicate("")
    assert not is_running(cluster)


def test_killed_process_keeps_nobody_from_stopping_the_server(cluster: embedded.Cluster) -> None:
    other = neighbour(cluster)
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert is_running(cluster)
    cluster.start()
    cluster.stop()
    assert not is_running(cluster)


def test_data_survives_a_killed_server(cluster: embedded.Cluster) -> None:
    cluster.start()
    with psycopg.connect(cluster.conninfo()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    os.kill(int((cluster.home / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    cluster.stop()
    cluster.start()
    with psycopg.connect(cluster.conninfo()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can close a folder to the account of the server")
def test_closed_folder_of_root_is_left_closed(nothing: embedded.Cluster) -> None:
    nothing.data_dir.chmod(0o700)
    nothing.start()
    assert is_running(nothing)
    assert nothing.data_dir not in nothing.home.parents
    assert nothing.data_dir.stat().st_mode & 0o777 == 0o700


def test_address_of_the_socket_is_read_as_it_is_written(nothing: embedded.Cluster) -> None:
    odd = embedded.Cluster(data_dir=nothing.data_dir / "it's 安居")
    odd.data_dir.mkdir()
    assert conninfo_to_dict(odd.conninfo())["host"] == str(odd.socket_dir)


def test_database_url_wins_over_the_embedded_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:s%20t@db.example:6543/estates?sslmode=require")
    assert embedded.database_settings() == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "estates",
        "USER": "ann",
        "PASSWORD": "s t",
        "HOST": "db.example",
        "PORT": "6543",
        "OPTIONS": {"sslmode": "require"},
    }
