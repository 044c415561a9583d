"""The web server, with or without a background worker beside it; whatever ends one ends all."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

from django.db import connections
from django.utils.translation import gettext as _
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

POOL = "ANJU_DB_POOL"


class AddressInUse(Exception):
    """The wanted address cannot be listened on; the message says why and what to do."""


def check_address(host: str, port: int) -> None:
    """Raise :class:`AddressInUse` before anything has been started."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            text = _("%(address)s: %(reason)s. Choose another with --port or --host.")
            raise AddressInUse(text % {"address": f"{host}:{port}", "reason": error.strerror}) from None


class WorkerProcess:
    """A background worker that is started again when it dies, until told to stop."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process = self._start()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @staticmethod
    def _start() -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl+C reaches it through us, after the server has finished its requests.
        environment = {name: value for name, value in os.environ.items() if name != POOL}
        command = [sys.executable, "-m", "anju.site.cli", "worker"]
        return subprocess.Popen(command, start_new_session=True, env=environment)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._process.wait()
            if self._stopping.wait(1):
                return
            self._process = self._start()

    def stop(self) -> None:
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(12)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def _background(wanted: bool) -> Iterator[None]:
    worker = WorkerProcess() if wanted else None
    try:
        yield
    finally:
        if worker is not None:
            worker.stop()


class _Server(MPServer):
    """Ends when its terminal is closed, as it does on Ctrl+C; a program that nobody sees should not run on."""

    def signal_handler_reload(self, *args: object, **kwargs: object) -> None:
        self.signal_handler_interrupt()


def serve(*, host: str, port: int, with_worker: bool, processes: int | None = None) -> None:
    """Serve until interrupted or terminated; raises :class:`AddressInUse` when the address is taken."""
    check_address(host, port)
    connections.close_all()
    # Fresh processes instead of copies of this one: they read the settings anew, with a pool of connections.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ[POOL] = "1"
    with _background(with_worker):
        _Server(
            "anju.site.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes or min(os.cpu_count() or 1, 4),
            blocking_threads=8,
            backpressure=128,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.error,
        ).serve()
