"""Locks before anything scarce is checked: rows in order of their key, or a named lock until the transaction ends."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def lock_rows(rows: models.QuerySet[M]) -> list[M]:
    """``rows`` locked FOR UPDATE in order of their primary key, so that two callers can't wait for each other."""
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def lock_name(*parts: object) -> None:
    """Hold the lock named by ``parts`` until the current transaction ends; a second caller waits."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest, "big", signed=True)])
