"""Fee items, tariffs, bill runs and bills."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.db.models import F
from django.http import HttpRequest
from ninja import Query, Schema, Status
from pydantic import Field

from anju.domains.billing import permissions
from anju.domains.billing.actions import runs as run_actions
from anju.domains.billing.actions.waivers import request_waiver
from anju.domains.billing.api.shapes import BillOut, RunOut, WaiverOut, bill_out, run_out, waiver_out
from anju.domains.billing.enums import WaiverKind
from anju.domains.billing.flow import TARIFF
from anju.domains.billing.models import FeeItem, Tariff
from anju.domains.billing.selectors import bills as bill_reads
from anju.domains.billing.selectors import charges, collection
from anju.domains.billing.selectors import tariffs as tariff_reads
from anju.domains.billing.selectors.explanations import explanation
from anju.kit import clock
from anju.kit.access import access_of
from anju.kit.api import (
    Choice,
    Id,
    Input,
    Money,
    MoneyIn,
    Month,
    Number,
    Page,
    Paging,
    Routes,
    Text,
    add_flow,
    find,
    here,
    page_of,
)
from anju.kit.money import ZERO

tariffs = Routes()
runs = Routes()
bills = Routes()


class Reason(Input):
    reason: Annotated[str, Text(200, least=1)]


# --- Fee items and tariffs --------------------------------------------------------------------------------------------


class FeeItemOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    is_active: bool
    account: str
    fund: str


class TariffOut(Schema):
    """`price` is yuan per month per m2, space, vehicle or metered unit; `fixed` is yuan per month on top."""

    id: int
    fee_item_id: int
    fee_item: str
    version: int
    state: str
    method: str
    price: Number
    fixed: Money
    formula: str
    tiers: list[Any]
    cycle_months: int
    timing: str
    anchor_month: int
    vacancy_rate: Number
    due_days: int
    grace_days: int
    late_daily_rate: Number
    late_cap: Number
    effective_from: date
    basis: str


def _item(item: FeeItem) -> FeeItemOut:
    return FeeItemOut(
        id=item.pk,
        code=item.code,
        name=item.name,
        kind=item.kind,
        is_active=item.is_active,
        account=item.income.code,
        fund=item.income.fund.kind,
    )


_SAME = (
    "version", "state", "method", "price", "fixed", "formula", "tiers", "cycle_months", "timing", "anchor_month",
    "vacancy_rate", "due_days", "grace_days", "late_daily_rate", "late_cap", "effective_from", "basis",
)  # fmt: skip


def _tariff(row: Tariff) -> TariffOut:
    values = {name: getattr(row, name) for name in _SAME}
    return TariffOut(id=row.pk, fee_item_id=row.fee_item_id, fee_item=row.fee_item.name, **values)


@tariffs.read("/fee-items", permission=permissions.VIEW, response=Page[FeeItemOut])
def list_fee_items(request: HttpRequest, filters: Query[Paging]) -> Page[FeeItemOut]:
    """What is charged, and the account and fund its income belongs to."""
    return page_of(request, tariff_reads.fee_items_of_estate(here(request)), filters, _item)


add_flow(
    tariffs,
    TARIFF,
    "/tariffs",
    "tariff",
    rows=tariff_reads.tariffs_of_estate,
    response=TariffOut,
    shape=_tariff,
    permission=permissions.VIEW,
)


# --- Bill runs --------------------------------------------------------------------------------------------------------


class RunIn(Input):
    period: Month


class RunFilter(Paging):
    period: Month | None = None


class ItemSumOut(Schema):
    fee_item_id: int
    fee_item: str
    bills: int
    amount: Money
    bills_before: int
    amount_before: Money


class DifferenceOut(Schema):
    """`kind` is new, gone or changed, compared with the month before."""

    kind: str
    thing: str
    fee_item: str
    amount: Money
    amount_before: Money


class ExceptionOut(Schema):
    """A charge that is due and cannot be billed in full, and why."""

    charge: int
    item: str
    thing: str
    problem: str
    message: str


class PreviewOut(Schema):
    """What a run would create now; `billed` bills of the month stand already and stay as they are."""

    period: Month
    bills: int
    amount: Money
    billed: int
    billed_amount: Money
    items: list[ItemSumOut]
    differences_total: dict[str, int]
    differences: list[DifferenceOut]
    exceptions_total: int
    exceptions: list[ExceptionOut]


@runs.read("/bill-runs", permission=permissions.VIEW, response=Page[RunOut])
def list_bill_runs(request: HttpRequest, filters: Query[RunFilter]) -> Page[RunOut]:
    """Bill runs."""
    found = bill_reads.runs_of_estate(here(request))
    if filters.period is not None:
        found = found.filter(period=filters.period.first)
    return page_of(request, found, filters, run_out)


class PreviewQuery(Schema):
    period: Month
    limit: Annotated[int, Field(ge=1, le=1000, description="Differences and exceptions shown at most.")] = 200


@runs.read("/bill-runs/preview", permission=permissions.CHARGE, response=PreviewOut)
def preview_bill_run(request: HttpRequest, filters: Query[PreviewQuery]) -> PreviewOut:
    """What a run of a month would bill, by item and against the month before. Nothing is written."""
    found = charges.preview_run(here(request), filters.period, limit=filters.limit)
    return PreviewOut(
        period=found.period,
        bills=found.bills,
        amount=found.amount,
        billed=found.billed,
        billed_amount=found.billed_amount,
        items=[
            ItemSumOut(
                fee_item_id=row.item,
                fee_item=row.name,
                bills=row.bills,
                amount=row.amount,
                bills_before=row.bills_before,
                amount_before=row.amount_before,
            )
            for row in found.items
        ],
        differences_total=found.difference_counts,
        differences=[
            DifferenceOut(
                kind=row.kind,
                thing=row.thing,
                fee_item=row.item,
                amount=row.amount,
                amount_before=row.amount_before,
            )
            for row in found.differences
        ],
        exceptions_total=found.exception_count,
        exceptions=[ExceptionOut(**row.as_dict()) for row in found.exceptions],
    )


@runs.write("/bill-runs", permission=permissions.CHARGE, response=RunOut, status=202)
def start_bill_run(request: HttpRequest, payload: RunIn) -> Status[RunOut]:
    """Bill a month: a background job, `job_id`, creates what is missing. A month that is billed gets nothing twice."""
    run = run_actions.start_run(estate=here(request), period=payload.period, by=access_of(request).user)
    return Status(202, run_out(run))


@runs.read("/bill-runs/{int:id}", permission=permissions.VIEW, response=RunOut)
def get_bill_run(request: HttpRequest, id: Id) -> RunOut:
    """One run: running, done or reversed, with what it has billed so far."""
    return run_out(find(bill_reads.runs_of_estate(here(request)), id))


@runs.read("/bill-runs/{int:id}/exceptions", permission=permissions.VIEW, response=list[ExceptionOut])
def list_bill_run_exceptions(request: HttpRequest, id: Id) -> list[ExceptionOut]:
    """The charges that a run could not bill in full, the first thousand of them."""
    run = find(bill_reads.runs_of_estate(here(request)), id)
    return [ExceptionOut(**row.as_dict()) for row in charges.run_exceptions(run)]


@runs.write("/bill-runs/{int:id}/reverse", permission=permissions.REVERSE_BILLS, response=RunOut)
def reverse_bill_run(request: HttpRequest, id: Id, payload: Reason) -> RunOut:
    """Take back every bill of a finished run, in the journal too."""
    rows = bill_reads.runs_of_estate(here(request))
    run_actions.reverse_run(run=find(rows, id), reason=payload.reason, by=access_of(request).user)
    return run_out(find(rows, id))


# --- Bills ------------------------------------------------------------------------------------------------------------


class BillFilter(Paging):
    payer: Id | None = None
    unit: Id | None = None
    run: Id | None = None
    period: Month | None = None
    state: Literal["open", "settled", "reversed"] | None = None


class BillDetailOut(BillOut):
    """`late_fee` is what is payable for lateness today, `equation` how the amount was computed."""

    late_fee: Money
    equation: str
    remarks: list[str]


class WaiverIn(Input):
    kind: Annotated[str, Choice(WaiverKind)]
    amount: MoneyIn
    reason: Annotated[str, Text(200, least=1)]


@bills.read("/bills", permission=permissions.VIEW, response=Page[BillOut])
def list_bills(request: HttpRequest, filters: Query[BillFilter]) -> Page[BillOut]:
    """Bills, also reversed ones unless `state` says otherwise."""
    found = bill_reads.bills_of_estate(here(request))
    for name in ("payer", "unit", "run"):
        if (value := getattr(filters, name)) is not None:
            found = found.filter(**{name: value})
    if filters.period is not None:
        found = found.filter(period=filters.period.first)
    found = _in_state(found, filters.state)
    return page_of(request, found, filters, bill_out)


def _in_state(found: Any, state: str | None) -> Any:
    if state == "reversed":
        return found.exclude(reversed_at=None)
    if state == "open":
        return found.filter(reversed_at=None, settled__lt=F("amount"))
    if state == "settled":
        return found.filter(reversed_at=None, settled=F("amount"))
    return found


@bills.read("/bills/{int:id}", permission=permissions.VIEW, response=BillDetailOut)
def get_bill(request: HttpRequest, id: Id) -> BillDetailOut:
    """One bill with the late fee on it today and how it was computed."""
    estate = here(request)
    bill = find(bill_reads.bills_of_estate(estate).select_related("tariff", "late_for__fee_item", "late_for"), id)
    late = bill_reads.late_fees(estate, clock.today(), bills=[bill.pk]).get(bill.pk, ZERO)
    told = explanation(bill)
    return BillDetailOut(**bill_out(bill).dict(), late_fee=late, equation=told.equation, remarks=told.remarks)


@bills.write("/bills/{int:id}/reverse", permission=permissions.REVERSE_BILLS, response=BillOut)
def reverse_bill(request: HttpRequest, id: Id, payload: Reason) -> BillOut:
    """Take one unpaid bill back, in the journal too."""
    rows = bill_reads.bills_of_estate(here(request))
    run_actions.reverse_bill(bill=find(rows, id), reason=payload.reason, by=access_of(request).user)
    return bill_out(find(rows, id))


@bills.write("/bills/{int:id}/waivers", permission=permissions.REQUEST_WAIVER, response=WaiverOut, status=201)
def request_bill_waiver(request: HttpRequest, id: Id, payload: WaiverIn) -> Status[WaiverOut]:
    """Ask to give up a part of a bill or of its late fee; a second person decides."""
    estate = here(request)
    bill = find(bill_reads.bills_of_estate(estate), id)
    waiver = request_waiver(
        bill=bill, kind=payload.kind, amount=payload.amount, reason=payload.reason, by=access_of(request).user
    )
    return Status(201, waiver_out(find(collection.waivers(estate), waiver.pk)))
