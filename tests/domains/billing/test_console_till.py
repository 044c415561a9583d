"""What somebody owes is taken at the cashier's desk through real requests, and everything that may go wrong."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django_scopes import scope

from anju.domains.billing.actions.transfers import report_transfer
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.models import Bill, Payment
from anju.domains.billing.selectors.collection import prepayment_balance
from anju.foundation.registry.models import Party
from anju.kit import clock
from tests.domains.billing.collecting import assert_clean, bill, counts, fee_item
from tests.domains.billing.desk import url
from tests.world import World, load_world


@pytest.fixture(scope="module")
def _owed(kept: AbstractContextManager[None]) -> None:
    world = load_world()
    with kept, scope(estate=world.spring.pk):
        bill(world, "231.60")
        bill(world, "50.00", due=date(2026, 8, 31), item=fee_item(world, name="车位费"))


@pytest.fixture
def owed(_owed: None, world: World) -> list[Bill]:
    with scope(estate=world.spring.pk):
        return list(Bill.objects.order_by("pk"))


# --- finding the payer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["3-1-1201", "王小明", "wxm", "wangxiaoming", "13900000008", "0008", "辽B12345", "A-001"]
)
def test_a_payer_is_found_by_anything(world: World, client_as: Any, owed: list[Bill], text: str) -> None:
    page = client_as(world.cashier).get(
        url("desk"), {"q": text}, headers={"HX-Request": "true", "HX-Target": "desk-found"}
    )
    content = page.content.decode()
    assert "王小明" in content
    assert "¥281.60" in content
    assert url("desk_payer", pk=world.owner_party.pk) in content
    assert "<html" not in content


# --- taking it --------------------------------------------------------------------------------------------------------


@pytest.mark.clause("P05-09")
@pytest.mark.parametrize("method", [PaymentMethod.CASH, PaymentMethod.POS, PaymentMethod.TRANSFER])
def test_the_exact_amount_settles_everything_ticked(world: World, till: Any, owed: list[Bill], method: str) -> None:
    answer = till().take("281.60", owed, method=method, reference="R-7")
    with scope(estate=world.spring.pk):
        payment = Payment.objects.get()
        assert (payment.amount, payment.method, payment.cashier) == (Decimal("281.60"), method, world.cashier)
        assert [one.settled for one in Bill.objects.order_by("pk")] == [Decimal("231.60"), Decimal("50.00")]
        assert_clean(world)
        assert answer["Location"] == url("desk_done", pk=payment.receipt.pk)


def test_the_result_names_the_receipt_the_change_and_the_papers(world: World, till: Any, owed: list[Bill]) -> None:
    desk = till()
    answer = desk.take("281.60", owed, tendered="300")
    done = desk.client.get(answer["Location"])
    content = done.content.decode()
    assert "000001" in content
    assert done.context["given"] == (Decimal("300.00"), Decimal("18.40"))
    paper = url("receipt_pdf", pk=done.context["receipt"].pk)
    for address in (paper, f"{paper}?paper=roll"):
        assert address in content
        pdf = desk.client.get(address)
        assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_result_says_whether_bill_runs_use_what_is_in_hand(world: World, till: Any, owed: list[Bill]) -> None:
    desk = till()
    done = desk.take("300.00", owed)["Location"]
    assert "未同意自动抵扣" in desk.client.get(done).content.decode()
    with scope(estate=world.spring.pk):
        Party.objects.filter(pk=world.owner_party.pk).update(prepayment_agreed=True)
    content = desk.client.get(done).content.decode()
    assert "出账时自动抵扣" in content
    assert "未同意自动抵扣" not in content


def test_a_part_goes_to_the_oldest_and_too_much_becomes_a_prepayment(world: World, till: Any, owed: list[Bill]) -> None:
    assert till().take("60.00", owed).status_code == 302
    with scope(estate=world.spring.pk):
        assert [one.settled for one in Bill.objects.order_by("pk")] == [Decimal("10.00"), Decimal("50.00")]
    assert till().take("300.00", owed[:1]).status_code == 302
    with scope(estate=world.spring.pk):
        assert prepayment_balance(world.owner_party) == Decimal("78.40")
        assert_clean(world)


def test_the_cashier_says_how_much_goes_to_which_bill(world: World, till: Any, owed: list[Bill]) -> None:
    """The oldest bill is that of 50.00; the payer wants the other one to be paid."""
    wished = {f"part_{owed[0].pk}": "￥70", f"part_{owed[1].pk}": "5.5"}
    assert till().take("75.50", owed, **wished).status_code == 302
    with scope(estate=world.spring.pk):
        assert [one.settled for one in Bill.objects.order_by("pk")] == [Decimal("70.00"), Decimal("5.50")]
        assert prepayment_balance(world.owner_party) == 0
        assert_clean(world)


def test_a_part_comes_first_and_the_rest_goes_to_the_oldest(world: World, till: Any, owed: list[Bill]) -> None:
    assert till().take("80.00", owed, **{f"part_{owed[0].pk}": "70", f"part_{owed[1].pk}": ""}).status_code == 302
    with scope(estate=world.spring.pk):
        assert [one.settled for one in Bill.objects.order_by("pk")] == [Decimal("70.00"), Decimal("10.00")]


def test_more_than_the_parts_becomes_a_prepayment(world: World, till: Any, owed: list[Bill]) -> None:
    parts = {f"part_{one.pk}": "20" for one in owed}
    assert till().take("100.00", owed, **parts).status_code == 302
    with scope(estate=world.spring.pk):
        assert [one.settled for one in Bill.objects.order_by("pk")] == [Decimal("20.00"), Decimal("20.00")]
        assert prepayment_balance(world.owner_party) == Decimal("60.00")
        assert_clean(world)


@pytest.mark.parametrize(
    ("amount", "part", "ticked"),
    [
        ("300.00", "231.61", True),  # more than is open
        ("60.00", "60.01", True),  # more than is taken
        ("60.00", "0", True),
        ("60.00", "-5", True),
        ("60.00", "1.005", True),
        ("60.00", "some", True),
        ("60.00", "9" * 30, True),
        ("60.00", "10.00", False),  # beside a bill that nobody chose
    ],
)
def test_a_part_that_cannot_be_is_refused_and_kept(
    world: World, till: Any, owed: list[Bill], amount: str, part: str, ticked: bool
) -> None:
    with scope(estate=world.spring.pk):
        before = counts()
    answer = till().take(amount, owed if ticked else owed[1:], **{f"part_{owed[0].pk}": part})
    assert answer.status_code == 422
    content = answer.content.decode()
    assert 'data-parts="on"' in content
    assert f'name="part_{owed[0].pk}" value="{part}"' in content
    with scope(estate=world.spring.pk):
        assert counts() == before


@pytest.mark.parametrize("name", ["part_x", "part_", "part_999999999", "part_1' OR 1=1"])
def test_a_part_of_nothing_is_refused(world: World, till: Any, owed: list[Bill], name: str) -> None:
    with scope(estate=world.spring.pk):
        before = counts()
    assert till().take("10.00", owed, **{name: "5", f"0{name}": "6", name.replace("_", "_0"): "6"}).status_code == 422
    with scope(estate=world.spring.pk):
        assert counts() == before


def test_parts_sent_twice_are_taken_once_and_other_parts_are_another_payment(
    world: World, till: Any, owed: list[Bill]
) -> None:
    desk = till()
    wished = {f"part_{owed[0].pk}": "70"}
    first, second = desk.take("80.00", owed, **wished), desk.take("80.00", owed, **wished)
    assert first["Location"] == second["Location"]
    with scope(estate=world.spring.pk):
        assert Payment.objects.count() == 1


def test_money_in_hand_pays(world: World, till: Any, owed: list[Bill]) -> None:
    till().take("100.00")
    assert till().take("50.00", owed[1:], method="prepayment").status_code == 302
    with scope(estate=world.spring.pk):
        assert prepayment_balance(world.owner_party) == Decimal("50.00")
        assert_clean(world)


def test_full_width_digits_and_separators_are_an_amount(world: World, till: Any, owed: list[Bill]) -> None:
    assert till().take("￥１,２３４.50").status_code == 302
    with scope(estate=world.spring.pk):
        assert Payment.objects.get().amount == Decimal("1234.50")


# --- what may go wrong ------------------------------------------------------------------------------------------------


def test_sent_twice_it_is_taken_once(world: World, till: Any, owed: list[Bill]) -> None:
    desk = till()
    first, second = desk.take("281.60", owed), desk.take("281.60", owed)
    assert first["Location"] == second["Location"]
    with scope(estate=world.spring.pk):
        assert Payment.objects.count() == 1


def test_the_second_cashier_is_told_by_which_receipt_it_was_settled(world: World, till: Any, owed: list[Bill]) -> None:
    first, second = till("cashier"), till("second_cashier")
    assert first.take("281.60", owed).status_code == 302
    with scope(estate=world.spring.pk):
        before = counts()
    answer = second.take("281.60", owed)
    assert answer.status_code == 422
    content = answer.content.decode()
    assert "000001" in content
    assert "账单: “" in content  # the field is named in the reader's language
    assert answer.context["groups"] == []
    assert 'value="281.60"' not in content  # pressing on must not turn it into a prepayment
    with scope(estate=world.spring.pk):
        assert counts() == before


@pytest.mark.parametrize(
    ("amount", "changes"),
    [
        ("", {}),
        ("abc", {}),
        ("-5", {}),
        ("0", {}),
        ("1.005", {}),
        ("10.00", {"method": "barter"}),
        ("10.00", {"bills": ["1' OR 1=1"]}),
        ("10.00", {"bills": ["999999999"]}),
        ("10.00", {"tendered": "5.00"}),
        ("10.00", {"received_on": "2999-01-01"}),
        ("10.00", {"received_on": "yesterday"}),
        ("10.00", {"method": "prepayment"}),
        ("99999999999999999999", {}),
    ],
)
def test_nonsense_is_refused_and_what_was_typed_is_kept(
    world: World, till: Any, owed: list[Bill], amount: str, changes: dict[str, Any]
) -> None:
    with scope(estate=world.spring.pk):
        before = counts()
    answer = till().take(amount, changes.pop("bills", owed), **changes)
    assert answer.status_code == 422
    assert "a-summary" in answer.content.decode()
    if amount:
        assert f'value="{amount}"' in answer.content.decode()
    with scope(estate=world.spring.pk):
        assert counts() == before


@pytest.mark.parametrize("person", ["guard", "auditor"])
def test_who_may_not_collect_sees_no_till(world: World, client_as: Any, owed: list[Bill], person: str) -> None:
    with scope(estate=world.spring.pk):
        before = counts()
    client = client_as(getattr(world, person))
    page = url("desk_payer", pk=world.owner_party.pk)
    assert client.get(page).status_code == 403
    assert client.post(page, {"amount": "1", "method": "cash"}).status_code == 403
    assert client.get(url("desk")).status_code == 403
    with scope(estate=world.spring.pk):
        assert counts() == before


def test_a_reported_transfer_of_the_payer_is_shown_before_money_is_taken_twice(
    world: World, till: Any, owed: list[Bill]
) -> None:
    with scope(estate=world.spring.pk):
        report = report_transfer(
            estate=world.spring, payer=world.owner_party, bills=[owed[0].pk], amount=Decimal("231.60"),
            transferred_on=clock.today(), reference="B1", idempotency_key="k", by=world.owner,
        )  # fmt: skip
    content = till().page.content.decode()
    assert url("transfer_detail", pk=report.pk) in content
