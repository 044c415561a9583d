"""Where Anju keeps what it owns on this machine."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import platformdirs


def data_dir() -> Path:
    """``ANJU_DATA_DIR``, else the platform's folder for a user's data; for root on Unix ``/var/lib/anju``.

    Root's own data folder is closed to every other user, and PostgreSQL refuses to run as root.
    """
    chosen = os.environ.get("ANJU_DATA_DIR")
    if chosen:
        path = Path(chosen).expanduser().absolute()
    elif sys.platform != "win32" and os.geteuid() == 0:
        path = Path("/var/lib/anju")
    else:
        path = Path(platformdirs.user_data_dir("anju", appauthor=False))
    path.mkdir(parents=True, exist_ok=True)
    return path


def generated_secret() -> str:
    """The secret of this installation, made once and readable by its owner only."""
    path = data_dir() / "secret-key"
    try:
        # Exclusive creation: of two processes that start at once, one writes and both read the same.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()
