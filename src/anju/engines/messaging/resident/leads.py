"""Where a message leads: who sends messages of a kind says what its reader does next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from anju.engines.messaging.models import Notice


@dataclass(frozen=True, slots=True)
class Lead:
    """One button below a message: its label and the address that it opens."""

    label: str | Promise
    address: Callable[[Notice], str]


_LEADS: dict[str, Lead] = {}


def lead(source: str, label: str | Promise, address: Callable[[Notice], str]) -> None:
    """Messages of ``source`` end with a button; said once, when the apps are ready."""
    _LEADS[source] = Lead(label, address)


def lead_of(notice: Notice) -> tuple[str, str] | None:
    """(label, address) of the button below ``notice``; None where there is nothing to do."""
    found = _LEADS.get(notice.source)
    return (str(found.label), found.address(notice)) if found else None
