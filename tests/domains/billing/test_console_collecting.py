"""Pages of what was collected: payments, receipts, decisions, day ends, demands; each set keeps the kit's promises."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django_scopes import scope

from anju.domains.billing.actions.cash_counts import count_cash
from anju.domains.billing.actions.dunning import issue_demands
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.actions.transfers import report_transfer
from anju.domains.billing.actions.waivers import request_waiver
from anju.domains.billing.console.day_end import CashCountPages
from anju.domains.billing.console.decisions import TransferPages, WaiverPages
from anju.domains.billing.console.dunning import DemandPages
from anju.domains.billing.console.receipts import CancellationPages, PaymentPages, ReceiptPages
from anju.domains.billing.enums import ReceiptState
from anju.domains.billing.models import CashCount, Demand, Receipt, ReceiptCancellation, TransferReport, Waiver
from anju.domains.billing.selectors.collection import prepayment_balance
from anju.kit import clock
from anju.kit.testing import PageSetTests
from tests.domains.billing.collecting import assert_clean, bill, counts, fee_item, pay
from tests.domains.billing.desk import url
from tests.world import World


class BillingPageTests(PageSetTests):
    """What the sets of this module share: they are made by acting, not by filling in a form."""

    namespace = "billing"

    def search_text(self, row: Any) -> str:
        return "王小明"


class TestPaymentPages(BillingPageTests):
    pages = PaymentPages

    def make_rows(self, world: World, number: int) -> list[Any]:
        return [pay(world, "231.60", [bill(world)]) for _row in range(number)]


class TestReceiptPages(BillingPageTests):
    pages = ReceiptPages

    def make_rows(self, world: World, number: int) -> list[Any]:
        return [pay(world, "231.60", [bill(world)]).receipt for _row in range(number)]

    def search_text(self, row: Receipt) -> str:
        return str(row)


class TestCancellationPages(BillingPageTests):
    pages = CancellationPages

    def make_rows(self, world: World, number: int) -> list[Any]:
        receipts = [pay(world, "231.60", [bill(world)]).receipt for _row in range(number)]
        return [request_cancellation(receipt=receipt, reason="金额有误", by=world.cashier) for receipt in receipts]


class TestWaiverPages(BillingPageTests):
    pages = WaiverPages

    def make_rows(self, world: World, number: int) -> list[Any]:
        return [
            request_waiver(bill=bill(world), kind="principal", amount=Decimal("5.00"), reason="漏水", by=world.cashier)
            for _row in range(number)
        ]


class TestTransferPages(BillingPageTests):
    pages = TransferPages

    def make_rows(self, world: World, number: int) -> list[Any]:
        start = TransferReport.objects.count()
        return [
            report_transfer(
                estate=world.spring, payer=world.owner_party, bills=[bill(world).pk], amount=Decimal("231.60"),
                transferred_on=clock.today(), reference=f"B{row}", idempotency_key=f"k{row}", by=world.owner,
            )
            for row in range(start, start + number)
        ]  # fmt: skip


class TestCashCountPages(BillingPageTests):
    pages = CashCountPages

    def make_rows(self, world: World, number: int) -> list[Any]:
        fee_item(world)
        return [
            count_cash(
                estate=world.spring, cashier=world.cashier, day=clock.today(), counted_cash=Decimal(0), by=world.cashier
            )
            for _row in range(number)
        ]


class TestDemandPages(BillingPageTests):
    pages = DemandPages

    def make_rows(self, world: World, number: int) -> list[Any]:
        bill(world)
        made: list[Demand] = []
        start = date(2026, 10, 1) + timedelta(days=Demand.objects.count())
        for row in range(number):
            day = start + timedelta(days=row)
            made += issue_demands(estate=world.spring, stage="notice", by=world.cashier, issued_on=day).demands
        return made


# --- receipts and their cancellation ----------------------------------------------------------------------------------


def test_a_receipt_is_cancelled_by_two_people(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        receipt = pay(world, "300.00", [bill(world)]).receipt
    cashier, second = client_as(world.cashier), client_as(world.second_cashier)
    answer = cashier.post(url("receipt_cancel", pk=receipt.pk), {"reason": "重复收款"})
    with scope(estate=world.spring.pk):
        request = ReceiptCancellation.objects.get()
    assert answer["Location"] == url("cancellation_detail", pk=request.pk)
    approve = url("cancellation_flow", pk=request.pk, transition="approve")
    own = "您本人提出的申请"
    page = cashier.get(url("cancellation_detail", pk=request.pk)).content.decode()
    assert (approve in page, own in page) == (False, True)
    cashier.post(approve)
    with scope(estate=world.spring.pk):
        receipt.refresh_from_db()
        assert receipt.state == ReceiptState.VALID
    page = second.get(url("cancellation_detail", pk=request.pk)).content.decode()
    assert (approve in page, own in page) == (True, False)
    second.post(approve)
    with scope(estate=world.spring.pk):
        receipt.refresh_from_db()
        assert receipt.state == ReceiptState.CANCELLED
        assert prepayment_balance(world.owner_party) == 0
        assert_clean(world)
    assert not cashier.get(url("cancellation_detail", pk=request.pk)).context["page_subtitle"]
    assert "receipt_cancel" not in cashier.get(url("receipt_detail", pk=receipt.pk)).content.decode()


def test_a_cancellation_needs_a_reason(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        receipt = pay(world, "10.00", [bill(world)]).receipt
    assert client_as(world.cashier).post(url("receipt_cancel", pk=receipt.pk), {"reason": ""}).status_code == 422
    assert client_as(world.auditor).post(url("receipt_cancel", pk=receipt.pk), {"reason": "x"}).status_code == 403
    with scope(estate=world.spring.pk):
        assert not ReceiptCancellation.objects.exists()


def test_receipt_papers_stay_in_their_estate(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        receipt = pay(world, "10.00", [bill(world)]).receipt
    assert client_as(world.cashier).get(url("receipt_pdf", pk=receipt.pk)).content.startswith(b"%PDF-")
    assert client_as(world.rival_director).get(url("receipt_pdf", pk=receipt.pk)).status_code == 404
    assert client_as(world.rival_director).get(url("receipt_pdf", "RIVAL", pk=receipt.pk)).status_code == 404


# --- waivers and transfers --------------------------------------------------------------------------------------------


def test_a_waiver_is_asked_for_by_one_and_granted_by_another(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        owed = bill(world)
    cashier, director = client_as(world.cashier), client_as(world.director)
    form = cashier.get(url("bill_waive", pk=owed.pk)).context["form"]
    assert (form.initial["kind"], form.initial["amount"]) == ("principal", Decimal("231.60"))
    too_much = cashier.post(url("bill_waive", pk=owed.pk), {"kind": "principal", "amount": "500", "reason": "x"})
    assert too_much.status_code == 422
    cashier.post(url("bill_waive", pk=owed.pk), {"kind": "principal", "amount": "31.60", "reason": "漏水补偿"})
    with scope(estate=world.spring.pk):
        waiver = Waiver.objects.get()
    flow = url("waiver_flow", pk=waiver.pk, transition="approve")
    assert "您本人提出的申请" in cashier.get(url("waiver_detail", pk=waiver.pk)).content.decode()
    assert cashier.post(flow).status_code == 403
    director.post(flow)
    with scope(estate=world.spring.pk):
        owed.refresh_from_db()
        assert owed.settled == Decimal("31.60")
        assert_clean(world)


@pytest.mark.clause("P05-09")
def test_a_reported_transfer_is_confirmed_once(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        owed = bill(world)
        report = report_transfer(
            estate=world.spring, payer=world.owner_party, bills=[owed.pk], amount=owed.amount,
            transferred_on=clock.today(), reference="B1", idempotency_key="k", by=world.owner,
        )  # fmt: skip
    cashier = client_as(world.cashier)
    confirm = url("transfer_flow", pk=report.pk, transition="confirm")
    assert confirm in cashier.get(url("transfer_detail", pk=report.pk)).content.decode()
    assert cashier.post(confirm, {"received_on": clock.today().isoformat()}).status_code == 302
    assert cashier.post(confirm, {"received_on": ""}).status_code == 422
    with scope(estate=world.spring.pk):
        owed.refresh_from_db()
        assert owed.settled == owed.amount
        assert Receipt.objects.count() == 1
        assert_clean(world)


# --- day end ----------------------------------------------------------------------------------------------------------


def test_the_day_end_records_the_difference_with_a_note(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        pay(world, "231.60", [bill(world)], received_on=clock.today())
        pay(world, "50.00", method="pos", received_on=clock.today())
    cashier = client_as(world.cashier)
    page = cashier.get(url("day_end"))
    assert page.context["page"].end.expected_cash == Decimal("231.60")
    assert cashier.post(url("day_end"), {"counted_cash": "230.00"}).status_code == 422
    assert cashier.post(url("day_end"), {"counted_cash": "230.00", "note": "少收零钱"}).status_code == 302
    with scope(estate=world.spring.pk):
        count = CashCount.objects.get()
        assert (count.expected_cash, count.difference) == (Decimal("231.60"), Decimal("-1.60"))
    paper = cashier.get(url("day_end"))
    assert "已清点" in paper.content.decode()
    whose = f"{world.spring} · {world.cashier.name} · {clock.today().isoformat()}"
    assert paper.context["page_subtitle"] == whose  # the choice above it is not printed
    with scope(estate=world.spring.pk):
        pay(world, "5.00", received_on=clock.today())
    assert cashier.get(url("day_end")).context["page"].end.changed_since_count


def test_the_director_counts_for_a_cashier(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        pay(world, "231.60", [bill(world)], received_on=clock.today())
    director = client_as(world.director)
    page = f"{url('day_end')}?cashier={world.cashier.pk}"
    assert director.get(page).context["page"].end.expected_cash == Decimal("231.60")
    director.post(page, {"counted_cash": "231.60"})
    with scope(estate=world.spring.pk):
        count = CashCount.objects.get()
        assert (count.cashier, count.by, count.difference) == (world.cashier, world.director, Decimal(0))
    assert director.get(f"{url('day_end')}?cashier={world.owner.pk}").status_code == 404
    assert director.get(f"{url('day_end')}?day=2026-99-99").status_code == 200


# --- ledgers, panels, marks, search -----------------------------------------------------------------------------------


@pytest.mark.clause("P22-01")
def test_the_ledger_of_a_payer_tells_every_bill_and_payment_with_the_balance(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        first = bill(world, "231.60")
        bill(world, "50.00")
        pay(world, "300.00", [first])
    page = client_as(world.cashier).get(url("party_ledger", pk=world.owner_party.pk))
    assert (page.context["charged"], page.context["credited"]) == (Decimal("281.60"), Decimal("231.60"))
    assert (page.context["owed"], page.context["in_hand"]) == (Decimal("50.00"), Decimal("68.40"))
    assert [row.owed for row, _label, _tone in page.context["rows"]][-1] == Decimal("231.60")
    unit = client_as(world.cashier).get(url("unit_ledger", pk=world.unit.pk))
    assert unit.context["owed"] == Decimal("50.00")
    assert client_as(world.guard).get(url("party_ledger", pk=world.owner_party.pk)).status_code == 403


def test_prepayments_list_who_has_money_in_hand(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        fee_item(world)
        pay(world, "68.40")
    page = client_as(world.cashier).get(url("prepayment_list"))
    assert [line["pk"] for line in page.context["lines"]] == [world.owner_party.pk]
    assert "68.40" in page.content.decode()


def test_the_customer_card_shows_arrears_and_what_to_do(world: World, client_as: Any, arrears: Decimal) -> None:
    card = reverse("registry:party_card", kwargs={"estate": "SPRING", "pk": world.owner_party.pk})
    content = client_as(world.cashier).get(card).content.decode()
    assert "281.60" in content
    assert url("desk_payer", pk=world.owner_party.pk) in content
    seen_by_auditor = client_as(world.auditor).get(card).content.decode()
    assert "281.60" in seen_by_auditor
    assert url("desk_payer", pk=world.owner_party.pk) not in seen_by_auditor


def test_the_unit_page_and_the_board_show_what_is_overdue(world: World, client_as: Any, arrears: Decimal) -> None:
    page = reverse("registry:unit_detail", kwargs={"estate": "SPRING", "pk": world.unit.pk})
    content = client_as(world.cashier).get(page).content.decode()
    assert "460.60" in content  # everything open for it, whoever owes it
    cashier = client_as(world.cashier)
    board = cashier.get(reverse("registry:board", kwargs={"estate": "SPRING"})).content.decode()
    assert "361.60" in board  # what is overdue


def test_receipts_and_bills_are_found_by_number(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        owed = bill(world)
        receipt = pay(world, "231.60", [owed]).receipt
    client = client_as(world.cashier)
    search = reverse("registry:search", kwargs={"estate": "SPRING"})
    assert url("receipt_detail", pk=receipt.pk) in client.get(search, {"q": "000001"}).content.decode()
    assert url("bill_detail", pk=owed.pk) in client.get(search, {"q": str(owed.pk)}).content.decode()
    foreign = reverse("registry:search", kwargs={"estate": "RIVAL"})
    assert (
        "/billing/"
        not in client_as(world.rival_director).get(foreign, {"q": "1"}).content.decode().partition("a-hit")[2]
    )


def test_a_cashiers_home_shows_todays_takings(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        pay(world, "231.60", [bill(world)], received_on=clock.today())
    home = reverse("site:home", kwargs={"estate": "SPRING"})
    content = client_as(world.cashier).get(home).content.decode()
    assert "231.60" in content
    assert url("desk") in content
    assert url("day_end") not in client_as(world.auditor).get(home).content.decode()


def test_nothing_of_collecting_changes_by_looking(world: World, client_as: Any, arrears: Decimal) -> None:
    with scope(estate=world.spring.pk):
        before = counts()
    client = client_as(world.auditor)
    for name in ("arrears", "receipt_list", "payment_list", "prepayment_list", "demand_list", "cashcount_list"):
        assert client.get(url(name)).status_code == 200, name
    for name in ("day_end", "dunning"):
        assert client.get(url(name)).status_code == 403, name
    with scope(estate=world.spring.pk):
        assert counts() == before
