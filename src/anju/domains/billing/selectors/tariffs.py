"""Fee items and tariffs: which version holds, and whether one can be applied."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anju.domains.billing import formula
from anju.domains.billing.enums import Method, TariffState
from anju.domains.billing.models import FeeItem, Tariff
from anju.domains.billing.rules.parts import parse_tiers
from anju.foundation.registry.models import Estate
from anju.kit import clock
from anju.kit.errors import Refusal


def fee_items_of_estate(estate: Estate) -> QuerySet[FeeItem]:
    """Fee items with their account, by code."""
    return FeeItem.objects.filter(estate=estate).select_related("income__fund").order_by("code")


def tariffs_of_estate(estate: Estate) -> QuerySet[Tariff]:
    """Every version of every tariff, the latest of each item first."""
    return Tariff.objects.filter(estate=estate).select_related("fee_item").order_by("fee_item__code", "-version")


def tariff_in_force(item: FeeItem, on: date | None = None) -> Tariff | None:
    """The approved version that prices a day (today unless given)."""
    approved = item.tariffs.filter(state=TariffState.APPROVED, effective_from__lte=on or clock.today())
    return approved.order_by("-effective_from").first()


def tariffs_in_force(estate: Estate, on: date | None = None) -> QuerySet[Tariff]:
    """The approved version of every item in use that prices a day: the estate's fee standards (P05-07, P05-08)."""
    return (
        Tariff.objects.filter(
            estate=estate, state=TariffState.APPROVED, effective_from__lte=on or clock.today(), fee_item__is_active=True
        )
        .select_related("fee_item")
        .order_by("fee_item_id", "-effective_from")
        .distinct("fee_item_id")
    )


def check_terms(tariff: Tariff) -> None:
    """Whether bills could be computed. Raises Refusal ``bad_formula``, ``bad_tiers`` or ``no_price``."""
    if tariff.method == Method.FORMULA:
        formula.parse(tariff.formula)
        return
    if tariff.method == Method.METERED and tariff.tiers:
        try:
            parse_tiers(tariff.tiers)
        except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError):
            raise Refusal(
                "bad_tiers",
                _("Each tier needs a price and an upper bound above the one before; the last has no upper bound."),
                "tiers",
            ) from None
        return
    if not Decimal(tariff.price) and not Decimal(tariff.fixed):
        raise Refusal("no_price", _("Please give a price or a fixed part."), "price")


def check_start(tariff: Tariff) -> None:
    """Raises Refusal ``tariff_start`` when an approved version of the item begins on the same day."""
    twins = Tariff.objects.filter(fee_item_id=tariff.fee_item_id, effective_from=tariff.effective_from)
    if twins.filter(state=TariffState.APPROVED).exclude(pk=tariff.pk).exists():
        raise Refusal("tariff_start", _("An approved version begins on that day already."), "effective_from")
