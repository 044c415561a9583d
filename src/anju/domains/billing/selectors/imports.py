"""The fees of a workbook beside those on the books: which are there already, and which cannot be written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from anju.domains.billing.enums import Method
from anju.domains.billing.models import FeeItem, RecurringCharge, Tariff
from anju.domains.billing.rules.cycles import FOREVER
from anju.domains.billing.selectors.tariffs import check_terms
from anju.foundation.registry.imports.fees import FeeProblem, FeeRow, UnitFeeRow
from anju.foundation.registry.models import Estate
from anju.kit.errors import Refusal

Thing = tuple[int, int | None, int | None]
"""Fee item, unit and space of a charge."""
_METHODS = {"area": Method.AREA, "flat": Method.FLAT}


def fee_codes(*, estate: Estate) -> frozenset[str]:
    """The numbers of the estate's fee items."""
    return frozenset(FeeItem.objects.filter(estate=estate).values_list("code", flat=True))


def check_fees(*, estate: Estate, fees: Sequence[FeeRow], unit_fees: Sequence[UnitFeeRow]) -> Iterator[FeeProblem]:
    """Which rows cannot be written; ``unit_fees`` are those of units and spaces that are on the register."""
    items = {item.code: item for item in FeeItem.objects.filter(estate=estate)}
    names = {item.name: item.code for item in items.values()}
    for fee in fees:
        item = items.get(fee.code)
        try:
            check_terms(Tariff(**terms_of(fee)))
            if item is not None:
                approved_already(item, fee)
        except Refusal as refusal:
            column = refusal.field or ""
            if refusal.code == "no_price":
                column = "price" if fee.method == "area" else "fixed"
            yield FeeProblem(fee, refusal.code, column, getattr(fee, column), refusal.message)
            continue
        if item is None and fee.name in names:
            message = _("Fee %(fee)s of this estate is called so already. Use its number, or another name.")
            yield FeeProblem(fee, "fee_item_name", "name", fee.name, message % {"fee": names[fee.name]})
    known = [row for row in unit_fees if row.fee_code in items]
    present = charges_by_thing(estate, {items[row.fee_code].pk for row in known})
    for row in sorted(known, key=lambda row: row.since):
        charge = same_or_overlapping(present[items[row.fee_code].pk, row.unit_id, row.space_id], row)
        if charge is None or is_as_said(charge, row):
            continue
        try:
            check_unbilled(charge, row)
        except Refusal as refusal:
            yield FeeProblem(row, refusal.code, "since", row.since, refusal.message)
        charge.since, charge.until = (
            row.since,
            row.until or charge.until,
        )  # so that the next row meets what this one leaves


def terms_of(fee: FeeRow) -> dict[str, Any]:
    """The terms of the tariff of a fee."""
    return {
        "method": _METHODS[fee.method],
        "price": fee.price,
        "fixed": fee.fixed,
        "cycle_months": fee.cycle_months,
        "timing": fee.timing,
    }


def approved_already(item: FeeItem, fee: FeeRow) -> bool:
    """Whether ``item`` has the tariff of ``fee``. Raises Refusal ``tariff_start`` if it has another from that day."""
    present = Tariff.objects.filter(fee_item=item, effective_from=fee.since, state="approved").first()
    if present is None:
        return False
    if all(getattr(present, name) == value for name, value in terms_of(fee).items()):
        return True
    raise Refusal(
        "tariff_start",
        _("Fee %(fee)s has another approved tariff from %(day)s. Make a new version of it in the settings.")
        % {"fee": fee.code, "day": fee.since},
        "since",
    )


def charges_by_thing(estate: Estate, items: Iterable[int]) -> dict[Thing, list[RecurringCharge]]:
    """The charges of these fee items, each unit's or space's by their first day."""
    found: dict[Thing, list[RecurringCharge]] = defaultdict(list)
    for charge in RecurringCharge.objects.filter(estate=estate, fee_item__in=items).order_by("since"):
        found[charge.fee_item_id, charge.unit_id, charge.space_id].append(charge)
    return found


def same_or_overlapping(charges: Sequence[RecurringCharge], row: UnitFeeRow) -> RecurringCharge | None:
    """The charge that ``row`` speaks of: the one that begins that day, else one that shares days with it."""
    ends = row.until or FOREVER
    same = [charge for charge in charges if charge.since == row.since]
    return next(
        iter(same + [charge for charge in charges if charge.since < ends and (charge.until or FOREVER) > row.since]),
        None,
    )


def is_as_said(charge: RecurringCharge, row: UnitFeeRow) -> bool:
    """Whether a charge is as the row says; a row without an end leaves the one that it has."""
    return charge.since == row.since and row.until in (None, charge.until)


def check_unbilled(charge: RecurringCharge, row: UnitFeeRow) -> None:
    """Raises Refusal ``charge_billed``: another start or an earlier end contradicts bills that have been issued."""
    standing = charge.bills.filter(reversed_at=None)
    if (charge.since != row.since and standing.exists()) or standing.filter(until__gt=row.until or FOREVER).exists():
        raise Refusal(
            "charge_billed",
            _("Fee %(fee)s has been billed for days that the workbook now leaves out.") % {"fee": row.fee_code},
        )
