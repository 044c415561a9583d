"""The fees of a take-over workbook: items, the tariff each has, and who is charged it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from anju.domains.billing.actions.tariffs import add_fee_item, adopt_tariff
from anju.domains.billing.models import FeeItem, RecurringCharge
from anju.domains.billing.selectors.imports import (
    approved_already,
    charges_by_thing,
    check_unbilled,
    is_as_said,
    same_or_overlapping,
    terms_of,
)
from anju.foundation.registry.imports.fees import Counts, FeeRow, UnitFeeRow
from anju.foundation.registry.models import Estate
from anju.kit.actions import action

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

_KINDS = ("fee_item", "tariff", "recurring_charge")


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
    terms = terms_of(fee)
    if approved_already(item, fee):
        return "unchanged"
    adopt_tariff(fee_item=item, by=by, effective_from=fee.since, basis=fee.note, **terms)
    return "created"


def _charge(estate: Estate, items: dict[str, FeeItem], unit_fees: Sequence[UnitFeeRow], counts: Counts) -> None:
    wanted = {items[row.fee_code].pk for row in unit_fees}
    present = charges_by_thing(estate, wanted)
    fresh: list[RecurringCharge] = []
    changed: list[RecurringCharge] = []
    for row in sorted(unit_fees, key=lambda row: row.since):
        thing = (items[row.fee_code].pk, row.unit_id, row.space_id)
        known = same_or_overlapping(present[thing], row)
        if known is None:
            fee_item, unit, space = thing
            known = RecurringCharge(
                estate=estate, fee_item_id=fee_item, unit_id=unit, space_id=space, since=row.since, until=row.until
            )
            present[thing].append(known)
            fresh.append(known)
        elif is_as_said(known, row):
            counts["unchanged"]["recurring_charge"] += 1
        else:
            if known.pk is not None:
                check_unbilled(known, row)
            known.since, known.until = row.since, row.until or known.until
            if known.pk is not None:
                changed.append(known)
    RecurringCharge.objects.bulk_create(fresh, batch_size=5000)
    RecurringCharge.objects.bulk_update(changed, ["since", "until"], batch_size=5000)
    counts["created"]["recurring_charge"] += len(fresh)
    counts["changed"]["recurring_charge"] += len(changed)
