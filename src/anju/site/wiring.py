"""What modules do for each other across the floors, in one readable place; called once, when the apps are ready."""

from __future__ import annotations


def connect() -> None:
    """Connect every effect between modules; calling it twice changes nothing."""
    _audit_checks()
    _delivered_demands()


def _audit_checks() -> None:
    """What ``anju audit`` proves."""
    from anju.domains.billing import audit as billing_audit
    from anju.engines.ledger import audit as ledger_audit

    ledger_audit.register_checks()
    billing_audit.register_checks()


def _delivered_demands() -> None:
    """A demand that has reached its payer starts the limitation of its bills anew."""
    from anju.domains.billing.actions.dunning import restart_limitation
    from anju.engines.messaging.events import NoticeDelivered
    from anju.kit import events

    events.connect(NoticeDelivered, restart_limitation)
