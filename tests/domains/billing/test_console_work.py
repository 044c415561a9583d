"""What people do on the pages of charging, with the figures that come out."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django_scopes import scope

from anju.domains.billing.enums import Method, RunState, TariffState
from anju.domains.billing.models import Bill, BillRun, FeeItem, Meter, MeterReading, Receipt, RecurringCharge, Tariff
from anju.domains.billing.sheets import readings_book
from anju.kit import jobs
from anju.kit.models import Job
from anju.kit.periods import Period
from tests.domains.billing.charging import LONG_AGO, charge, fee, run
from tests.domains.billing.collecting import pay
from tests.domains.billing.desk import url

MONTH = "2026-11"


def finish_jobs() -> None:
    for job in Job.objects.filter(state="queued"):
        jobs.run(job.pk)


# --- bill runs --------------------------------------------------------------------------------------------------------


def test_preview_says_what_a_month_would_bill_and_writes_nothing(world, service, director):
    shown = director.get(url("run_preview"), {"period": MONTH})
    preview = shown.context["preview"]
    # 96.5 x 2.40 + 88 x 2.40 + 120 x 2.40 x 0.7
    assert (preview.bills, preview.amount) == (3, Decimal("644.40"))
    assert "644.40" in shown.content.decode()
    with scope(estate=world.spring.pk):
        assert not Bill.objects.exists()


def test_preview_refuses_what_is_no_month(director, service):
    shown = director.get(url("run_preview"), {"period": "soon"})
    assert shown.status_code == 200
    assert "soon" in shown.content.decode()


def test_run_started_on_the_page_bills_the_month_and_shows_the_result(world, service, director):
    form = director.get(url("run_create"))
    answer = director.post(url("run_create"), {"period": MONTH, "_once": form.context["once"]})
    with scope(estate=world.spring.pk):
        bill_run = BillRun.objects.get()
    assert answer["Location"] == url("run_detail", pk=bill_run.pk)
    busy = director.get(answer["Location"])
    assert busy.context["busy"]
    asking = {"HX-Request": "true", "HX-Target": "run"}
    assert "HX-Refresh" not in director.get(answer["Location"], headers=asking)
    finish_jobs()
    assert director.get(answer["Location"], headers=asking)["HX-Refresh"] == "true"
    done = director.get(answer["Location"])
    assert not done.context["busy"]
    assert [(item["bills"], item["amount"]) for item in done.context["items"]] == [(3, Decimal("644.40"))]
    assert director.get(url("run_comparison", pk=bill_run.pk)).context["preview"].difference_counts["new"] == 3


def test_exceptions_lead_to_the_charge_that_needs_mending(world, service, director):
    with scope(estate=world.spring.pk):
        item = FeeItem.objects.create(
            estate=world.spring, code="BARE", name="无标准项目", income=service.fee_item.income
        )
        bare = RecurringCharge.objects.create(estate=world.spring, fee_item=item, unit=world.unit, since=LONG_AGO)
    shown = director.get(url("run_preview"), {"period": MONTH}).content.decode()
    assert url("charge_detail", pk=bare.pk) in shown


def test_exceptions_are_summed_by_reason_with_the_way_to_mend_them(world, meter, director, client_as):
    with scope(estate=world.spring.pk):
        for unit in (world.unit, world.let_unit):
            RecurringCharge.objects.create(estate=world.spring, fee_item=meter.fee_item, unit=unit, since=LONG_AGO)
    told = [("当月没有抄表读数", 2, f"{url('reading_round')}?period={MONTH}", "录入读数")]
    assert director.get(url("run_preview"), {"period": MONTH}).context["reasons"] == told
    with scope(estate=world.spring.pk):
        run(world.spring, MONTH)
        done = url("run_detail", pk=BillRun.objects.get().pk)
    assert director.get(done).context["reasons"] == told
    seen = client_as(world.auditor).get(done).context["reasons"]
    assert seen == [("当月没有抄表读数", 2, "", "")]  # who may not read meters is not sent there


def test_run_is_reversed_with_a_reason_and_can_be_run_again(world, service, director):
    with scope(estate=world.spring.pk):
        bill_run, _outcome = run(world.spring, MONTH)
    reverse = url("run_reverse", pk=bill_run.pk)
    assert director.post(reverse, {"reason": ""}).status_code == 422
    assert director.post(reverse, {"reason": "单价有误"}).status_code == 302
    with scope(estate=world.spring.pk):
        assert BillRun.objects.get().state == RunState.REVERSED
        assert not Bill.objects.filter(reversed_at=None).exists()
        _again, outcome = run(world.spring, MONTH)
        assert outcome.bills == 3


def test_run_with_a_payment_is_not_reversed(world, service, director):
    with scope(estate=world.spring.pk):
        bill_run, _outcome = run(world.spring, MONTH)
        pay(world, "100.00", [Bill.objects.get(unit=world.unit)], received_on=date(2026, 11, 20), late_fees=False)
        receipt = Receipt.objects.get()
    reverse = url("run_reverse", pk=bill_run.pk)
    shown = director.get(reverse)
    assert (list(shown.context["holding"]), shown.context["holding_count"]) == ([receipt], 1)
    assert url("receipt_detail", pk=receipt.pk) in shown.content.decode()  # what stands in the way is one click away
    answer = director.post(reverse, {"reason": "单价有误"})
    assert answer.status_code == 422
    with scope(estate=world.spring.pk):
        assert BillRun.objects.get().state == RunState.DONE
        assert Bill.objects.filter(reversed_at=None).count() == 3


def test_cashier_runs_bills_but_does_not_reverse_them(world, service, client_as):
    cashier = client_as(world.cashier)
    with scope(estate=world.spring.pk):
        bill_run, _outcome = run(world.spring, MONTH)
    assert cashier.get(url("run_create")).status_code == 200
    assert cashier.post(url("run_reverse", pk=bill_run.pk), {"reason": "试试"}).status_code == 403
    with scope(estate=world.spring.pk):
        assert BillRun.objects.get().state == RunState.DONE


# --- bills ------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("P05-07")
def test_bill_tells_how_it_was_computed(world, service, director):
    with scope(estate=world.spring.pk):
        run(world.spring, MONTH)
        bill = Bill.objects.get(unit=world.unit)
        vacant = Bill.objects.get(unit=world.shared_unit)
    shown = director.get(url("bill_detail", pk=bill.pk))
    equation = shown.context["explained"].equation
    for part in ("96.50 m²", "2.40", "231.60"):
        assert part in equation
    assert equation in shown.content.decode()
    assert "70%" in director.get(url("bill_detail", pk=vacant.pk)).context["explained"].equation


def test_part_month_is_told_in_days(world, director):
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, "2.40")
        charge(tariff, world.unit, date(2026, 11, 16))
        run(world.spring, MONTH)
        bill = Bill.objects.get()
    equation = director.get(url("bill_detail", pk=bill.pk)).context["explained"].equation
    assert "15/30" in equation
    assert "115.80" in equation


def test_bill_shows_what_has_settled_it(world, service, director):
    with scope(estate=world.spring.pk):
        run(world.spring, MONTH)
        bill = Bill.objects.get(unit=world.unit)
        pay(world, "100.00", [bill], received_on=date(2026, 11, 20), late_fees=False)
    shown = director.get(url("bill_detail", pk=bill.pk))
    assert shown.context["open"] == Decimal("131.60")
    assert [row.amount for row in shown.context["allocations"]] == [Decimal("100.00")]
    assert len(shown.context["events"]) == 2
    assert url("bill_reverse", pk=bill.pk) not in shown.content.decode()


def test_state_filter_follows_the_money(world, service, director):
    with scope(estate=world.spring.pk):
        run(world.spring, MONTH)
        settled = Bill.objects.get(unit=world.unit)
        pay(world, "231.60", [settled], received_on=date(2026, 11, 20), late_fees=False)

    def listed(state: str) -> set[int]:
        return {line["pk"] for line in director.get(url("bill_list"), {"state": state}).context["lines"]}

    assert listed("settled") == {settled.pk}
    assert settled.pk not in listed("open")
    assert len(listed("open")) == 2
    assert listed("reversed") == set()


# --- tariffs ----------------------------------------------------------------------------------------------------------


def terms(**changes: str) -> dict[str, str]:
    return {
        "method": "area", "price": "2.40", "fixed": "", "cycle_months": "1", "timing": "advance", "anchor_month": "1",
        "vacancy_rate": "70", "due_days": "30", "grace_days": "10", "late_daily_rate": "5", "late_cap": "100",
        "effective_from": "2027-01-01", "basis": "",
    } | changes  # fmt: skip


@pytest.mark.clause("P05-07")
def test_live_example_is_a_real_unit_by_the_rules_of_the_run(world, director):
    shown = director.post(url("tariff_example"), terms(example_unit="3-1-1201", effective_from=""))
    [example] = shown.context["examples"]
    assert (example.unit.code, example.per_bill) == ("3-1-1201", Decimal("231.60"))
    assert "231.60" in shown.content.decode()


def test_live_example_points_at_the_fault_in_a_formula(director, world):
    shown = director.post(url("tariff_example"), terms(method="formula", formula="area * 2 + wing"))
    assert shown.context["marked"] == ("area * 2 + ", "w", "ing")
    assert "<mark>w</mark>" in shown.content.decode()


def test_live_example_of_tiers(world, director):
    tiers = {"tier_upto_0": "12", "tier_price_0": "3.10", "tier_price_1": "4.65"}
    shown = director.post(url("tariff_example"), terms(method="metered", price="", example_use="20", **tiers))
    assert {example.per_bill for example in shown.context["examples"]} == {Decimal("74.40")}  # 12 x 3.10 + 8 x 4.65


def test_live_example_of_parking_speaks_of_spaces_not_of_units(world, director):
    shown = director.post(url("tariff_example"), terms(method="space", price="100", cycle_months="3"))
    assert shown.context["examples"] == []
    assert "300.00" in shown.content.decode()


def test_new_tariff_begins_without_discount_and_with_a_cap_of_the_whole_principal(world, director):
    form = director.get(url("tariff_create")).context["form"]
    assert (form["vacancy_rate"].value(), form["late_cap"].value()) == ("100", "100")
    assert form["late_daily_rate"].value() == "0"


def test_tariff_goes_from_draft_to_force_by_two_people(world, service, client_as):
    cashier, director = client_as(world.cashier), client_as(world.director)
    with scope(estate=world.spring.pk):
        item = service.fee_item_id
    answer = cashier.post(url("tariff_create"), terms(fee_item=str(item), price="2.60"))
    with scope(estate=world.spring.pk):
        draft = Tariff.objects.get(state=TariffState.DRAFT)
    assert answer["Location"] == url("tariff_detail", pk=draft.pk)
    assert (draft.price, draft.vacancy_rate, draft.late_daily_rate) == (
        Decimal("2.6"), Decimal("0.7"), Decimal("0.0005"),
    )  # fmt: skip
    assert cashier.post(url("tariff_flow", pk=draft.pk, transition="submit")).status_code == 302
    assert cashier.post(url("tariff_flow", pk=draft.pk, transition="approve")).status_code == 403
    said = [person.get(answer["Location"]).context["own"] for person in (cashier, director)]
    assert said == [True, False]  # whoever drew it up is told why somebody else decides
    assert director.post(url("tariff_flow", pk=draft.pk, transition="approve")).status_code == 302
    draft.refresh_from_db()
    assert draft.state == TariffState.APPROVED
    assert url("tariff_edit", pk=draft.pk) not in director.get(url("tariff_detail", pk=draft.pk)).content.decode()


# --- charges ----------------------------------------------------------------------------------------------------------


def test_many_units_are_charged_at_once_and_none_twice(world, service, director):
    choice = {"fee_item": str(service.fee_item_id), "since": "2026-01-01", "kinds": ["residential"]}
    counted = director.post(url("charges_count"), choice).context
    assert (counted["matching"], counted["known"], counted["fresh"]) == (4, 3, 1)
    assert director.post(url("charges_many"), choice).status_code == 302
    with scope(estate=world.spring.pk):
        assert RecurringCharge.objects.count() == 4
        assert RecurringCharge.objects.get(unit=world.unsold_unit).since == date(2026, 1, 1)


def test_charge_ends_and_names_its_payer(world, service, director):
    with scope(estate=world.spring.pk):
        one = RecurringCharge.objects.get(unit=world.let_unit)
    assert director.post(url("charge_end", pk=one.pk), {"until": "2026-12-01"}).status_code == 302
    assert director.post(url("charge_payer", pk=one.pk), {"payer": "李租客"}).status_code == 302
    one.refresh_from_db()
    assert (one.until, one.payer_id) == (date(2026, 12, 1), world.tenant_party.pk)


# --- meters -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def meter(world) -> Meter:
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, "3.10", code="WATER", kind="utility", method=Method.METERED)
        found = Meter.objects.create(estate=world.spring, fee_item=tariff.fee_item, unit=world.unit, code="W1")
        MeterReading.objects.create(
            estate=world.spring, meter=found, period=date(2026, 10, 1), previous=0, value=Decimal(100),
            read_on=date(2026, 10, 31),
        )  # fmt: skip
        return found


def test_round_enters_readings_and_counts_from_the_month_before(world, meter, director):
    form = director.get(url("reading_round"), {"period": MONTH})
    assert [line.before for line in form.context["lines"]] == [Decimal("100.000")]
    data = {"period": MONTH, f"value_{meter.pk}": "１１２.５", "_once": form.context["once"]}
    assert director.post(url("reading_round"), data).status_code == 302
    with scope(estate=world.spring.pk):
        reading = MeterReading.objects.get(period=date(2026, 11, 1))
    assert (reading.previous, reading.value) == (Decimal(100), Decimal("112.5"))


def test_round_marks_the_reading_that_is_too_low_and_saves_nothing(world, meter, director):
    answer = director.post(url("reading_round"), {"period": MONTH, f"value_{meter.pk}": "90"})
    assert answer.status_code == 422
    [line] = answer.context["lines"]
    assert line.error
    assert line.entered == "90"
    with scope(estate=world.spring.pk):
        assert MeterReading.objects.count() == 1
    replaced = {"period": MONTH, f"value_{meter.pk}": "5", f"previous_{meter.pk}": "0"}
    assert director.post(url("reading_round"), replaced).status_code == 302
    with scope(estate=world.spring.pk):
        assert MeterReading.objects.get(period=date(2026, 11, 1)).value == 5


def test_workbook_is_previewed_then_entered(world, meter, director):
    book = "房号,表号,上次读数,本次读数\n3-1-1201,W1,100,120\n3-1-1201,W9,0,7\n"
    file = io.BytesIO(book.encode())
    file.name = "抄表.csv"
    preview = director.post(url("readings_upload"), {"period": MONTH, "file": file})
    assert (preview.context["count"], preview.context["problem_count"]) == (1, 1)
    with scope(estate=world.spring.pk):
        assert MeterReading.objects.count() == 1
    sealed = {"sealed": preview.context["sealed"], "_once": preview.context["once"]}
    assert director.post(url("readings_upload"), sealed).status_code == 302
    with scope(estate=world.spring.pk):
        assert MeterReading.objects.get(period=date(2026, 11, 1)).value == 120


def test_preview_that_was_made_up_enters_nothing(world, meter, director):
    assert director.post(url("readings_upload"), {"sealed": "made-up"}).status_code == 302
    with scope(estate=world.spring.pk):
        assert MeterReading.objects.count() == 1


def test_workbook_of_the_round_holds_every_meter(world, meter, director):
    answer = director.get(url("readings_workbook"), {"period": MONTH})
    with scope(estate=world.spring.pk):
        assert len(answer.content) == pytest.approx(len(readings_book(world.spring, Period.parse(MONTH))), abs=64)
