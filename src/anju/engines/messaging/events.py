"""What messaging states to whoever is concerned."""

from __future__ import annotations

from dataclasses import dataclass

from anju.engines.messaging.models import Delivery


@dataclass(frozen=True, slots=True)
class NoticeDelivered:
    """A notice has reached its party, and there is proof of it."""

    delivery: Delivery
