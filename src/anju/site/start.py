"""Starting fast."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def for_good() -> Iterator[None]:
    """For imports and set-up, of which all is needed until the process ends: no looking for garbage among them.

    Python's collector would look through every object a dozen times meanwhile, and once more when the process ends;
    both take as long as the imports themselves. What is there when the block ends is never looked at again.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
