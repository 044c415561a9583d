"""Other processes at the database of a test: commands as a person runs them, and work that can be killed.

Each is forked off one that has imported the product and set Django up (:mod:`tests.warm`), so that this is paid for
once; in all else it is a process of its own, with its own connections, signals and death. That a command also starts
from nothing is proven by ``tests/site/test_commands.py``.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.warm", "tests.processes"])


def start(
    work: Callable[..., None], *arguments: Any, home: Path | None = None, database: str = ""
) -> ForkServerProcess:
    """Run ``work``, a function of a module, in a process that uses the database, uploads and cheap hashes of this test.

    ``home`` (an ``ANJU_DATA_DIR``) and ``database`` (its name on the same server) make it one of another installation.
    """
    from django.conf import settings
    from django.db import connection

    from tests.world import PASSWORD

    here = {name: connection.settings_dict[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
    here["NAME"] = database or here["NAME"]
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    address = " ".join(f"{libpq}={here[name]}" for libpq, name in names.items() if here[name])
    environment = {"DATABASE_URL": address, "ANJU_PASSWORD": PASSWORD} | ({"ANJU_DATA_DIR": str(home)} if home else {})
    uploads = home / "media" if home else Path(settings.MEDIA_ROOT)
    given = {"MEDIA_ROOT": uploads, "PASSWORD_HASHERS": settings.PASSWORD_HASHERS}
    process = _forks.Process(target=_live, args=(here, given, environment, work, arguments))
    process.start()
    return process


@contextlib.contextmanager
def starting() -> Iterator[Callable[..., ForkServerProcess]]:
    """:func:`start`, of which nothing is left when the block ends."""
    started: list[ForkServerProcess] = []

    def begin(work: Callable[..., None], *arguments: Any) -> ForkServerProcess:
        started.append(start(work, *arguments))
        return started[-1]

    yield begin
    for process in started:
        kill(process)


def kill(process: ForkServerProcess) -> None:
    """End it as a power failure does, and wait until it is gone."""
    process.kill()
    process.join()


def wait_for(condition: Callable[[], bool], seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def anju(*arguments: str, fails: bool = False) -> Any:
    """Run the command with ``--json`` and return what it printed; its exit code must be 0 (``fails``: 1)."""
    code, said, complained = command(*arguments, "--json")
    assert code == int(fails), f"{arguments}: {code}\n{said}\n{complained}"
    return json.loads(said)


def command(*arguments: str, home: Path | None = None, database: str = "") -> tuple[int | None, str, str]:
    """Run a command to its end, of another installation if so wished: exit code, standard output, standard error."""
    with tempfile.TemporaryDirectory() as folder:
        said, complained = Path(folder) / "said", Path(folder) / "complained"
        process = start(_command, arguments, said, complained, home=home, database=database)
        process.join(180)
        return process.exitcode, said.read_text(), complained.read_text()


def run_worker() -> None:
    """The background worker, as ``anju worker`` runs it; it also knows the jobs that exist only for tests."""
    import tests.kit.jobs_sample  # noqa: F401 -- declares them
    from anju.site import worker

    worker.run()


def _live(
    database: dict[str, Any],
    given: dict[str, Any],
    environment: dict[str, str],
    work: Callable[..., None],
    arguments: tuple[Any, ...],
) -> None:
    from django.conf import settings
    from django.db import connection

    import tests.warm  # noqa: F401 -- done before, unless the tests were started outside of their folder

    os.environ |= environment
    connection.settings_dict |= database
    for name, value in given.items():
        setattr(settings, name, value)
    work(*arguments)


def _command(arguments: tuple[str, ...], said: Path, complained: Path) -> None:
    from anju.site import cli

    sys.argv = ["anju", *arguments]
    with (
        said.open("w") as output,
        complained.open("w") as errors,
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
    ):
        cli.main()
