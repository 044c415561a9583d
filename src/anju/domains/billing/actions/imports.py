"""The fees of a take-over workbook: items, the tariff each has, and who is charged it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from anju.domains.billing.actions.tariffs import add_fee_item, adopt_tariff
from anju.domains.billing.enums import Method
from anju.domains.billing.models import FeeItem, RecurringCharge, Tariff
from anju.domains.billing.rules.cycles import FOREVER
from anju.foundation.registry.imports.fees import Counts, FeeRow, UnitFeeRow
from anju.foundation.registry.models import Estate
from anju.kit.actions import action
from anju.kit.errors import Refusal

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

_KINDS = ("fee_item", "tariff", "recurring_charge")
_METHODS = {"area": Method.AREA, "flat": Method.FLAT}


@action
def apply_fees(*, estate: Estate, fees: Sequence[FeeRow], unit_fees: Sequence[UnitFeeRow], by: User | None) -> Counts:
    """Write what a workbook says of fees; the same rows a second time change nothing.

    Raises Refusal ``fee_item_name``, ``no_price``, ``tariff_start`` (another tariff is approved from that day: prices
    are not changed behind the back of whoever approved them) or ``charge_billed``.
    """
    counts: Counts = {what: dict.fromkeys(_KINDS, 0) for what in ("created", "changed", "unchanged")}
    items = {item.code: item for item in FeeItem.objects.filter(estate=estate)}
    for fee in fees:
        item = items.get(fee.code)
        if item is None:
            item = items[fee.code] = add_fee_item(estate=estate, code=fee.code, name=fee.name, kind=fee.kind, by=by)
            counts["created"]["fee_item"] += 1
        else:
            counts["unchanged"]["fee_item"] += 1
        counts[_adopt(item, fee, by)]["tariff"] += 1
    _charge(estate, items, unit_fees, counts)
    return counts


def _adopt(item: FeeItem, fee: FeeRow, by: User | None) -> str:
    """Make the tariff of ``fee`` unless it is there; whether it was created, changed or unchanged."""
    present = Tariff.objects.filter(fee_item=item, effective_from=fee.since, state="approved").first()
    terms = {
        "method": _METHODS[fee.method],
        "price": fee.price,
        "fixed": fee.fixed,
        "cycle_months": fee.cycle_months,
        "timing": fee.timing,
    }
    if present is not None:
        if all(getattr(present, name) == value for name, value in terms.items()):
            return "unchanged"
        raise Refusal(
            "tariff_start",
            _("Fee %(fee)s has another approved tariff from %(day)s. Make a new version of it in the settings.")
            % {"fee": fee.code, "day": fee.since},
        )
    adopt_tariff(fee_item=item, by=by, effective_from=fee.since, basis=fee.note, **terms)
    return "created"


Thing = tuple[int, int | None, int | None]
"""Fee item, unit and space of a charge."""


def _charge(estate: Estate, items: dict[str, FeeItem], unit_fees: Sequence[UnitFeeRow], counts: Counts) -> None:
    wanted = {items[row.fee_code].pk for row in unit_fees}
    present: dict[Thing, list[RecurringCharge]] = defaultdict(list)
    for charge in RecurringCharge.objects.filter(estate=estate, fee_item__in=wanted).order_by("since"):
        present[charge.fee_item_id, charge.unit_id, charge.space_id].append(charge)
    fresh: list[RecurringCharge] = []
    changed: list[RecurringCharge] = []
    for row in unit_fees:
        thing = (items[row.fee_code].pk, row.unit_id, row.space_id)
        known = _same_or_overlapping(present[thing], row)
        if known is None:
            fee_item, unit, space = thing
            known = RecurringCharge(
                estate=estate, fee_item_id=fee_item, unit_id=unit, space_id=space, since=row.since, until=row.until
            )
            present[thing].append(known)
            fresh.append(known)
        elif (known.since, known.until) == (row.since, row.until):
            counts["unchanged"]["recurring_charge"] += 1
        else:
            _check_unbilled(known, row)
            known.since, known.until = row.since, row.until
            if known.pk is not None:
                changed.append(known)
    RecurringCharge.objects.bulk_create(fresh, batch_size=5000)
    RecurringCharge.objects.bulk_update(changed, ["since", "until"], batch_size=5000)
    counts["created"]["recurring_charge"] += len(fresh)
    counts["changed"]["recurring_charge"] += len(changed)


def _same_or_overlapping(charges: Sequence[RecurringCharge], row: UnitFeeRow) -> RecurringCharge | None:
    """The charge that ``row`` speaks of: the one that begins that day, else one that shares days with it."""
    ends = row.until or FOREVER
    same = [charge for charge in charges if charge.since == row.since]
    return next(
        iter(same + [charge for charge in charges if charge.since < ends and (charge.until or FOREVER) > row.since]),
        None,
    )


def _check_unbilled(charge: RecurringCharge, row: UnitFeeRow) -> None:
    """Another start or an earlier end contradicts bills that have been issued."""
    if charge.pk is None:
        return
    standing = charge.bills.filter(reversed_at=None)
    if (charge.since != row.since and standing.exists()) or standing.filter(until__gt=row.until or FOREVER).exists():
        raise Refusal(
            "charge_billed",
            _("Sheet “%(sheet)s”, row %(row)s: fee %(fee)s has been billed for days that the workbook now leaves out.")
            % {"sheet": row.sheet, "row": row.row, "fee": row.fee_code},
        )
