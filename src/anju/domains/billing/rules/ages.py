"""How old arrears are, and the three rates of the rule book (8)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Arrears overdue for ``least`` to ``most`` days (None: without end)."""

    key: str
    label: str | Promise
    least: int
    most: int | None


AGE_BANDS = (
    AgeBand("30", _("up to 30 days"), 1, 30),
    AgeBand("90", _("31 to 90 days"), 31, 90),
    AgeBand("180", _("91 to 180 days"), 91, 180),
    AgeBand("365", _("181 to 365 days"), 181, 365),
    AgeBand("730", _("1 to 2 years"), 366, 730),
    AgeBand("1095", _("2 to 3 years"), 731, 1095),
    AgeBand("older", _("over 3 years"), 1096, None),
)


def age_band(days: int) -> AgeBand | None:
    """The band of arrears that are ``days`` overdue; None when they are not overdue."""
    return next((band for band in AGE_BANDS if band.least <= days <= (band.most or days)), None)


def rate(part: Decimal, whole: Decimal) -> Decimal | None:
    """``part`` of ``whole`` to four decimals (0.9800 is 98 %); None of nothing."""
    return (part / whole).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP) if whole else None


def meets(value: Decimal | None, target: Decimal) -> bool | None:
    """Whether a rate reaches its target (P15-05: at least); None where there is nothing to judge."""
    return None if value is None else value >= target
