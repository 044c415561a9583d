"""What a resident sees and does on the phone: own bills and nothing else, paying in three taps, receipts."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from anju.domains.billing.actions.dunning import issue_demands
from anju.domains.billing.actions.settings import set_payment_settings
from anju.domains.billing.enums import DunningStage
from anju.domains.billing.flow import TRANSFER
from anju.domains.billing.models import Bill, Payment, Receipt, TransferReport
from anju.domains.billing.papers import verify_url
from anju.engines.messaging.actions import send_notice
from anju.engines.messaging.enums import DeliveryState
from anju.engines.messaging.models import Delivery, Notice
from anju.kit import clock
from anju.kit.models import AuditEntry, AuditOperation
from anju.kit.testing import assert_same_queries
from tests.domains.billing.charging import charge, fee, run
from tests.domains.billing.collecting import bill, counts, pay
from tests.world import World


@pytest.fixture
def owed(world: World, in_scope: Any) -> Bill:
    with in_scope(world.spring):
        set_payment_settings(
            estate=world.spring, account_name="恒安物业", bank="工商银行", account_number="6222000111",
            desk_address="3号楼一层", by=world.director,
        )  # fmt: skip
        return bill(world)


def home(client: Any) -> Any:
    return client.get(reverse("my:home"))


def test_home_says_what_is_owed_with_one_button(world: World, client_as: Any, owed: Bill) -> None:
    answer = home(client_as(world.owner))
    page = answer.content.decode()
    assert (answer.context["total"], answer.context["bills"]) == (Decimal("231.60"), 1)
    assert "¥231.60" in page
    assert reverse("my:pay") in page
    assert "231.60" not in home(client_as(world.tenant)).content.decode()


@pytest.mark.clause("P02-08")
def test_a_bill_says_how_it_was_computed(world: World, client_as: Any, in_scope: Any) -> None:
    with in_scope(world.spring):
        charge(fee(world.spring, "2.40"), world.unit)
        run(world.spring, "2026-10")
        one = Bill.objects.get(unit=world.unit)
    answer = client_as(world.owner).get(reverse("my:bill", kwargs={"pk": one.pk}), headers={"accept-language": "zh"})
    sum_ = answer.context["explained"].equation
    assert re.fullmatch(r"96\.50 m² × 2\.40 .+ × 1 .+ = 231\.60 .+", sum_), sum_
    assert sum_ in answer.content.decode()


def test_somebody_elses_bill_is_not_found_and_on_record(
    world: World, client_as: Any, owed: Bill, in_scope: Any
) -> None:
    url = reverse("my:bill", kwargs={"pk": owed.pk})
    assert client_as(world.owner).get(url).status_code == 200
    for person in (world.neighbour, world.tenant, world.stranger, world.rival_director):
        assert client_as(person).get(url).status_code == 404
    denied = AuditEntry.objects.filter(operation=AuditOperation.DENIED, actor__in=[world.neighbour, world.stranger])
    assert denied.count() == 2
    with in_scope(world.spring):
        payment = pay(world, "231.60", [owed])
    for name in ("payment", "receipt_pdf"):
        other = reverse(f"my:{name}", kwargs={"pk": payment.pk})
        assert client_as(world.owner).get(other).status_code == 200
        assert client_as(world.neighbour).get(other).status_code == 404


def test_a_tenant_sees_the_bills_the_tenant_pays(world: World, client_as: Any, in_scope: Any) -> None:
    with in_scope(world.spring):
        one = bill(world, "88.00", payer=world.tenant_party)
    assert client_as(world.tenant).get(reverse("my:bill", kwargs={"pk": one.pk})).status_code == 200
    assert "88.00" in client_as(world.tenant).get(reverse("my:bills")).content.decode()
    assert client_as(world.neighbour).get(reverse("my:bill", kwargs={"pk": one.pk})).status_code == 404


@pytest.mark.clause("P05-09")
def test_paying_takes_three_taps_and_the_cashier_confirms(
    world: World, client_as: Any, owed: Bill, in_scope: Any
) -> None:
    client = client_as(world.owner)
    chosen = client.get(reverse("my:pay")).content.decode()
    assert f'value="{owed.pk}"' in chosen
    assert "checked" in chosen
    how = reverse("my:pay_how", kwargs={"pk": world.owner_party.pk})
    answer = client.get(how, {"bills": owed.pk})
    page = answer.content.decode()
    for words in ("恒安物业", "工商银行", "6222000111", "3号楼一层", answer.context["code"]):
        assert words in page
    form = {"bills": [owed.pk], "_once": answer.context["once"], "amount": answer.context["form"]["amount"].value(),
            "transferred_on": str(clock.today()), "slip": "77"}  # fmt: skip
    first, second = client.post(how, form), client.post(how, form)
    with in_scope(world.spring):
        report = TransferReport.objects.get()
        assert (report.amount, report.payer, report.state) == (Decimal("231.60"), world.owner_party, "reported")
        assert report.reference == f"{answer.context['code']} 77"
        assert Payment.objects.count() == 0
    assert first.url == second.url == reverse("my:transfer", kwargs={"pk": report.pk})
    assert home(client).context["total"] == 0
    assert home(client).context["waiting"] == 1
    assert client_as(world.neighbour).get(first.url).status_code == 404
    with in_scope(world.spring):
        TRANSFER.advance(obj=report, transition="confirm", by=world.cashier)
        receipt = Receipt.objects.get()
    assert str(receipt) in client.get(reverse("my:payments")).content.decode()
    pdf = client.get(reverse("my:receipt_pdf", kwargs={"pk": receipt.payment_id}))
    assert pdf.content.startswith(b"%PDF")
    assert reverse("public:verify", kwargs={"token": receipt.token}) in verify_url(receipt)


def test_an_amount_is_taken_as_people_write_it_and_refused_in_plain_words(
    world: World, client_as: Any, owed: Bill, in_scope: Any
) -> None:
    client, how = client_as(world.owner), reverse("my:pay_how", kwargs={"pk": world.owner_party.pk})
    form = {"bills": [owed.pk], "transferred_on": str(clock.today())}
    refused = client.post(how, form | {"amount": "0"})
    assert (refused.status_code, "请输入大于零的金额" in refused.content.decode()) == (422, True)
    assert client.post(how, form | {"amount": "２３１．６０元"}).status_code == 302
    with in_scope(world.spring):
        assert TransferReport.objects.get().amount == Decimal("231.60")


def test_nobody_reports_a_transfer_for_another_payer(world: World, client_as: Any, owed: Bill, in_scope: Any) -> None:
    url = reverse("my:pay_how", kwargs={"pk": world.owner_party.pk})
    data = {"bills": [owed.pk], "amount": "231.60", "transferred_on": str(clock.today())}
    with in_scope(world.spring):
        mine = bill(world, "10.00", payer=world.neighbour_party)
        before = counts()
    assert client_as(world.neighbour).post(url, data).status_code == 404
    own = reverse("my:pay_how", kwargs={"pk": world.neighbour_party.pk})
    assert client_as(world.neighbour).post(own, data | {"bills": [mine.pk, owed.pk]}).status_code == 422
    with in_scope(world.spring):
        assert not TransferReport.objects.exists()
        assert counts() == before
    assert client_as(world.owner).post(url, data | {"amount": "0"}).status_code == 422
    assert client_as(world.owner).post(url, data).status_code == 302


def test_what_waits_for_the_cashier_is_not_called_paid(world: World, client_as: Any, owed: Bill) -> None:
    client = client_as(world.owner)
    pages = [reverse(f"my:{name}") for name in ("home", "pay", "bills")]
    how = reverse("my:pay_how", kwargs={"pk": world.owner_party.pk})
    pay = f'href="{reverse("my:pay")}"'
    assert pay in client.get(pages[2]).content.decode()
    client.post(how, {"bills": [owed.pk], "amount": "231.60", "transferred_on": str(clock.today())})
    shown = [client.get(page).content.decode() for page in pages]
    for words, where in (("等待确认", 0), ("没有其他待缴费用", 1), ("待确认", 2)):
        assert words in shown[where]
    assert not any("缴清" in page or pay in page for page in shown)


def test_a_rejected_transfer_says_why(world: World, client_as: Any, owed: Bill, in_scope: Any) -> None:
    client = client_as(world.owner)
    how = reverse("my:pay_how", kwargs={"pk": world.owner_party.pk})
    url = client.post(how, {"bills": [owed.pk], "amount": "231.60", "transferred_on": str(clock.today())}).url
    with in_scope(world.spring):
        TRANSFER.advance(obj=TransferReport.objects.get(), transition="reject", by=world.cashier, reason="没有到账")
        message = reverse("my:message", kwargs={"pk": Notice.objects.get().pk})
    assert "没有到账" in client.get(url).content.decode()
    assert client.get(message).context["lead"][1] == url
    assert f'href="{url}"' in client.get(message).content.decode()
    assert home(client).context["total"] == Decimal("231.60")


def test_without_a_bank_account_residents_are_sent_to_the_desk(world: World, client_as: Any, in_scope: Any) -> None:
    with in_scope(world.spring):
        one = bill(world)
    url = reverse("my:pay_how", kwargs={"pk": world.owner_party.pk})
    page = client_as(world.owner).get(url, {"bills": one.pk}).content.decode()
    assert 'name="transferred_on"' not in page


def test_a_receipt_is_checked_by_anybody(world: World, client_as: Any, owed: Bill, in_scope: Any) -> None:
    with in_scope(world.spring):
        receipt = pay(world, "231.60", [owed]).receipt
    answer = client_as(None).get(reverse("public:verify", kwargs={"token": receipt.token}))
    page = answer.content.decode()
    assert "231.60" in page
    assert str(receipt) in page
    assert "王小明" not in page
    nothing = client_as(None).get(reverse("public:verify", kwargs={"token": "00000000-0000-4000-8000-000000000009"}))
    assert nothing.status_code == 404


def test_a_demand_leads_to_paying_and_news_to_nothing(world: World, client_as: Any, in_scope: Any) -> None:
    with in_scope(world.spring):
        bill(world, due=clock.today() - timedelta(days=40))
        issue_demands(estate=world.spring, stage=DunningStage.NOTICE, by=world.director)
        demand = Notice.objects.get()
        news = send_notice(
            party=world.owner_party,
            subject="停水通知",
            body="明日停水",
            source="test",
            source_id=None,
            by=world.director,
        )
    client = client_as(world.owner)
    pages = [client.get(reverse("my:message", kwargs={"pk": one.pk})).content.decode() for one in (demand, news)]
    assert [f'href="{reverse("my:pay")}"' in page for page in pages] == [True, False]


def test_opening_a_message_is_its_delivery(world: World, client_as: Any, in_scope: Any) -> None:
    with in_scope(world.spring):
        notice = send_notice(
            party=world.owner_party,
            subject="停水通知",
            body="明日停水",
            source="test",
            source_id=None,
            by=world.director,
        )
    url = reverse("my:message", kwargs={"pk": notice.pk})
    assert client_as(world.neighbour).get(url).status_code == 404
    client = client_as(world.owner)
    assert "停水通知" in home(client).content.decode()
    assert "停水通知" in client.get(reverse("my:messages")).content.decode()
    with in_scope(world.spring):
        assert Delivery.objects.get().state == DeliveryState.WAITING
    assert "明日停水" in client.get(url).content.decode()
    with in_scope(world.spring):
        assert Delivery.objects.get().state == DeliveryState.DELIVERED
    assert client.get(reverse("my:messages")).context["tabs"][3]["badge"] == 0


@pytest.mark.parametrize("name", ["home", "bills", "pay", "payments"])
def test_pages_cost_the_same_with_more_bills(world: World, client_as: Any, in_scope: Any, name: str) -> None:
    client = client_as(world.owner)

    def grow(number: int = 12) -> None:
        with in_scope(world.spring):
            for month in range(number):
                pay(world, "10.00", [bill(world, "20.00", due=date(2025, month + 1, 28))])

    grow(2)
    assert_same_queries(lambda: client.get(reverse(f"my:{name}")), grow)


def test_every_page_is_closed_to_those_who_have_not_signed_in(client_as: Any) -> None:
    for name in ("home", "bills", "pay", "payments", "publications", "messages", "me", "homes", "bind"):
        answer = client_as(None).get(reverse(f"my:{name}"))
        assert (answer.status_code, "/accounts/login/" in answer.url) == (302, True)
