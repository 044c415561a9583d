"""Pages of the books."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation
from django_scopes import scope

from anju.engines.ledger import checks
from anju.engines.ledger.actions import open_books, post_entry, record_expense
from anju.engines.ledger.console.entries import EntryPages, cause, journal
from anju.engines.ledger.enums import CostHead
from anju.engines.ledger.models import Account, Entry
from anju.kit import clock, jobs
from anju.kit.models import Job, JobState
from anju.kit.testing import PageSetTests


def page(name: str, **kwargs: Any) -> str:
    return reverse(f"ledger:{name}", kwargs={"estate": "SPRING"} | kwargs)


def spend(world: Any, amount: str = "1200.00", on: date = date(2026, 3, 5), memo: str = "保洁用品") -> Entry:
    open_books(estate=world.spring, by=None)
    return record_expense(
        estate=world.spring, head=CostHead.CLEANING, amount=Decimal(amount), paid_on=on, memo=memo, by=world.director
    )


class TestEntryPages(PageSetTests):
    pages, namespace = EntryPages, "ledger"

    def make_rows(self, world: Any, number: int) -> list[Entry]:
        taken = Entry.objects.count()
        return [spend(world, memo=f"支出{taken + at:03d}") for at in range(number)]

    def search_text(self, row: Entry) -> str:
        return row.memo

    def get_rows(self, world: Any) -> Any:
        return journal(world.spring)


@pytest.fixture
def director(world, client_as):
    return client_as(world.director)


def test_expense_is_posted_once_and_shown_with_its_lines(world, director):
    with scope(estate=world.spring.pk):
        open_books(estate=world.spring, by=None)
    form = director.get(page("expense_create"))
    data = {"head": "greening", "amount": "￥１,234.5", "paid_on": "2026-03-05", "memo": "补种草坪"}
    answers = [director.post(page("expense_create"), data | {"_once": form.context["once"]}) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    with scope(estate=world.spring.pk):
        entry = Entry.objects.get()
        assert sorted(entry.lines.values_list("amount", flat=True)) == [Decimal("-1234.50"), Decimal("1234.50")]
    shown = director.get(answers[0]["Location"]).content.decode()
    assert "1,234.50" in shown


def test_expense_in_the_future_is_refused_at_its_field(world, director):
    with scope(estate=world.spring.pk):
        open_books(estate=world.spring, by=None)
    data = {"head": "greening", "amount": "5", "paid_on": "2999-01-01", "memo": "补种草坪"}
    answer = director.post(page("expense_create"), data)
    assert answer.status_code == 422
    assert "paid_on" in answer.context["form"].errors
    with scope(estate=world.spring.pk):
        assert not Entry.objects.exists()


def test_expense_is_reversed_and_both_stay(world, director):
    with scope(estate=world.spring.pk):
        entry = spend(world)
    assert director.post(page("entry_reverse", pk=entry.pk), {"memo": "重复录入"}).status_code == 302
    with scope(estate=world.spring.pk):
        assert Entry.objects.get(reverses=entry).memo == "重复录入"
    assert page("entry_reverse", pk=entry.pk) not in director.get(page("entry_detail", pk=entry.pk)).content.decode()
    assert director.post(page("entry_reverse", pk=entry.pk), {"memo": "再来"}).status_code == 422


def test_entries_of_other_modules_are_not_reversed_here(world, director):
    with scope(estate=world.spring.pk):
        open_books(estate=world.spring, by=None)
        cash, income = Account.objects.filter(code__in=("1001", "6001.01"), fund__kind="operations").order_by("code")
        entry = post_entry(
            estate=world.spring, posted_on=date(2026, 3, 1), memo="收款", source="billing.payment", source_id=1,
            lines=[(cash, Decimal(5)), (income, Decimal(-5))], by=None,
        )  # fmt: skip
    assert director.post(page("entry_reverse", pk=entry.pk), {"memo": "试试"}).status_code == 404
    with scope(estate=world.spring.pk):
        assert Entry.objects.count() == 1


def test_cashier_enters_expenses_but_does_not_reverse_them(world, client_as):
    with scope(estate=world.spring.pk):
        entry = spend(world)
    cashier = client_as(world.cashier)
    assert cashier.get(page("expense_create")).status_code == 200
    assert cashier.post(page("entry_reverse", pk=entry.pk), {"memo": "试试"}).status_code == 403
    with scope(estate=world.spring.pk):
        assert Entry.objects.count() == 1


def test_trial_balance_of_some_months(world, director):
    with scope(estate=world.spring.pk):
        spend(world, "1000.00", date(2026, 1, 10))
        spend(world, "200.00", date(2026, 2, 10))
    shown = director.get(page("trial_balance"), {"from": "2026-02", "to": "2026-02"})
    [fund] = shown.context["funds"]
    rows = {row.account.head: row for row in fund["rows"]}
    cleaning = rows[CostHead.CLEANING]
    assert (cleaning.opening, cleaning.debit, cleaning.closing) == (Decimal(1000), Decimal(200), Decimal(1200))
    assert (fund["debit"], fund["credit"], fund["closing"]) == (Decimal(200), Decimal(200), Decimal(0))
    assert shown.context["balanced"]
    page_text = re.sub(r"<[^>]+>", "", shown.content.decode())
    assert "借 1,200.00" in page_text
    assert "贷 1,200.00" in page_text  # the bank it was paid from: the side says it, not a sign
    assert "-1,200.00" not in page_text


def test_account_runs_from_its_opening_to_its_closing(world, director):
    with scope(estate=world.spring.pk):
        spend(world, "1000.00", date(2026, 1, 10))
        spend(world, "200.00", date(2026, 2, 10))
        spend(world, "50.00", date(2026, 2, 11))
        account = Account.objects.get(head=CostHead.CLEANING, fund__kind="operations")
    shown = director.get(page("account", pk=account.pk), {"from": "2026-02", "to": "2026-03"})
    assert shown.context["opening"] == Decimal(1000)
    assert [row.running for row in shown.context["rows"]] == [Decimal(1200), Decimal(1250)]
    assert shown.context["closing"] == Decimal(1250)


def test_check_of_the_books_runs_on_demand(world, director):
    with scope(estate=world.spring.pk):
        spend(world)
    assert director.get(page("audit")).context["audit"] is None
    for _twice in range(2):
        assert director.post(page("audit")).status_code == 302
    job = Job.objects.get(kind="ledger.audit")
    assert director.get(page("audit")).context["job"] == job
    jobs.run(job.pk)
    shown = director.get(page("audit"))
    assert (shown.context["found"], shown.context["job"]) == (0, None)
    assert str(checks.label_of("entries_balance")) in shown.content.decode()


def test_nightly_report_tells_each_estate_only_of_itself(world, director):
    difference = {"object": "ledger.entry:1", "expected": "0.00", "found": "1.00", "message": "不平"}
    report = [{"estate": "SPRING", **difference}, {"estate": "RIVAL", **difference, "message": "别家的差异"}]
    Job.objects.create(
        kind="ledger.audit", title="Nightly", state=JobState.DONE, finished_at=clock.now(),
        result={"ok": False, "checks": [{"name": "entries_balance", "checked": 9, "differences": report}]},
    )  # fmt: skip
    shown = director.get(page("audit"))
    assert shown.context["found"] == 1
    assert "别家的差异" not in shown.content.decode()


@pytest.mark.parametrize(
    ("source", "told"), [("billing.waiver", "减免 7"), ("ledger.expense", "支出 7"), ("billing.late_fee", "违约金 7")]
)
def test_an_entry_says_in_words_where_it_comes_from(source, told):
    with translation.override("zh-hans"):
        assert cause(Entry(source=source, source_id=7)) == told
