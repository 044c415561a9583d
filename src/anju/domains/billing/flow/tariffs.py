"""A tariff on its way from draft to force: drawn up by one person, approved by another."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.billing import permissions
from anju.domains.billing.enums import TariffState
from anju.domains.billing.models import Tariff
from anju.domains.billing.selectors.tariffs import check_start, check_terms
from anju.kit.errors import Refusal
from anju.kit.flow import Flow, Transition, approval, rejection


def is_complete(*, obj: Tariff, by: Any, **_data: Any) -> None:
    """Raises Refusal when bills could not be computed from it."""
    check_terms(obj)


def may_approve(*, obj: Tariff, by: Any, **_data: Any) -> None:
    """Raises Refusal ``own_tariff`` or ``tariff_start``."""
    if by is not None and obj.created_by_id == by.pk:
        raise Refusal("own_tariff", _("You drew this tariff up yourself: somebody else has to approve it."))
    check_terms(obj)
    check_start(obj)


TARIFF = Flow(
    "billing.tariff",
    gettext_lazy("Tariff"),
    Tariff,
    TariffState,
    (
        Transition(
            "submit",
            gettext_lazy("Submit for approval"),
            source="draft",
            target="submitted",
            permission=permissions.CHANGE_TARIFFS,
            guard=is_complete,
            icon="send",
        ),
        approval("submitted", permission=permissions.APPROVE_TARIFFS, guard=may_approve),
        rejection("submitted", permission=permissions.APPROVE_TARIFFS),
        Transition(
            "withdraw",
            gettext_lazy("Take back"),
            source="submitted",
            target="draft",
            permission=permissions.CHANGE_TARIFFS,
            tone="secondary",
            icon="arrow-back-up",
        ),
        Transition(
            "revise",
            gettext_lazy("Revise"),
            source="rejected",
            target="draft",
            permission=permissions.CHANGE_TARIFFS,
            icon="edit",
        ),
    ),
)
