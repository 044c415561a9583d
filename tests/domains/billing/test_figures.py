"""Billed, collected, arrears by age and the three rates, on a day; every figure is the sum of its bills."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from anju.domains.billing.actions import runs
from anju.domains.billing.models import Allocation, Bill, Payment, Waiver
from anju.domains.billing.selectors.figures import GROUPS, bills_behind, breakdowns, collected_by_month, figures
from anju.kit.clock import CHINA
from anju.kit.models import Parameter
from tests.domains.billing.charging import bills, charge, fee, run
from tests.world import load_world

D = Decimal
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def _bills_and_payments(kept):
    world = load_world()
    with kept, scope(estate=world.spring.pk), pytest.MonkeyPatch.context() as monkeypatch:
        _on_that_day(monkeypatch)
        _do_a_year_of_business(world)


@pytest.fixture
def year(_bills_and_payments, in_spring, monkeypatch):
    """Seen on 21 November 2026: bills of 231.60, 211.20 and 6 of three months, some of them paid."""
    _on_that_day(monkeypatch)
    return in_spring


def _on_that_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 21, 12, tzinfo=CHINA))


def _do_a_year_of_business(world):
    service = fee(world.spring, "2.40")
    lights = fee(world.spring, "6", method="flat", kind="shared", code="LIGHTS")
    for tariff, thing in ((service, world.unit), (service, world.let_unit), (lights, world.shop)):
        charge(tariff, thing)
    for period in ("2025-11", "2026-10", "2026-11"):
        run(world.spring, period)
    old, new = bills("2025-11"), bills("2026-10")
    pay(old[0], "31.60", date(2025, 12, 20))
    pay(old[0], "100", date(2026, 3, 1))
    pay(old[1], "211.20", date(2026, 5, 1))
    pay(new[0], "231.60", date(2026, 10, 20))
    pay(new[1], "11.20", date(2026, 11, 21))
    pay(new[2], "6", date(2026, 11, 22))
    waive(world, old[2], "6")


def pay(bill: Bill, amount: str, on: date, method: str = "cash") -> Payment:
    payment = Payment.objects.create(
        estate_id=bill.estate_id, payer=bill.payer, method=method, amount=abs(D(amount)), received_on=on,
        idempotency_key=f"{bill.pk} {amount} {on}",
    )  # fmt: skip
    settle(bill, amount, payment=payment)
    return payment


def settle(bill: Bill, amount: str, **by) -> None:
    Allocation.objects.create(estate_id=bill.estate_id, bill=bill, amount=D(amount), **by)
    Bill.objects.filter(pk=bill.pk).update(settled=Bill.objects.get(pk=bill.pk).settled + D(amount))


def waive(world, bill: Bill, amount: str) -> None:
    waiver = Waiver.objects.create(
        estate_id=bill.estate_id, bill=bill, kind="principal", amount=D(amount), reason="x", requested_by=world.cashier
    )
    settle(bill, amount, waiver=waiver)


@pytest.mark.clause("P15-05", "P22-11")
def test_rates_are_those_of_the_rule_book(year):
    report = figures(year.spring, on=date(2026, 11, 21))
    total = report.total
    assert (total.billed, total.bills) == (D("897.60"), 6)
    assert total.collected == D("242.80")
    assert total.opening_arrears == D("417.20")  # 448.80 less 31.60 paid in 2025
    assert total.arrears_collected == D("311.20")
    assert total.collection_rate == D("0.2705")
    assert total.recovery_rate == D("0.7459")
    assert total.combined_rate == D("0.4214")  # 554.00 / 1314.80
    assert (report.target, report.on_target) == (D("0.98"), False)


def test_waiver_closes_a_bill_and_is_not_collected(year):
    assert Allocation.objects.filter(waiver__isnull=False).exists()
    total = figures(year.spring, on=date(2030, 1, 1)).total
    assert total.arrears == sum(bill.amount - bill.settled for bill in bills())
    assert total.opening_arrears == total.arrears  # nothing has been paid by then since the turn of the year


def test_prepayment_counts_when_it_settles_a_bill(year):
    before = figures(year.spring, on=TODAY).total.collected
    pay(bills("2026-11")[0], "200", TODAY, method="prepayment")
    assert figures(year.spring, on=TODAY).total.collected == before + 200


def test_money_is_counted_from_the_day_it_was_received(year):
    assert figures(year.spring, on=date(2026, 11, 21)).total.collected == D("242.80")
    assert figures(year.spring, on=date(2026, 11, 22)).total.collected == D("248.80")
    assert figures(year.spring, on=date(2026, 10, 19)).total.collected == D("0.00")
    assert figures(year.spring, on=date(2026, 10, 31)).total.billed == D("448.80")


def test_cancelled_payment_is_not_collected(year):
    allocation = Allocation.objects.get(amount=D("231.60"))
    settle(allocation.bill, "-231.60", payment=allocation.payment)
    assert figures(year.spring, on=TODAY).total.collected == D("11.20")


def test_reversed_bill_is_in_no_figure(year):
    before = figures(year.spring, on=TODAY).total
    runs.reverse_bill(bill=bills("2026-11")[0], reason="x", by=None)
    after = figures(year.spring, on=TODAY).total
    assert before.billed - after.billed == before.open - after.open == D("231.60")


@pytest.mark.parametrize("on", [date(2025, 12, 31), date(2026, 10, 25), TODAY, date(2029, 6, 1)])
def test_every_figure_is_the_sum_of_the_bills_behind_it(year, on):
    total = figures(year.spring, on=on).total
    groups = [group for by in GROUPS for group in _groups_beside(total, year, on, by)]
    for group in (total, *groups):
        amounts = {
            kind: getattr(group, kind)
            for kind in ("billed", "collected", "opening_arrears", "arrears_collected", "open", "arrears")
        } | {f"age_{key}": amount for key, _label, amount, _filter in group.age_rows}
        for kind, amount in amounts.items():
            parts = list(bills_behind(year.spring, group.filters[kind]).values_list("part", flat=True))
            assert sum(parts) == amount, (group.name, kind)
            assert all(parts)


def _groups_beside(total, year, on, by):
    report = figures(year.spring, on=on, by=by)
    assert report.total == total
    assert report.groups
    return report.groups


def test_groups_add_up_and_are_named(year):
    by_building = figures(year.spring, on=TODAY, by="building").groups
    assert [(group.name, group.billed) for group in by_building] == [("3号楼", D("885.60")), ("沿街商铺", D("12.00"))]
    by_month = figures(year.spring, on=TODAY, by="month").groups
    assert [(group.name, group.bills_open) for group in by_month] == [("2025-11", 1), ("2026-10", 2), ("2026-11", 3)]
    by_item = figures(year.spring, on=TODAY, by="item").groups
    assert [group.name for group in by_item] == ["Service", "Lights"]


def test_estate_may_have_its_own_target(year):
    Parameter.objects.create(
        key="billing.collection_rate.target", estate_id=year.spring.pk, value="0.25", effective_from=date(2026, 1, 1),
        source="方案",
    )  # fmt: skip
    assert figures(year.spring, on=TODAY).on_target is True


@pytest.mark.parametrize("wrong", [{"figure": "x"}, {"age": "7"}, {"on": "soon"}, {"item": "x"}])
def test_filter_that_no_figure_has_is_an_error(year, wrong):
    with pytest.raises(ValueError, match=r"."):
        bills_behind(year.spring, {"figure": "arrears", "on": "2026-11-21"} | wrong)


def test_figures_cost_the_same_queries_whatever_there_is(year):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            figures(year.spring, on=TODAY, by="building")
        return len(queries)

    before = count()
    run(year.spring, "2026-12")
    assert count() == before <= 2


def test_several_breakdowns_of_one_reading_say_what_each_says_alone(year, django_assert_num_queries):
    alone = [figures(year.spring, on=TODAY, by=by) for by in ("item", "building", "month")]
    with django_assert_num_queries(2):
        assert breakdowns(year.spring, "item", "building", "month", on=TODAY) == alone
    assert all(report.groups for report in alone)


def test_collected_by_month_of_receipt(year):
    assert collected_by_month(year.spring, 2026) == {
        date(2026, 3, 1): D("100.00"),
        date(2026, 5, 1): D("211.20"),
        date(2026, 10, 1): D("231.60"),
        date(2026, 11, 1): D("17.20"),
    }


def test_quick_figures_are_remembered_until_something_is_posted(year):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert figures(year.spring, on=TODAY, quick=True) == figures(year.spring, on=TODAY)
        return len(queries)

    first = count()
    assert count() < first
    run(year.spring, "2026-08")
    assert figures(year.spring, on=TODAY, quick=True).total.billed == D("1346.40")
    assert count() < first
