"""Room for the calls below a call.

CPython (3.11 and later) keeps the frames of running functions in pieces of 16 KB. Where a loop happens to run at the
end of a piece, each call that it makes asks the operating system for another piece and gives it back: the call takes
hundreds of times as long, and a page a third longer, or not, by the depth at which its templates happen to stand. A
function that says it needs much gets one large piece instead, and all that is called below it fits in there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., object])

SLOTS = 65_536
"""Words of memory, of which only those in use are ever touched; the piece is twice as large, the rest is the room."""


def roomy(function: Function) -> Function:
    """Decorator for what stands at the bottom of much work: a request, a job, a command. Returns the same function."""
    function.__code__ = function.__code__.replace(co_stacksize=SLOTS)
    return function
