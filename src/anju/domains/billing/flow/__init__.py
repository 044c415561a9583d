"""Billing's state machines."""

from anju.domains.billing.flow.collection import CANCELLATION, TRANSFER, WAIVER
from anju.domains.billing.flow.tariffs import TARIFF

__all__ = ["CANCELLATION", "TARIFF", "TRANSFER", "WAIVER"]
