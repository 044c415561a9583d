"""Room for calls: at no depth does a loop ask the operating system for memory again and again."""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable

from anju.kit.frames import roomy

DEPTHS = range(300)
"""More than 16 KB of frames: one of these depths is the end of the first piece."""
CALLS = 500


def _leaf(number: int) -> list[int]:
    """Needs more room than a step of :func:`_at`, so that some depth has room for the loop and none for this."""
    return [number, number, number, number, number, number, number, number, number, number, number, number]


def _loop() -> int:
    """How many pages of memory were asked for during some calls."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for number in range(CALLS):
        _leaf(number)
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def _at(depth: int) -> int:
    return _loop() if depth == 0 else _at(depth - 1)


def _most() -> int:
    return max(_at(depth) for depth in DEPTHS)


def _in_new_thread(function: Callable[[], int]) -> int:
    """Answer of ``function``, called where no frames lie below it."""
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(function()))
    thread.start()
    thread.join()
    return answers[0]


def test_no_loop_asks_for_memory_at_every_call():
    assert _in_new_thread(roomy(lambda: _most())) < CALLS / 5


def test_the_function_is_the_same_otherwise():
    @roomy
    def add(first: int, *, second: int) -> int:
        """Sum."""
        return first + second

    assert (add(1, second=2), add.__name__, add.__doc__) == (3, "add", "Sum.")
