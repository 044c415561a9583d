"""The declared pages of charging: what every set of pages promises."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django_scopes import scope

from anju.domains.billing.console.bills import BillPages
from anju.domains.billing.console.charges import ChargePages
from anju.domains.billing.console.items import FeeItemPages, TariffPages
from anju.domains.billing.console.meters import MeterPages
from anju.domains.billing.console.runs import RunPages
from anju.domains.billing.enums import Method, RunState, TariffState
from anju.domains.billing.models import Bill, BillRun, FeeItem, Meter, RecurringCharge, Tariff
from anju.foundation.registry.models import Unit
from anju.kit.periods import Period
from anju.kit.testing import PageSetTests
from tests.domains.billing.charging import LONG_AGO, charge, fee, income

NOW = Period.parse("2026-11")


def more_units(world: Any, number: int) -> list[Unit]:
    """Units of SPRING that are not in the small world."""
    taken = Unit.objects.count()
    return Unit.objects.bulk_create(
        Unit(
            estate=world.spring, building=world.building, entrance=world.entrance, code=f"3-1-9{taken + at:03d}",
            number=f"9{taken + at:03d}", floor=9, exclusive_area=Decimal("80"), delivery_date=LONG_AGO,
        )
        for at in range(number)
    )  # fmt: skip


def service_tariff(world: Any) -> Tariff:
    return Tariff.objects.filter(fee_item__code="SERVICE").first() or fee(world.spring)


class TestBillPages(PageSetTests):
    pages, namespace = BillPages, "billing"

    def make_rows(self, world: Any, number: int) -> list[Bill]:
        tariff = service_tariff(world)
        return [
            Bill.objects.create(
                estate=world.spring, charge=charge(tariff, unit), fee_item=tariff.fee_item, tariff=tariff, unit=unit,
                payer=world.owner_party, period=NOW.first, since=NOW.first, until=NOW.plus(1).first,
                quantity=Decimal("80"), price=Decimal("2.4"), amount=Decimal("192.00"), due_on=NOW.last,
                limitation_on=NOW.last.replace(year=2029),
            )
            for unit in more_units(world, number)
        ]  # fmt: skip

    def search_text(self, row: Bill) -> str:
        return str(row.unit)

    def get_rows(self, world: Any) -> Any:
        return Bill.objects.all()


class TestRunPages(PageSetTests):
    pages, namespace = RunPages, "billing"

    def make_rows(self, world: Any, number: int) -> list[BillRun]:
        taken = BillRun.objects.count()
        return BillRun.objects.bulk_create(
            BillRun(estate=world.spring, period=Period.parse("2020-01").plus(taken + at).first, state=RunState.DONE)
            for at in range(number)
        )

    def form_data(self, world: Any) -> dict[str, Any]:
        return {"period": str(NOW)}


class TestFeeItemPages(PageSetTests):
    pages, namespace = FeeItemPages, "billing"

    def make_rows(self, world: Any, number: int) -> list[FeeItem]:
        taken = FeeItem.objects.count()
        return FeeItem.objects.bulk_create(
            FeeItem(
                estate=world.spring, code=f"X{taken + at}", name=f"收费项目{taken + at}", income=income(world.spring)
            )
            for at in range(number)
        )

    def form_data(self, world: Any) -> dict[str, Any]:
        return {"code": "LIGHT", "name": "楼道照明费", "kind": "shared", "is_active": "on"}


class TestTariffPages(PageSetTests):
    pages, namespace = TariffPages, "billing"
    bad_data = {"price": "0", "fixed": "0"}

    def make_rows(self, world: Any, number: int) -> list[Tariff]:
        item = service_tariff(world).fee_item
        taken = item.tariffs.count()
        return Tariff.objects.bulk_create(
            Tariff(estate=world.spring, fee_item=item, version=taken + at + 1, method=Method.AREA, price=Decimal("2.5"),
                   effective_from=NOW.plus(at).first, state=TariffState.DRAFT, created_by=world.cashier)
            for at in range(number)
        )  # fmt: skip

    def search_text(self, row: Tariff) -> str:
        return row.fee_item.code

    def form_data(self, world: Any) -> dict[str, Any]:
        return {
            "fee_item": str(self.rows[0].fee_item_id),
            "method": "area", "price": "2.60", "fixed": "", "cycle_months": "3", "timing": "advance",
            "anchor_month": "1", "vacancy_rate": "70", "due_days": "30", "grace_days": "15", "late_daily_rate": "5",
            "late_cap": "100", "effective_from": "2027-01-01", "basis": "前期物业服务合同",
        }  # fmt: skip


class TestChargePages(PageSetTests):
    pages, namespace = ChargePages, "billing"

    def make_rows(self, world: Any, number: int) -> list[RecurringCharge]:
        return [charge(service_tariff(world), unit) for unit in more_units(world, number)]

    def search_text(self, row: RecurringCharge) -> str:
        return str(row.unit)

    def form_data(self, world: Any) -> dict[str, Any]:
        return {
            "fee_item": str(self.rows[0].fee_item_id),
            "unit": world.let_unit.code,
            "since": "2026-01-01",
        }


class TestMeterPages(PageSetTests):
    pages, namespace = MeterPages, "billing"

    def make_rows(self, world: Any, number: int) -> list[Meter]:
        tariff = Tariff.objects.filter(method=Method.METERED).first()
        tariff = tariff or fee(world.spring, "3.10", code="WATER", kind="utility", method=Method.METERED)
        return [
            Meter.objects.create(estate=world.spring, fee_item=tariff.fee_item, unit=unit, code=f"W{unit.number}")
            for unit in more_units(world, number)
        ]

    def form_data(self, world: Any) -> dict[str, Any]:
        return {
            "fee_item": str(self.rows[0].fee_item_id),
            "unit": world.unit.code,
            "code": "W-NEW",
            "multiplier": "1",
        }


def test_an_estate_without_fee_items_is_told_where_to_begin(world: Any, client_as: Any) -> None:
    client = client_as(world.director)

    def begins(name: str) -> str:
        form = client.get(reverse(f"billing:{name}", kwargs={"estate": "SPRING"})).context["form"]
        return str(form.fields["fee_item"].help_text)

    item, tariff = (
        reverse(f"billing:{name}", kwargs={"estate": "SPRING"}) for name in ("fee_item_create", "tariff_create")
    )
    names = ("tariff_create", "charge_create", "charges_many")
    for name in names:
        assert f'href="{item}"' in begins(name), name
    assert f'href="{tariff}"' in begins("meter_create")
    with scope(estate=world.spring.pk):
        fee(world.spring, "3.10", code="WATER", kind="utility", method=Method.METERED)
    assert [item in begins(name) or tariff in begins(name) for name in (*names, "meter_create")] == [False] * 4
