"""Balanced or not at all; never changed; taken back once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django_scopes import scope, scopes_disabled

from anju.engines.ledger import chart, checks, selectors
from anju.engines.ledger.actions import open_books, post_entry, record_expense, reverse_entry
from anju.engines.ledger.enums import AccountKind, Control, CostHead, FundKind
from anju.engines.ledger.models import Account, Entry, Fund, Line
from anju.foundation.registry.enums import EstateKind
from anju.kit.errors import Refusal
from tests.world import World

DAY = date(2026, 11, 5)


def _post(world: World, *lines, source: str = "test", day: date = DAY) -> Entry:
    return post_entry(
        estate=world.spring,
        posted_on=day,
        memo="a test",
        source=source,
        source_id=None,
        lines=list(lines),
        by=world.cashier,
    )


def _account(world: World, code: str, kind: FundKind = FundKind.OPERATIONS) -> Account:
    return selectors.account(selectors.fund(world.spring, kind), code)


def _counts() -> tuple[int, int]:
    return Entry.objects.count(), Line.objects.count()


def test_opening_the_books_twice_changes_nothing(books: World) -> None:
    before = list(Account.objects.order_by("pk").values_list("pk", "code", "name"))
    open_books(estate=books.spring, by=None)
    assert list(Account.objects.order_by("pk").values_list("pk", "code", "name")) == before
    assert Fund.objects.filter(kind=FundKind.QUASI).count() == 0
    assert Account.objects.filter(control=Control.PREPAYMENT).count() == 1
    assert Account.objects.filter(control=Control.RECEIVABLE).count() == Fund.objects.count()


def test_the_operations_fund_has_an_account_for_each_cost_head(books: World) -> None:
    heads = Account.objects.filter(fund__kind=FundKind.OPERATIONS, kind=AccountKind.EXPENSE).values_list(
        "head", flat=True
    )
    assert sorted(heads) == sorted(CostHead.values)


def test_a_quasi_estate_runs_on_its_own_fund(in_spring: World) -> None:
    in_spring.spring.kind = EstateKind.QUASI
    in_spring.spring.save()
    open_books(estate=in_spring.spring, by=None)
    assert selectors.main_fund(in_spring.spring).kind == FundKind.QUASI
    assert selectors.prepayment_account(in_spring.spring).fund.kind == FundKind.QUASI


def test_an_estate_that_becomes_quasi_keeps_its_one_prepayment_account(books: World) -> None:
    books.spring.kind = EstateKind.QUASI
    books.spring.save()
    open_books(estate=books.spring, by=None)
    assert selectors.prepayment_account(books.spring).fund.kind == FundKind.OPERATIONS


def test_an_entry_moves_balances(books: World) -> None:
    cash, income = _account(books, chart.CASH), _account(books, chart.OTHER_INCOME)
    _post(books, (cash, Decimal("10.00")), (cash, Decimal("5.50")), (income, Decimal("-15.50")))
    assert selectors.balances(books.spring) == {cash.pk: Decimal("15.50"), income.pk: Decimal("-15.50")}
    assert selectors.balances(books.spring, on=date(2026, 11, 4)) == {}


@pytest.mark.parametrize(
    ("amounts", "code"),
    [
        (("10.00", "-9.99"), "entry_unbalanced"),
        (("0.00", "0.00"), "entry_empty"),
        ((), "entry_empty"),
        (("0.005", "-0.005"), "entry_fraction"),
    ],
)
def test_a_bad_entry_is_refused_and_leaves_nothing(books: World, amounts: tuple[str, ...], code: str) -> None:
    accounts = [_account(books, chart.CASH), _account(books, chart.OTHER_INCOME)]
    before = _counts()
    with pytest.raises(Refusal) as refused:
        _post(books, *[(account, Decimal(amount)) for account, amount in zip(accounts, amounts, strict=False)])
    assert refused.value.code == code
    assert _counts() == before


def test_an_entry_balances_in_each_fund_not_only_as_a_whole(books: World) -> None:
    with pytest.raises(Refusal) as refused:
        _post(
            books,
            (_account(books, chart.CASH), Decimal(5)),
            (_account(books, chart.OTHER_INCOME, FundKind.COMMON_REVENUE), Decimal(-5)),
        )
    assert refused.value.code == "entry_unbalanced"


def test_an_account_of_another_estate_is_refused(books: World) -> None:
    with scope(estate=books.rival.pk):
        open_books(estate=books.rival, by=None)
    with scopes_disabled():  # reaches into the other estate on purpose
        foreign = Account.objects.get(estate=books.rival, fund__kind=FundKind.OPERATIONS, code=chart.OTHER_INCOME)
    before = _counts()
    with pytest.raises(Refusal) as refused:
        _post(books, (_account(books, chart.CASH), Decimal(5)), (foreign, Decimal(-5)))
    assert refused.value.code == "entry_foreign_account"
    assert _counts() == before


def test_a_reversal_cancels_the_entry_once(books: World) -> None:
    cash, income = _account(books, chart.CASH), _account(books, chart.OTHER_INCOME)
    entry = _post(books, (cash, Decimal(7)), (income, Decimal(-7)))
    reversal = reverse_entry(entry=entry, memo="wrong", by=books.director)
    assert reversal.reverses == entry
    assert set(selectors.balances(books.spring).values()) == {Decimal(0)}
    for again, code in ((entry, "entry_already_reversed"), (reversal, "entry_is_reversal")):
        with pytest.raises(Refusal) as refused:
            reverse_entry(entry=again, memo="again", by=books.director)
        assert refused.value.code == code
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_line SET amount = amount + 1",
        "DELETE FROM ledger_line",
        "UPDATE ledger_entry SET memo = 'other'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_line",
        "TRUNCATE ledger_entry CASCADE",
    ],
)
def test_the_database_refuses_to_change_the_journal(books: World, sql: str) -> None:
    _post(books, (_account(books, chart.CASH), Decimal(7)), (_account(books, chart.OTHER_INCOME), Decimal(-7)))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(ProgrammingError, match=r"Cannot|never emptied"), transaction.atomic():
            cursor.execute(sql)
    assert sorted(Line.objects.values_list("amount", flat=True)) == [Decimal(-7), Decimal(7)]


def test_the_database_refuses_an_unbalanced_entry_at_commit(books: World) -> None:
    cash = _account(books, chart.CASH)
    entry = Entry.objects.create(estate=books.spring, posted_on=DAY, memo="raw", source="test")
    with transaction.atomic():
        Line.objects.create(estate=books.spring, entry=entry, account=cash, amount=Decimal(1))
        with pytest.raises(IntegrityError, match="does not balance"):
            _end_of_transaction()
        transaction.set_rollback(True)
    assert Line.objects.count() == 0


def _end_of_transaction() -> None:
    """Let the deferred triggers fire as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.clause("P17-04", "P01-20")
def test_expenses_are_kept_by_cost_head_and_month(books: World) -> None:
    for head, amount, day in (
        (CostHead.CLEANING, "300.00", DAY),
        (CostHead.CLEANING, "20.50", date(2026, 11, 20)),
        (CostHead.PARKING_STAFF, "80.00", DAY),
        (CostHead.CLEANING, "9.00", date(2026, 10, 31)),
    ):
        record_expense(estate=books.spring, head=head, amount=Decimal(amount), paid_on=day, memo="x", by=books.cashier)
    november = selectors.sums_by_head(books.spring, date(2026, 11, 1), date(2026, 12, 1))
    assert november[CostHead.CLEANING] == Decimal("320.50")
    assert november[CostHead.PARKING_STAFF] == Decimal("80.00")
    assert november[CostHead.TAXES] == 0
    by_month = selectors.sums_by_head_and_month(books.spring, date(2026, 10, 1), date(2026, 12, 1))
    assert by_month == {
        (date(2026, 10, 1), "cleaning"): Decimal("9.00"),
        (date(2026, 11, 1), "cleaning"): Decimal("320.50"),
        (date(2026, 11, 1), "parking_staff"): Decimal("80.00"),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": Decimal(0)}, "expense_not_positive"),
        ({"memo": "  "}, "expense_without_memo"),
        ({"paid_on": date(2999, 1, 1)}, "expense_in_future"),
    ],
)
def test_a_bad_expense_is_refused(books: World, changes: dict, code: str) -> None:
    good = {"head": CostHead.ORDER, "amount": Decimal(1), "paid_on": DAY, "memo": "x"}
    with pytest.raises(Refusal) as refused:
        record_expense(estate=books.spring, by=books.cashier, **(good | changes))
    assert refused.value.code == code
    assert Entry.objects.count() == 0
    record_expense(estate=books.spring, by=books.cashier, **good)
    assert Entry.objects.count() == 1


def test_trial_balance_and_statement_agree(books: World) -> None:
    cash, income = _account(books, chart.CASH), _account(books, chart.OTHER_INCOME)
    _post(books, (cash, Decimal(7)), (income, Decimal(-7)), day=date(2026, 10, 20))
    _post(books, (cash, Decimal(-2)), (income, Decimal(2)))
    row = next(
        r for r in selectors.trial_balance(books.spring, date(2026, 11, 1), date(2026, 12, 1)) if r.account == cash
    )
    assert (row.opening, row.debit, row.credit, row.closing) == (7, 0, 2, 5)
    assert [line.running for line in selectors.account_statement(cash)] == [Decimal(7), Decimal(5)]
    earned = selectors.sums_by_account(books.spring, date(2026, 10, 1), date(2026, 12, 1), AccountKind.INCOME)
    assert earned == {income.pk: Decimal(5)}


def test_audit_finds_what_was_forced_into_the_journal(books: World) -> None:
    cash, income = _account(books, chart.CASH), _account(books, chart.OTHER_INCOME)
    _post(books, (cash, Decimal(7)), (income, Decimal(-7)))
    _end_of_transaction()
    clean = checks.run([books.spring.pk])
    assert clean["ok"]
    assert clean["first_difference"] is None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # an intruder with all rights
        cursor.execute("UPDATE ledger_line SET amount = 8 WHERE amount = 7")
        cursor.execute("SET LOCAL session_replication_role = origin")
    broken = checks.run([books.spring.pk])
    assert not broken["ok"]
    assert broken["first_difference"]["check"] == "entries_balance"
    assert broken["first_difference"]["estate"] == "SPRING"
    assert broken["first_difference"]["found"] == "1.00"
    assert checks.run([books.rival.pk])["ok"]
