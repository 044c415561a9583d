"""The demo world: three estates under one district, fourteen months of their life, and somebody of every kind.

The same seed and the same day give the same world; only what must not be guessed (tokens, password hashes) and the
times of writing differ. It is written in one transaction: a build that is killed leaves nothing behind.
"""

from anju.site.demo.summary import Summary
from anju.site.demo.world import build

__all__ = ["Summary", "build"]
