"""How a bill was computed, in the words and figures of the bill itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anju.domains.billing.enums import Method
from anju.domains.billing.models import Bill, Tariff
from anju.domains.billing.rules.standing import Stretch, stretches


@dataclass(frozen=True, slots=True)
class Factor:
    """One term of the computation: ``sign`` before it, the figure as people write it, and what it is."""

    sign: str
    figure: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The terms that make up ``bill.amount``, the tariff they come from, and remarks."""

    bill: Bill
    tariff: Tariff | None
    factors: list[Factor] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def equation(self) -> str:
        """“96.50 m² × 2.40 yuan × 1 month = 231.60 yuan”."""
        left = " ".join(f"{factor.sign} {factor.figure}".strip() for factor in self.factors)
        right = _("%(amount)s yuan") % {"amount": f"{self.bill.amount:,.2f}"}
        return f"{left} = {right}" if left else right


def explanation(bill: Bill) -> Explanation:
    """How ``bill`` was computed. Late fees name the bill they are for; bills taken over say that they were."""
    if bill.late_for is not None:
        return _of_late_fee(bill)
    tariff = bill.tariff
    if tariff is None:
        return Explanation(bill, None, remarks=[_("This bill was taken over as it stood; it was not computed here.")])
    fixed = Factor("+", _yuan(bill.fixed), _("fixed part per month"))
    factors = _price_factors(bill, tariff)
    if bill.fixed and tariff.method == Method.METERED:
        factors += [fixed, Factor("×", _months(bill), _("service")), *_discount(bill)]
    else:
        if bill.fixed:
            factors = [Factor("(", factors[0].figure, factors[0].meaning), *factors[1:], fixed]
            factors[-1] = Factor("+", f"{factors[-1].figure} )", factors[-1].meaning)
        factors += _discount(bill)
        if tariff.method != Method.METERED:
            factors.append(Factor("×", _months(bill), _("service")))
    remarks = [_("Rounded once, half up, to the cent.")]
    if tariff.method == Method.METERED and tariff.tiers:
        remarks.append(_("The price shown is the mean over the tiers, rounded for reading; the amount is exact."))
    if any(stretch.days for stretch in stretches(bill.since, bill.until)):
        remarks.append(
            _("Part months count by days. When days are shared between payers, the parts add up to the whole amount.")
        )
    return Explanation(bill, tariff, factors, remarks)


def _price_factors(bill: Bill, tariff: Tariff) -> list[Factor]:
    price = _price(bill.price)
    if tariff.method == Method.AREA:
        area = Factor("", f"{bill.quantity:,.2f} m²", _("area"))
        return [area, Factor("×", price, _("price per m² and month"))]
    if tariff.method == Method.METERED:
        used = Factor("", f"{bill.quantity.normalize():,f}", _("consumption"))
        return [used, Factor("×", price, _("price per metered unit"))]
    if tariff.method == Method.FORMULA:
        return [Factor("", price, _("per month by the formula: %(formula)s") % {"formula": tariff.formula})]
    meanings = {
        Method.SPACE: _("per parking space and month"),
        Method.VEHICLE: _("per vehicle and month"),
        Method.FLAT: _("per month"),
    }
    return [Factor("", price, meanings[Method(tariff.method)])]


def _discount(bill: Bill) -> list[Factor]:
    if bill.discount == 1:
        return []
    return [Factor("×", f"{(bill.discount * 100).normalize():f}%", _("part charged, because it stood vacant"))]


def _months(bill: Bill) -> str:
    parts = [_stretch(stretch) for stretch in stretches(bill.since, bill.until)]
    return parts[0] if len(parts) == 1 else f"( {' + '.join(parts)} )"


def _stretch(stretch: Stretch) -> str:
    if stretch.months:
        return ngettext("%(count)s month", "%(count)s months", stretch.months) % {"count": stretch.months}
    return _("%(days)s/%(of)s month") % {"days": stretch.days, "of": stretch.of}


def _of_late_fee(bill: Bill) -> Explanation:
    principal = bill.late_for
    assert principal is not None  # noqa: S101 -- the caller has looked
    tariff = principal.tariff
    remarks = [
        _("Late fee on bill %(number)s (%(bill)s), from the day after its due date and the days of grace.")
        % {"number": principal.pk, "bill": principal}
    ]
    if tariff is not None:
        remarks.append(
            _("%(rate)s %% per day of what was open, on the principal only and at most %(cap)s %% of it.")
            % {"rate": _plain(tariff.late_daily_rate * 100), "cap": _plain(tariff.late_cap * 100)}
        )
    return Explanation(bill, tariff, remarks=remarks)


def _yuan(amount: Decimal) -> str:
    return _("%(amount)s yuan") % {"amount": f"{amount:,.2f}"}


def _price(price: Decimal) -> str:
    short = price.quantize(Decimal("0.01"))
    return _("%(amount)s yuan") % {"amount": f"{short:,.2f}" if short == price else _plain(price)}


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
