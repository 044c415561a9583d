"""What gives the months their colour: demands with proof, decisions that were taken and some that wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from operator import attrgetter

import pgtrigger
from django.db.models import F

from anju.domains.billing.actions.cash_counts import count_cash
from anju.domains.billing.actions.dunning import issue_demands
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.actions.statements import draft_statement, publish_statement
from anju.domains.billing.actions.transfers import report_transfer
from anju.domains.billing.actions.waivers import request_waiver
from anju.domains.billing.enums import DunningStage, PaymentMethod, StatementKind, WaiverKind
from anju.domains.billing.flow import CANCELLATION, WAIVER
from anju.domains.billing.models import Bill, Demand, Payment, Receipt
from anju.domains.billing.selectors import collection as collecting
from anju.domains.billing.selectors.bills import late_fees
from anju.domains.billing.selectors.statements import PUBLISHED_AS
from anju.engines.disclosure.models import Publication
from anju.engines.ledger import chart
from anju.engines.ledger import selectors as ledger
from anju.engines.ledger.actions import post_entry
from anju.engines.ledger.enums import FundKind
from anju.engines.messaging.enums import Channel
from anju.engines.messaging.models import Notice
from anju.foundation.accounts.models import User
from anju.foundation.registry.actions import apply_for_home
from anju.foundation.registry.enums import OccupantKind
from anju.foundation.registry.models import Unit
from anju.kit import clock
from anju.kit.periods import Period
from anju.site.demo import lanting
from anju.site.demo.delivering import Arrived, record_deliveries
from anju.site.demo.habits import MONTHS
from anju.site.demo.months import Business


def nothing_more(business: Business, period: Period, index: int) -> None:
    """A quiet month."""


def subsidy(business: Business, period: Period, index: int) -> None:
    """The street supports the old estate every half-year: booked in the fund of subsidies."""
    day = period.first + timedelta(days=9)
    if index % 6 == 1 and day <= clock.today():
        _book(business, day, FundKind.SUBSIDIES, chart.SUBSIDY_INCOME, Decimal("12000.00"), "街道老旧小区管理补贴")


def _book(business: Business, day: date, kind: FundKind, income: str, amount: Decimal, memo: str) -> None:
    fund = ledger.fund(business.estate, kind)
    post_entry(
        estate=business.estate,
        posted_on=day,
        memo=memo,
        source="ledger.income",
        source_id=None,
        lines=[(ledger.account(fund, chart.BANK), amount), (ledger.account(fund, income), -amount)],
        by=business.biller,
    )


class Lanting:
    """The stories of 澜庭花园."""

    def __init__(self, built: lanting.Lanting, users: dict[str, User], today: date) -> None:
        self.built, self.users, self.today = built, users, today

    def after_month(self, business: Business, period: Period, index: int) -> None:
        if index >= MONTHS - 5:
            self._state(period, last=index == MONTHS - 1)
        day = period.first + timedelta(days=19)
        if index % 3 == 2 and day <= self.today:
            _book(business, day, FundKind.COMMON_REVENUE, chart.COMMON_INCOME, Decimal("8600.00"), "电梯轿厢广告位收入")
        if index == MONTHS - 5:
            self._demand(business, day, DunningStage.NOTICE, overdue_days=45)
        elif index == MONTHS - 4:
            self._demand(business, day, DunningStage.LETTER, overdue_days=75)
        elif index == MONTHS - 2:
            self._demand(business, day, DunningStage.LAWYER, overdue_days=150)
            self._demand(business, day, DunningStage.NOTICE, overdue_days=30)

    def _state(self, period: Period, *, last: bool) -> None:
        """The month before is stated and published; that of the last one is still a draft."""
        estate, director = self.built.estate, self.users["director"]
        kinds = [StatementKind.SERVICE, StatementKind.CAR_PARK, StatementKind.COLLECTION]
        if (
            not last
            and not Publication.objects.filter(estate=estate, kind=PUBLISHED_AS[StatementKind.STANDARDS]).exists()
        ):
            kinds.append(StatementKind.STANDARDS)
        for kind in kinds:
            statement = draft_statement(estate=estate, kind=kind, period=period.plus(-1), by=director)
            if last:
                continue
            publication = publish_statement(statement=statement, by=director)
            at = datetime.combine(min(period.first + timedelta(days=7), self.today), time(9, 30), tzinfo=clock.CHINA)
            with pgtrigger.ignore("disclosure.Publication:append_only"):
                Publication.objects.filter(pk=publication.pk).update(published_at=at)

    def _demand(self, business: Business, day: date, stage: DunningStage, overdue_days: int) -> None:
        """Demands of one day; four of five arrived, and how is on record."""
        estate = business.estate
        demands = issue_demands(
            estate=estate,
            stage=stage,
            by=self.users["frontdesk"],
            issued_on=day,
            overdue_days=overdue_days,
        ).demands
        written = datetime.combine(day, time(10, 20), tzinfo=clock.CHINA)
        with pgtrigger.ignore("messaging.Notice:append_only", "billing.Demand:append_only"):
            Notice.objects.filter(pk__in=[one.notice_id for one in demands]).update(created_at=written)
            Demand.objects.filter(pk__in=[one.pk for one in demands]).update(created_at=written)
        arrived = [
            Arrived(demand, *_proof(stage, number), at=written + timedelta(days=2, minutes=37 * (number % 9)))
            for number, demand in enumerate(sorted(demands, key=attrgetter("pk")))
            if number % 5 < 4
        ]
        record_deliveries(estate=estate, arrived=arrived, by=self.users["frontdesk"])

    def today_on_the_desks(self, business: Business) -> None:
        self._cancellations(business)
        self._waivers(business)
        self._transfer(business)
        self._application()
        self._day_ends(business)

    def _cancellations(self, business: Business) -> None:
        """A receipt cancelled by two people, and a request that waits for the second one."""
        estate, director = business.estate, self.users["director"]
        receipts = Receipt.objects.filter(
            estate=estate, payment__method=PaymentMethod.POS, payment__prepayment_movements=None
        )
        wrong, asked = receipts.select_related("payment__payer").order_by("-number")[:2]
        request = request_cancellation(
            receipt=wrong, reason="收银员选错交款人，款项已由POS原路退回", by=self.users["cashier"]
        )
        CANCELLATION.advance(obj=request, transition="approve", by=director)
        request_cancellation(receipt=asked, reason="业主要求改为对公转账，重新开具收据", by=self.users["cashier"])

    def _waivers(self, business: Business) -> None:
        """A late fee given up, a part of a fee given up, and a request that waits."""
        estate, director, desk = business.estate, self.users["director"], self.users["frontdesk"]
        fees = late_fees(estate, self.today)
        largest = sorted(fees, key=lambda bill: (-fees[bill], bill))[:12]
        bills = {bill.pk: bill for bill in Bill.objects.filter(pk__in=largest)}
        first, second, third = (bills[pk] for pk in (largest[0], largest[5], largest[11]))
        for bill, kind, amount, reason, decide in (
            (first, WaiverKind.LATE_FEE, fees[first.pk], "业主住院期间未能缴费，社区证明属实", True),
            (second, WaiverKind.PRINCIPAL, Decimal("30.00"), "卫生间渗漏维修延误，协商减免", True),
            (third, WaiverKind.LATE_FEE, fees[third.pk], "业主对账单有异议，承诺本周结清本金", False),
        ):
            waiver = request_waiver(bill=bill, kind=kind, amount=amount, reason=reason, by=desk)
            if decide:
                WAIVER.advance(obj=waiver, transition="approve", by=director)

    def _transfer(self, business: Business) -> None:
        """The owner has reported a transfer for the oldest open month; the cashier has not looked yet."""
        bills = list(
            Bill.objects.filter(
                estate=business.estate, payer=self.built.owner, reversed_at=None, settled__lt=F("amount")
            ).order_by("due_on", "pk")
        )
        oldest = [bill for bill in bills if bill.period == bills[0].period]
        report_transfer(
            estate=business.estate,
            payer=self.built.owner,
            bills=[bill.pk for bill in oldest],
            amount=sum((bill.amount - bill.settled for bill in oldest), Decimal(0)),
            transferred_on=self.today,
            reference="20261201234567",
            idempotency_key="demo:owner",
            by=self.users["owner"],
        )

    def _application(self) -> None:
        """Somebody without a home asks to be bound to one."""
        unit = Unit.objects.get(estate=self.built.estate, code="2-1-0803")
        user = self.users["newcomer"]
        apply_for_home(
            unit=unit,
            user=user,
            kind=OccupantKind.FAMILY,
            name=user.name,
            message="我是业主的女儿，与父母同住。",
            by=user,
        )

    def _day_ends(self, business: Business) -> None:
        """The cash of the last days that saw any, counted; once ten yuan were missing."""
        estate = business.estate
        days: Iterable[tuple[date, int]] = (
            Payment.objects.filter(
                estate=estate, method=PaymentMethod.CASH, received_on__lt=self.today, cashier__isnull=False
            )
            .order_by("-received_on", "cashier")
            .values_list("received_on", "cashier")
            .distinct()[:10]
        )
        cashiers = {user.pk: user for user in self.users.values()}
        for number, (day, cashier) in enumerate(sorted(days)):
            expected = collecting.day_end(estate, cashiers[cashier], day).expected_cash
            short = number == 3 and expected > 10
            count_cash(
                estate=estate,
                cashier=cashiers[cashier],
                day=day,
                counted_cash=expected - 10 if short else expected,
                note="找零差错，已登记" if short else "",
                by=cashiers[cashier],
            )


def _proof(stage: DunningStage, number: int) -> tuple[Channel, str]:
    """How a demand of a stage typically arrives."""
    if stage == DunningStage.LAWYER:
        return Channel.REGISTERED_MAIL, f"EMS 1{number + 208_600_000:09d}CN 本人签收"
    if stage == DunningStage.LETTER:
        return (
            (Channel.REGISTERED_MAIL, f"XA {number + 61_880_000:08d} 签收")
            if number % 2
            else (Channel.IN_PERSON, "本人当面签收")
        )
    return (Channel.POSTED, "张贴于户门，照片存档") if number % 3 else (Channel.PHONE, "电话告知，录音存档")
