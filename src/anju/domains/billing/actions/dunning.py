"""Demanding arrears in stages. There is no stage that touches a supply: see :data:`rules.dunning.NO_CUT_OFF`."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anju.domains.billing.actions import limitation
from anju.domains.billing.actions.posting import in_house_language
from anju.domains.billing.enums import DunningStage
from anju.domains.billing.models import Bill, Demand, DemandLine
from anju.domains.billing.rules.dunning import earliest, stage_before
from anju.domains.billing.selectors import dunning as reads
from anju.domains.billing.selectors.bills import late_fees
from anju.engines.messaging import actions as messaging
from anju.engines.messaging.enums import Channel
from anju.engines.messaging.events import NoticeDelivered
from anju.engines.messaging.models import Delivery
from anju.foundation.registry.models import Estate, Party
from anju.kit import clock, jobs
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name
from anju.kit.models import Job
from anju.kit.money import ZERO

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

SOURCE = "billing.demand"
JOB = "billing.dun"
CHANNELS = (Channel.IN_APP, Channel.PAPER)


@dataclass(frozen=True, slots=True)
class Issued:
    """The demands that were written, and how many payers were passed over because the stage was not due."""

    demands: list[Demand]
    passed_over: int


@action
def issue_demands(
    *,
    estate: Estate,
    stage: DunningStage | str,
    by: User | None,
    issued_on: date | None = None,
    payers: Iterable[int] | None = None,
    building: int | None = None,
    item: int | None = None,
    overdue_days: int = 0,
) -> Issued:
    """Demand all overdue bills of each payer (of those chosen), a notice in the app and on paper each.

    A letter follows a notice, a lawyer's letter follows a letter, each after the days the estate's rules name; payers
    for whom the stage is not due, or to whom it was issued on the same day, are passed over. Raises Refusal
    ``nobody_to_dun`` when nobody is left, ``issued_in_future``.
    """
    stage = DunningStage(stage)
    day = issued_on or clock.today()
    if day > clock.today():
        raise Refusal("issued_in_future", _("A demand can't be issued in the future."), "issued_on")
    lock_name(SOURCE, estate.pk)
    found = reads.overdue_bills(estate, day, building=building, item=item, overdue_days=overdue_days)
    if payers is not None:
        found = found.filter(payer__in=list(payers))
    bills: dict[int, list[Bill]] = defaultdict(list)
    for bill in found.order_by("payer", "due_on", "pk"):
        bills[bill.payer_id].append(bill)
    due = _due(estate, stage, day, list(bills))
    if not due:
        raise Refusal("nobody_to_dun", _nobody(stage))
    fees = late_fees(estate, day, bills=[bill.pk for payer in due for bill in bills[payer]])
    demands = _write(estate, stage, day, {payer: bills[payer] for payer in due}, fees, by)
    return Issued(demands, len(bills) - len(due))


def _due(estate: Estate, stage: DunningStage, day: date, payers: list[int]) -> list[int]:
    """The payers to whom ``stage`` may be issued on ``day`` and has not been yet."""
    waiting = reads.waits(estate, day)
    issued = reads.stages_issued(estate, payers)
    due = []
    for payer in payers:
        stages = issued.get(payer, {})
        first = earliest(stage, stages, waiting)
        if first is not None and first <= day and stages.get(stage) != day:
            due.append(payer)
    return due


def _nobody(stage: DunningStage) -> str:
    before = stage_before(stage)
    if before is None:
        return _("None of the chosen payers has overdue bills that were not demanded today already.")
    return _("For none of the chosen payers the time has come: the stage “%(before)s” must have gone before.") % {
        "before": before.label
    }


def _write(
    estate: Estate,
    stage: DunningStage,
    day: date,
    bills: dict[int, list[Bill]],
    fees: dict[int, Decimal],
    by: User | None,
) -> list[Demand]:
    parties = Party.objects.filter(estate=estate).in_bulk(list(bills))
    pay_by = day + timedelta(days=reads.waits(estate, day).to_pay)
    sums = {
        payer: (
            sum((bill.amount - bill.settled for bill in owed), ZERO),
            sum((fees.get(bill.pk, ZERO) for bill in owed), ZERO),
        )
        for payer, owed in bills.items()
    }
    with in_house_language():
        drafts = [
            messaging.Draft(parties[payer], *_text(estate, stage, parties[payer], len(owed), *sums[payer], day, pay_by))
            for payer, owed in bills.items()
        ]
    notices = messaging.send_notices(estate=estate, drafts=drafts, source=SOURCE, channels=CHANNELS, by=by)
    demands = Demand.objects.bulk_create(
        Demand(
            estate=estate,
            payer=parties[payer],
            stage=stage,
            issued_on=day,
            pay_by=pay_by,
            principal=sums[payer][0],
            late_fee=sums[payer][1],
            notice=notice,
            token=uuid.uuid4(),
            by=by,
        )
        for payer, notice in zip(bills, notices, strict=True)
    )
    DemandLine.objects.bulk_create(
        DemandLine(
            estate_id=estate.pk,
            demand_id=demand.pk,
            bill_id=bill.pk,
            principal=bill.amount - bill.settled,
            late_fee=fees.get(bill.pk, ZERO),
        )
        for demand in demands
        for bill in bills[demand.payer_id]
    )
    return demands


def _text(
    estate: Estate,
    stage: DunningStage,
    party: Party,
    count: int,
    principal: Decimal,
    late_fee: Decimal,
    day: date,
    pay_by: date,
) -> tuple[str, str]:
    """Subject and body of the notice, in the language of the installation."""
    facts = {
        "name": party.name,
        "estate": estate.name,
        "count": count,
        "principal": principal,
        "late_fee": late_fee,
        "total": principal + late_fee,
        "day": day.isoformat(),
        "pay_by": pay_by.isoformat(),
    }
    bodies = {
        DunningStage.NOTICE: _(
            "%(name)s: as of %(day)s %(count)s bills of %(estate)s are overdue, %(principal)s yuan and %(late_fee)s "
            "yuan of late fee, %(total)s yuan together. Please pay by %(pay_by)s. If you have paid already, please "
            "disregard this notice."
        ),
        DunningStage.LETTER: _(
            "%(name)s: in spite of our notice, %(count)s bills of %(estate)s were still open on %(day)s: %(principal)s "
            "yuan and %(late_fee)s yuan of late fee, %(total)s yuan together. We demand payment by %(pay_by)s "
            "(Civil Code 944)."
        ),
        DunningStage.LAWYER: _(
            "%(name)s: in spite of notice and demand, %(count)s bills of %(estate)s were still open on %(day)s: "
            "%(principal)s yuan and %(late_fee)s yuan of late fee, %(total)s yuan together. If they are not paid by "
            "%(pay_by)s, legal proceedings or arbitration will follow (Civil Code 944)."
        ),
    }
    return str(stage.label), bodies[stage] % facts


@action
def start_dunning(
    *,
    estate: Estate,
    stage: DunningStage | str,
    by: User | None,
    issued_on: date | None = None,
    payers: Iterable[int] | None = None,
    building: int | None = None,
    item: int | None = None,
    overdue_days: int = 0,
) -> Job:
    """Queue :func:`issue_demands` for many payers; the job's result counts them."""
    return jobs.start(
        JOB,
        estate=estate,
        by=by,
        title=DunningStage(stage).label,
        lock=f"{JOB}:{estate.pk}",
        stage=str(stage),
        issued_on=(issued_on or clock.today()).isoformat(),
        payers=list(payers) if payers is not None else None,
        building=building,
        item=item,
        overdue_days=overdue_days,
    )


@action
def record_delivery(
    *,
    demand: Demand,
    channel: Channel | str,
    delivered_at: datetime,
    proof: str,
    by: User | None,
    proof_file: Any = None,
) -> Delivery:
    """Put on record that a demand has arrived; the limitation of its bills starts anew. Refusals: messaging's."""
    return messaging.record_delivery(
        notice=demand.notice, channel=channel, delivered_at=delivered_at, proof=proof, proof_file=proof_file, by=by
    )


def restart_limitation(event: NoticeDelivered) -> None:
    """A demand that has arrived starts the limitation of each of its bills anew (Civil Code 188, 195).

    Connected in the wiring of the site to every delivery, also by opening in the app.
    """
    demand = Demand.objects.filter(notice=event.delivery.notice_id).first()
    if demand is None or event.delivery.delivered_at is None:
        return
    day = event.delivery.delivered_at.astimezone(clock.CHINA).date()
    limitation.restart(demand.lines.values_list("bill", flat=True), demand.estate_id, day)
