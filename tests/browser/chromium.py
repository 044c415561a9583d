"""Which Chromium the browser tests drive."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
]


@cache
def path() -> str | None:
    """``ANJU_CHROMIUM``, else the system's, else one that Playwright has downloaded; None when there is none."""
    chosen = os.environ.get("ANJU_CHROMIUM")
    if chosen:
        return chosen if Path(chosen).exists() else None
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    downloaded = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    return next((str(each) for each in sorted(downloaded.glob("chromium-*/chrome-linux*/chrome"))), None)
