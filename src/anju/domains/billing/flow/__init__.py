"""Billing's state machines."""

from anju.domains.billing.flow.collection import CANCELLATION, TRANSFER, WAIVER

__all__ = ["CANCELLATION", "TRANSFER", "WAIVER"]
