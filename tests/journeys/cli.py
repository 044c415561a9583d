"""``anju`` as a person or a script runs it: a process of its own, on the database of the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.db import connection

from tests.world import PASSWORD


def environment(**more: str) -> dict[str, str]:
    """What another process needs to work on the database, and with the uploads, of this test."""
    given = connection.settings_dict
    parts = {"dbname": given["NAME"], "host": given["HOST"], "user": given["USER"], "password": given["PASSWORD"],
             "port": given["PORT"]}  # fmt: skip
    address = " ".join(f"{name}={value}" for name, value in parts.items() if value)
    ours = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "anju.site.settings", "ANJU_PASSWORD": PASSWORD}
    return os.environ | ours | {"ANJU_MEDIA_ROOT": str(settings.MEDIA_ROOT)} | more


def anju(*arguments: str, fails: bool = False) -> Any:
    """Run the command with ``--json`` and return what it printed; its exit code must be 0 (``fails``: 1)."""
    done = subprocess.run(
        [sys.executable, "-m", "anju.site.cli", *arguments, "--json"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == int(fails), f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)
