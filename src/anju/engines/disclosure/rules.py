"""What a publication's seal is made of. Anybody can recompute it from the published page."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def content_hash(content: Any) -> str:
    """SHA-256 (hex) of ``content`` as canonical JSON: keys sorted, no blanks, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal(*, estate: str, sequence: int, kind: str, title: str, period: str, content: str, previous: str) -> str:
    """SHA-256 (hex) that binds a publication to its place: estate, number, heading, content and predecessor."""
    parts = [estate, str(sequence), kind, title, period, content, previous]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
