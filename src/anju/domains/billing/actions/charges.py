"""Who is charged what regularly."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju.domains.billing.models import FeeItem, RecurringCharge
from anju.foundation.registry.models import ParkingSpace, Party, Unit, Vehicle
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name, lock_rows

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User


_CHARGE = """
    INSERT INTO billing_recurringcharge (estate_id, fee_item_id, payer_id, since, until, unit_id)
    SELECT %s, %s, %s::bigint, %s, %s::date, u.id FROM ({chosen}) AS u (id)
"""


@action
def add_charge(
    *,
    fee_item: FeeItem,
    since: date,
    by: User | None,
    unit: Unit | None = None,
    space: ParkingSpace | None = None,
    vehicle: Vehicle | None = None,
    until: date | None = None,
    payer: Party | None = None,
) -> RecurringCharge:
    """Charge one unit, space or vehicle from ``since`` until before ``until``.

    Raises Refusal ``charge_one_thing``, ``charge_dates`` or ``charge_overlaps``.
    """
    things = {
        name: thing for name, thing in (("unit", unit), ("space", space), ("vehicle", vehicle)) if thing is not None
    }
    if len(things) != 1:
        raise Refusal("charge_one_thing", _("Choose one unit, one parking space or one vehicle."), "unit")
    _check_dates(since, until)
    lock_name("billing.charges", fee_item.pk)
    same = RecurringCharge.objects.filter(estate_id=fee_item.estate_id, fee_item=fee_item, **things)
    if _overlapping(same, since, until).exists():
        raise Refusal("charge_overlaps", _("It is charged this fee on some of these days already."), "since")
    return RecurringCharge.objects.create(
        estate_id=fee_item.estate_id, fee_item=fee_item, since=since, until=until, payer=payer, **things
    )


@action
def add_charges(
    *,
    fee_item: FeeItem,
    units: QuerySet[Unit],
    since: date,
    by: User | None,
    until: date | None = None,
    payer: Party | None = None,
) -> int:
    """Charge many units at once; those that are charged the item on some of these days already are left as they are.

    Returns how many were added. Raises Refusal ``charge_dates``.
    """
    _check_dates(since, until)
    lock_name("billing.charges", fee_item.pk)
    charged = RecurringCharge.objects.filter(estate_id=fee_item.estate_id, fee_item=fee_item, unit__isnull=False)
    wanted = units.filter(estate_id=fee_item.estate_id).exclude(
        pk__in=_overlapping(charged, since, until).values("unit_id")
    )
    try:
        chosen, params = wanted.order_by("pk").values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    given = (fee_item.estate_id, fee_item.pk, payer.pk if payer else None, since, until)
    with connection.cursor() as cursor:
        cursor.execute(_CHARGE.format(chosen=chosen), [*given, *params])
        return int(cursor.rowcount)


@action
def end_charge(*, charge: RecurringCharge, until: date | None, by: User | None) -> RecurringCharge:
    """Say from which day on the charge does not hold any more (None: it goes on).

    Raises Refusal ``charge_dates``, ``charge_overlaps``, or ``charge_billed`` when days after that have been billed.
    """
    [fresh] = lock_rows(RecurringCharge.objects.filter(pk=charge.pk))
    _check_dates(fresh.since, until)
    lock_name("billing.charges", fresh.fee_item_id)
    same = RecurringCharge.objects.filter(
        estate_id=fresh.estate_id,
        fee_item_id=fresh.fee_item_id,
        unit=fresh.unit,
        space=fresh.space,
        vehicle=fresh.vehicle,
    )
    if _overlapping(same.exclude(pk=fresh.pk), fresh.since, until).exists():
        raise Refusal("charge_overlaps", _("It is charged this fee on some of these days already."), "until")
    if until is not None and fresh.bills.filter(reversed_at=None, until__gt=until).exists():
        raise Refusal("charge_billed", _("Days from then on have been billed. Reverse those bills first."), "until")
    fresh.until = until
    fresh.save(update_fields=["until"])
    return fresh


@action
def name_payer(*, charge: RecurringCharge, payer: Party | None, by: User | None) -> RecurringCharge:
    """Bill ``payer`` from the next run on; None: whoever owns the thing."""
    [fresh] = lock_rows(RecurringCharge.objects.filter(pk=charge.pk))
    fresh.payer = payer
    fresh.save(update_fields=["payer"])
    return fresh


@action
def remove_charge(*, charge: RecurringCharge, by: User | None) -> None:
    """Remove a charge entered by mistake. Raises Refusal ``charge_billed`` once there are bills of it."""
    [fresh] = lock_rows(RecurringCharge.objects.filter(pk=charge.pk))
    if fresh.bills.exists():
        raise Refusal("charge_billed", _("There are bills of this charge. Say until when it holds instead."))
    fresh.delete()


def _check_dates(since: date, until: date | None) -> None:
    if until is not None and until <= since:
        raise Refusal("charge_dates", _("The end has to lie after the beginning."), "until")


def _overlapping(charges: QuerySet[RecurringCharge], since: date, until: date | None) -> QuerySet[RecurringCharge]:
    begun = Q() if until is None else Q(since__lt=until)
    return charges.filter(begun, Q(until=None) | Q(until__gt=since))
