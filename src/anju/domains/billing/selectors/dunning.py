"""Reads of dunning: who owes what for how long, what has been demanded, and what may follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from anju.domains.billing.enums import DunningStage
from anju.domains.billing.models import Bill, Demand, DemandLine
from anju.domains.billing.rules.dunning import Waits, next_stage
from anju.domains.billing.selectors.bills import late_fee_rows
from anju.engines.messaging.enums import DeliveryState
from anju.engines.messaging.models import Delivery
from anju.foundation.registry.models import Estate, Party
from anju.kit.money import ZERO
from anju.kit.parameters import parameters


def waits(estate: Estate, on: date | None = None) -> Waits:
    """The waiting times that hold in ``estate``."""
    names = {"letter": "letter_after_days", "lawyer": "lawyer_after_days", "to_pay": "days_to_pay"}
    keys = {wait: f"billing.dunning.{name}" for wait, name in names.items()}
    found = parameters(*keys.values(), estate_id=estate.pk, on=on)
    return Waits(**{wait: int(found[key].value) for wait, key in keys.items()})


def overdue_bills(
    estate: Estate, on: date, *, building: int | None = None, item: int | None = None, overdue_days: int = 0
) -> QuerySet[Bill]:
    """Open bills whose due date lies more than ``overdue_days`` before ``on``."""
    found = Bill.objects.filter(estate=estate, reversed_at=None, settled__lt=F("amount"), due_on__lt=on)
    if overdue_days:
        found = found.filter(due_on__lt=date.fromordinal(on.toordinal() - overdue_days))
    if building is not None:
        found = found.filter(unit__building_id=building)
    if item is not None:
        found = found.filter(fee_item_id=item)
    return found


@dataclass(frozen=True, slots=True)
class Debtor:
    """A payer with overdue bills: what is owed, since when, what was demanded last, and what may follow."""

    party: Party
    bills: int
    principal: Decimal
    late_fee: Decimal
    oldest_due: date
    overdue_days: int
    limitation_on: date
    last_stage: DunningStage | None
    last_issued: date | None
    next_stage: DunningStage


def debtors(
    estate: Estate,
    on: date,
    *,
    payers: Iterable[int] | None = None,
    building: int | None = None,
    item: int | None = None,
    overdue_days: int = 0,
) -> list[Debtor]:
    """Everybody with overdue bills, largest arrears first; a constant number of queries."""
    bills = overdue_bills(estate, on, building=building, item=item, overdue_days=overdue_days)
    if payers is not None:
        bills = bills.filter(payer__in=list(payers))
    rows = list(
        bills.values("payer")
        .annotate(
            count=Count("pk"),
            principal=Sum(F("amount") - F("settled")),
            oldest=Min("due_on"),
            limitation=Min("limitation_on"),
        )
        .order_by("-principal", "payer")
    )
    ids = [row["payer"] for row in rows]
    parties = Party.objects.filter(estate=estate).in_bulk(ids)
    fees: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for fee in late_fee_rows(estate, on, bills=bills.values_list("pk", flat=True)):
        fees[fee.payer] += fee.payable
    issued = stages_issued(estate, ids)
    waiting = waits(estate, on)
    found = []
    for row in rows:
        stages = issued.get(row["payer"], {})
        last = max(stages.items(), key=lambda pair: (pair[1], pair[0]), default=None)
        found.append(
            Debtor(
                party=parties[row["payer"]],
                bills=row["count"],
                principal=row["principal"],
                late_fee=fees[row["payer"]],
                oldest_due=row["oldest"],
                overdue_days=(on - row["oldest"]).days,
                limitation_on=row["limitation"],
                last_stage=DunningStage(last[0]) if last else None,
                last_issued=last[1] if last else None,
                next_stage=next_stage(stages, waiting, on),
            )
        )
    return found


def stages_issued(estate: Estate, payers: Iterable[int]) -> dict[int, dict[str, date]]:
    """Per payer the day of the last demand of each stage that spoke of a bill which is still open."""
    still_open = Q(bill__reversed_at=None, bill__settled__lt=F("bill__amount"))
    rows = (
        DemandLine.objects.filter(still_open, estate=estate, demand__payer__in=list(payers))
        .values_list("demand__payer", "demand__stage")
        .annotate(last=Max("demand__issued_on"))
        .order_by()
    )
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for payer, stage, day in rows:
        found[payer][stage] = day
    return dict(found)


def demands(estate: Estate) -> QuerySet[Demand]:
    """Newest first, each with its deliveries."""
    return (
        Demand.objects.filter(estate=estate)
        .select_related("payer", "by", "notice")
        .prefetch_related("notice__deliveries")
        .order_by("-pk")
    )


def lines_of(demand: Demand) -> QuerySet[DemandLine]:
    return (
        DemandLine.objects.filter(estate_id=demand.estate_id, demand=demand)
        .select_related("bill__fee_item", "bill__unit", "bill__space", "bill__vehicle")
        .order_by("bill__due_on", "pk")
    )


def proofs_of(bill: Bill) -> QuerySet[Delivery]:
    """The delivered demands of a bill: what stopped its limitation, and by what that is proven."""
    return (
        Delivery.objects.filter(
            estate_id=bill.estate_id, state=DeliveryState.DELIVERED, notice__demand__lines__bill=bill
        )
        .select_related("notice__demand", "by")
        .order_by("-delivered_at")
    )
