"""Monthly statements: their figures are those of the bills and the journal, and once published they stay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.urls import reverse
from django_scopes import scope

from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.actions.settings import set_payment_settings
from anju.domains.billing.actions.statements import draft_statement, publish_statement, renew_statement
from anju.domains.billing.actions.waivers import request_waiver
from anju.domains.billing.console.statements import StatementPages
from anju.domains.billing.enums import FeeKind, Method, PaymentMethod, StatementKind, TariffState
from anju.domains.billing.flow import CANCELLATION, WAIVER
from anju.domains.billing.models import Bill, FeeItem, PaymentSettings, Statement, Tariff
from anju.domains.billing.selectors.statements import parking_account, service_account
from anju.engines.disclosure.enums import PublicationKind
from anju.engines.disclosure.models import Publication
from anju.engines.ledger import chart
from anju.engines.ledger import selectors as ledger
from anju.engines.ledger.actions import open_books, post_entry, record_expense
from anju.engines.ledger.enums import SERVICE_HEADS, AccountKind, CostHead, FundKind
from anju.engines.ledger.models import Line
from anju.kit import clock
from anju.kit.errors import Refusal
from anju.kit.periods import Period
from anju.kit.testing import PageSetTests
from tests.domains.billing.collecting import bill, fee_item, pay
from tests.world import World

SEPTEMBER, OCTOBER = Period(2026, 9), Period(2026, 10)


def spend(world: World, head: CostHead, amount: str, day: date = date(2026, 9, 12)) -> None:
    record_expense(estate=world.spring, head=head, amount=Decimal(amount), paid_on=day, memo="test", by=world.director)


def parking_item(world: World) -> FeeItem:
    item = fee_item(world, name="停车费")
    account = ledger.account(ledger.fund(world.spring, FundKind.OPERATIONS), chart.PARKING_INCOME)
    item.kind, item.income = FeeKind.PARKING, account
    item.save()
    return item


def cells(content: dict[str, Any]) -> set[str]:
    """Every figure and cell of a content."""
    found = set()
    for block in content["blocks"]:
        found |= {item["value"] for item in block.get("items", ())}
        found |= {cell for row in block.get("rows", ()) for cell in row} | set(block.get("total") or ())
    return found


@pytest.mark.clause("P17-04", "P06-05")
def test_a_month_by_nine_cost_heads_equals_the_journal(in_spring: World) -> None:
    paid, half = bill(in_spring, "231.60"), bill(in_spring, "100.00")
    pay(in_spring, "271.60", {paid.pk: Decimal("231.60"), half.pk: Decimal("40.00")}, received_on=date(2026, 9, 30))
    for number, head in enumerate(SERVICE_HEADS, 1):
        spend(in_spring, head, f"{number}.50")
    spend(in_spring, CostHead.PARKING_STAFF, "999.00")  # stands in the account of the car park
    spend(in_spring, CostHead.CLEANING, "77.00", date(2026, 10, 1))  # stands in October
    account = service_account(in_spring.spring, SEPTEMBER)
    assert len(account.costs) == 9
    assert account.costs[CostHead.CLEANING] == Decimal("3.50")
    assert (account.billed, account.collected, account.cost) == (Decimal("331.60"), Decimal("271.60"), Decimal("49.50"))
    assert account.cash_result == Decimal("222.10")
    first, after = SEPTEMBER.first, OCTOBER.first
    journal = ledger.sums_by_account(in_spring.spring, first, after, AccountKind.INCOME)
    assert account.billed == sum(journal.values())
    received = Line.objects.filter(
        account__code=chart.RECEIVABLE, entry__source="billing.payment", entry__posted_on__gte=first,
        entry__posted_on__lt=after,
    ).aggregate(sum=Sum("amount"))["sum"]  # fmt: skip
    assert account.collected == -received
    assert account.cost == sum(ledger.sums_by_head(in_spring.spring, first, after, SERVICE_HEADS).values())


def test_what_is_undone_later_counts_in_the_month_it_was_undone(in_spring: World) -> None:
    owed = bill(in_spring)
    payment = pay(in_spring, "231.60", [owed], received_on=date(2026, 9, 30))
    before = service_account(in_spring.spring, SEPTEMBER)
    request = request_cancellation(receipt=payment.receipt, reason="错收", by=in_spring.cashier)
    CANCELLATION.advance(obj=request, transition="approve", by=in_spring.director)
    waiver = request_waiver(bill=owed, kind="principal", amount=Decimal("31.60"), reason="漏水", by=in_spring.cashier)
    WAIVER.advance(obj=waiver, transition="approve", by=in_spring.director)
    now = service_account(in_spring.spring, Period.of(clock.today()))
    assert service_account(in_spring.spring, SEPTEMBER) == before
    assert (now.billed, now.waived, now.collected) == (0, Decimal("31.60"), Decimal("-231.60"))


@pytest.mark.clause("P01-20")
def test_the_car_park_by_kind_of_space_and_four_heads(in_spring: World) -> None:
    item = parking_item(in_spring)
    bill(in_spring, "150.00", item=item)
    own = _bill_for_space(in_spring, item, "100.00")
    pay(in_spring, "100.00", [own], received_on=date(2026, 9, 20))
    spend(in_spring, CostHead.PARKING_STAFF, "40.00")
    spend(in_spring, CostHead.PARKING_EQUIPMENT, "10.00")
    spend(in_spring, CostHead.PARKING_UTILITIES, "5.00")
    spend(in_spring, CostHead.PARKING_OTHER, "1.00")
    spend(in_spring, CostHead.CLEANING, "500.00")
    account = parking_account(in_spring.spring, SEPTEMBER)
    by_kind = {line.name: (line.billed, line.collected) for line in account.income}
    assert by_kind[str(in_spring.space.get_use_display())] == (Decimal("100.00"), Decimal("100.00"))
    assert (account.billed, account.collected) == (Decimal("250.00"), Decimal("100.00"))
    assert list(account.costs.values()) == [Decimal(amount) for amount in ("40.00", "10.00", "5.00", "1.00")]
    assert account.cash_result == Decimal("44.00")
    income = ledger.account(ledger.fund(in_spring.spring, FundKind.OPERATIONS), chart.PARKING_INCOME)
    journal = ledger.sums_by_account(in_spring.spring, SEPTEMBER.first, OCTOBER.first, AccountKind.INCOME)
    assert account.billed == journal[income.pk]
    assert service_account(in_spring.spring, SEPTEMBER).billed == 0
    statement = draft_statement(
        estate=in_spring.spring, kind=StatementKind.CAR_PARK, period=SEPTEMBER, by=in_spring.cashier
    )
    assert {"250.00", "100.00", "40.00", "10.00", "5.00", "1.00", "56.00", "44.00"} <= cells(statement.content)


def _bill_for_space(world: World, item: FeeItem, amount: str) -> Any:
    made = Bill.objects.create(
        estate=world.spring, fee_item=item, space=world.space, payer=world.owner_party, period=SEPTEMBER.first,
        since=SEPTEMBER.first, until=OCTOBER.first, quantity=1, price=Decimal(amount), amount=Decimal(amount),
        due_on=date(2026, 9, 30), limitation_on=date(2029, 9, 30),
    )  # fmt: skip
    fund = ledger.fund(world.spring, FundKind.OPERATIONS)
    post_entry(
        estate=world.spring, posted_on=SEPTEMBER.first, memo="bill", source="billing.bill", source_id=made.pk,
        lines=[(ledger.account(fund, chart.RECEIVABLE), made.amount), (item.income, -made.amount)], by=None,
    )  # fmt: skip
    return made


def test_a_statement_is_published_once_and_stays_as_it_was(in_spring: World) -> None:
    bill(in_spring)
    draft = draft_statement(estate=in_spring.spring, kind="service", period=SEPTEMBER, by=in_spring.cashier)
    assert draft_statement(estate=in_spring.spring, kind="service", period=SEPTEMBER, by=in_spring.cashier) == draft
    publication = publish_statement(statement=draft, by=in_spring.director)
    assert (publication.kind, publication.period) == (PublicationKind.STATEMENT, SEPTEMBER.first)
    assert "231.60" in cells(publication.content)
    draft.refresh_from_db()
    for act in (publish_statement, renew_statement):
        with pytest.raises(Refusal) as refused:
            act(statement=draft, by=in_spring.director)
        assert refused.value.code == "statement_published"
    assert Publication.objects.count() == 1


def test_publishing_needs_the_books_as_they_were_reviewed(in_spring: World) -> None:
    bill(in_spring)
    draft = draft_statement(estate=in_spring.spring, kind="service", period=SEPTEMBER, by=in_spring.cashier)
    spend(in_spring, CostHead.OFFICE, "12.00")
    with pytest.raises(Refusal) as refused:
        publish_statement(statement=draft, by=in_spring.director)
    assert refused.value.code == "statement_outdated"
    assert not Publication.objects.exists()
    publish_statement(statement=renew_statement(statement=draft, by=in_spring.cashier), by=in_spring.director)
    assert "12.00" in cells(Publication.objects.get().content)


def test_a_correction_names_what_it_corrects_and_must_differ(in_spring: World) -> None:
    bill(in_spring)

    def publish() -> Publication:
        draft = draft_statement(estate=in_spring.spring, kind="service", period=SEPTEMBER, by=in_spring.cashier)
        return publish_statement(statement=draft, by=in_spring.director)

    first = publish()
    with pytest.raises(Refusal) as refused:
        publish()
    assert refused.value.code == "nothing_changed"
    spend(in_spring, CostHead.TAXES, "5.00")
    second = publish()
    assert (second.corrects, second.previous_seal) == (first, first.seal)
    assert "5.00" not in cells(Publication.objects.get(pk=first.pk).content)


@pytest.mark.clause("P05-08")
def test_fee_items_and_standards_are_made_from_approved_tariffs(in_spring: World) -> None:
    item = fee_item(in_spring)
    with pytest.raises(Refusal) as refused:
        draft_statement(estate=in_spring.spring, kind="standards", period=OCTOBER, by=in_spring.cashier)
    assert refused.value.code == "nothing_to_state"
    for version, (state, price) in enumerate(((TariffState.APPROVED, "2.40"), (TariffState.DRAFT, "9.99")), 1):
        Tariff.objects.create(
            estate=in_spring.spring, fee_item=item, version=version, method=Method.AREA, price=Decimal(price),
            effective_from=date(2020, 1, version), state=state, basis="前期物业服务合同",
        )  # fmt: skip
    draft = draft_statement(estate=in_spring.spring, kind="standards", period=OCTOBER, by=in_spring.cashier)
    publication = publish_statement(statement=draft, by=in_spring.director)
    assert publication.kind == PublicationKind.FEE_STANDARDS
    said = " ".join(cells(publication.content))
    assert "2.40" in said
    assert "前期物业服务合同" in said
    assert "9.99" not in said


@pytest.mark.clause("P05-11")
def test_fee_collection_is_published_with_the_figures_of_the_report(in_spring: World) -> None:
    paid = bill(in_spring, "300.00")
    bill(in_spring, "100.00")
    pay(in_spring, "300.00", [paid], received_on=date(2026, 9, 30))
    draft = draft_statement(estate=in_spring.spring, kind="collection", period=OCTOBER, by=in_spring.cashier)
    publication = publish_statement(statement=draft, by=in_spring.director)
    assert publication.kind == PublicationKind.COLLECTION
    assert {"400.00", "300.00", "75.00%", "100.00"} <= cells(publication.content)


def test_a_month_to_come_has_no_statement(in_spring: World) -> None:
    open_books(estate=in_spring.spring, by=None)
    with pytest.raises(Refusal) as refused:
        draft_statement(
            estate=in_spring.spring, kind="service", period=Period.of(clock.today()).plus(1), by=in_spring.cashier
        )
    assert refused.value.code == "month_to_come"


# --- pages ------------------------------------------------------------------------------------------------------------


class TestStatementPages(PageSetTests):
    pages, namespace = StatementPages, "billing"
    writer = "cashier"

    def make_rows(self, world: Any, number: int) -> list[Statement]:
        months = Statement.objects.count()
        return Statement.objects.bulk_create(
            Statement(estate=world.spring, kind="service", period=Period(2024, 1).plus(months + n).first,
                      content={"blocks": []}, by=world.cashier) for n in range(number))  # fmt: skip

    def form_data(self, world: Any) -> dict[str, Any]:
        with scope(estate=world.spring.pk):
            open_books(estate=world.spring, by=None)
        return {"kind": "service", "period": str(Period.of(clock.today()).plus(-1))}


def test_a_cashier_drafts_and_only_management_publishes(world: World, client_as, in_scope) -> None:
    with in_scope(world.spring):
        bill(world)
    create = reverse("billing:statement_create", kwargs={"estate": "SPRING"})
    month = str(Period(2026, 9)) if Period(2026, 9) <= Period.of(clock.today()) else str(Period.of(clock.today()))
    answer = client_as(world.cashier).post(create, {"kind": "service", "period": month})
    assert answer.status_code == 302
    with in_scope(world.spring):
        draft = Statement.objects.get()
    assert "231.60" in client_as(world.cashier).get(answer.url).content.decode()
    publish = reverse("billing:statement_publish", kwargs={"estate": "SPRING", "pk": draft.pk})
    assert client_as(world.cashier).post(publish).status_code == 403
    assert client_as(world.rival_director).post(publish).status_code == 404
    with in_scope(world.spring):
        assert not Publication.objects.exists()
    assert client_as(world.director).post(publish).status_code == 302
    with in_scope(world.spring):
        publication = Publication.objects.get()
    assert publication.by == world.director
    page = client_as(None).get(reverse("public:publication", kwargs={"token": publication.token}))
    assert "231.60" in page.content.decode()


def test_ways_to_pay_are_set_by_management_and_whole(world: World, client_as, in_scope) -> None:
    url = reverse("billing:payment_settings", kwargs={"estate": "SPRING"})
    data = {"account_name": "恒安物业", "bank": "工商银行北海支行", "account_number": "６２２２ 0001",
            "desk_address": "3号楼一层", "desk_hours": "8:30-17:30"}  # fmt: skip
    assert client_as(world.cashier).post(url, data).status_code == 403
    assert client_as(world.director).post(url, data | {"bank": ""}).status_code == 422
    with in_scope(world.spring):
        assert not PaymentSettings.objects.exists()
    assert client_as(world.director).post(url, data).status_code == 302
    with in_scope(world.spring):
        settings = PaymentSettings.objects.get()
        assert (settings.account_number, settings.takes_transfers) == ("6222 0001", True)
        set_payment_settings(estate=world.spring, desk_address="门岗", by=world.director)
        assert PaymentSettings.objects.get().desk_address == "门岗"


def test_prepayments_count_when_they_are_used(in_spring: World) -> None:
    fee_item(in_spring)
    pay(in_spring, "500.00", received_on=date(2026, 9, 1))
    assert service_account(in_spring.spring, SEPTEMBER).collected == 0
    owed = bill(in_spring, "200.00")
    pay(in_spring, "200.00", [owed], method=PaymentMethod.PREPAYMENT, received_on=date(2026, 9, 30))
    assert service_account(in_spring.spring, SEPTEMBER).collected == Decimal("200.00")
