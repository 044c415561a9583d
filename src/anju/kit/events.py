"""Facts that one module states and others act upon; connected in one place, ``anju/site/wiring.py``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def connect(event: type, handler: Callable[[Any], None]) -> None:
    """Call ``handler`` with each published ``event``; connecting twice changes nothing."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def publish(event: object) -> None:
    """Run the handlers now, inside the caller's transaction: effect and cause are committed together or not at all."""
    for handler in _handlers[type(event)]:
        handler(event)
