"""Static files straight from the package, with addresses that change when their content does."""

from __future__ import annotations

import gzip
import hashlib
import re
import tempfile
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware


@lru_cache(maxsize=1024)
def _version(name: str) -> str:
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] if path else ""


class VersionedStaticStorage(StaticFilesStorage):
    """Adds a digest of the content to the address, so that browsers may keep a file for a year and still see a new
    release.

    Needs no collecting step and no write access to the installation.
    """

    def url(self, name: str | None) -> str:
        address = super().url(name)
        version = "" if settings.DEBUG or not name else _version(name)
        return f"{address}?v={version}" if version else address


class PackedStaticMiddleware(WhiteNoiseMiddleware):
    """Sends style sheets and scripts packed: a phone on a slow line shows its first page half a second sooner.

    What is not packed in the package (:mod:`tools.vendor` packs what it brings) is packed once, when the server
    starts, into a folder of its own outside the installation.
    """

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="anju-static-")

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        found = super().get_static_file(path, url, stat_cache)
        if self.autorefresh or len(found.alternatives) > 1 or not path.endswith((".css", ".js")):
            return found
        packed = Path(self._folder.name) / f"{hashlib.sha256(path.encode()).hexdigest()[:24]}.gz"
        packed.write_bytes(gzip.compress(Path(path).read_bytes(), mtime=0))
        ((anything, plain, headers),) = found.alternatives
        headers = [(name, value) for name, value in headers if name != "Content-Length"] + [("Vary", "Accept-Encoding")]
        found.alternatives = [
            (
                re.compile(r"\bgzip\b"),
                str(packed),
                [*headers, ("Content-Length", str(packed.stat().st_size)), ("Content-Encoding", "gzip")],
            ),
            (anything, plain, [*headers, ("Content-Length", str(Path(plain).stat().st_size))]),
        ]
        return found
