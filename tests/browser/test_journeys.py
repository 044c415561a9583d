"""What people do all day, from signing in to the result, in a real browser: cashier, director, resident."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django_scopes import scope, scopes_disabled
from playwright.sync_api import Page, expect

from anju.domains.billing.actions.settings import set_payment_settings
from anju.domains.billing.models import Bill, BillRun, Payment, TransferReport
from anju.foundation.registry.models import ImportBatch, Unit
from anju.kit import jobs
from anju.kit.models import Job
from tests.domains.billing.charging import charge, fee
from tests.domains.billing.collecting import bill
from tests.foundation.registry.books import book, own
from tests.world import PASSWORD, World


def enter(page: Page, username: str, then: str) -> None:
    """Sign in through the form, with the keyboard; the page asked for is shown afterwards."""
    page.goto(then)
    page.wait_for_url("**/accounts/login/**")
    page.keyboard.type(username)  # the cursor is in the first field
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == then)


def work() -> Job:
    """What the worker would do now."""
    job = Job.objects.latest("pk")
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_cashier_signs_in_finds_by_initials_and_collects(world: World, desktop: Page) -> None:
    with scope(estate=world.spring.pk):
        bill(world, "231.60")
    enter(desktop, "cashier", "/console/SPRING/")
    desktop.keyboard.press("Control+k")
    desktop.keyboard.type("wxm")
    expect(desktop.locator("#palette-hits .a-hit")).to_have_count(1)
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/card/")
    expect(desktop.locator("main")).to_contain_text("231.60")

    desktop.goto(reverse("billing:desk", kwargs={"estate": "SPRING"}))
    desktop.keyboard.type("wxm")
    expect(desktop.locator(".b-hit")).to_have_count(1)
    desktop.keyboard.press("Enter")
    expect(desktop.locator("[data-desk-due]")).to_have_text("231.60")
    desktop.keyboard.press("F9")
    expect(desktop.locator("#confirm")).to_contain_text("¥231.60")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/desk/receipts/**")
    expect(desktop.locator("main")).to_contain_text("000001")
    with scope(estate=world.spring.pk):
        receipt = Payment.objects.get().receipt
    paper = desktop.request.get(reverse("billing:receipt_pdf", kwargs={"estate": "SPRING", "pk": receipt.pk}))
    assert paper.body().startswith(b"%PDF")
    assert desktop.problems == []  # type: ignore[attr-defined]


def test_a_director_previews_a_month_runs_it_and_watches(world: World, desktop: Page, axe: Any) -> None:
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, "2.40")
        charge(tariff, world.unit)
        charge(tariff, world.let_unit)
    new = reverse("billing:run_create", kwargs={"estate": "SPRING"})
    enter(desktop, "director", new)
    desktop.locator("#id_period").select_option("2026-11")
    preview = desktop.locator("#preview")
    expect(preview).to_contain_text("442.80")  # 96.5 x 2.40 + 88 x 2.40
    with scope(estate=world.spring.pk):
        assert not Bill.objects.exists()
    desktop.locator("main form button.btn-primary").click()
    desktop.wait_for_url("**/billing/runs/*/")

    job = Job.objects.get()
    Job.objects.filter(pk=job.pk).update(state="running", done=1, total=4)
    expect(desktop.locator("[role=progressbar], progress").first).to_be_visible()
    expect(desktop.locator(f"#job-{job.pk}")).to_contain_text("1 / 4")
    assert axe(desktop) == []
    Job.objects.filter(pk=job.pk).update(state="queued")
    assert work().state == "done"
    expect(desktop.locator("#run")).to_contain_text("442.80")
    expect(desktop.locator(f"#job-{job.pk}")).to_have_count(0)
    with scope(estate=world.spring.pk):
        assert (BillRun.objects.get().bills, Bill.objects.count()) == (2, 2)
    assert axe(desktop) == []
    assert desktop.problems == []  # type: ignore[attr-defined]


def test_a_resident_reports_a_transfer_and_gets_the_receipt(
    world: World, phone: Page, desktop: Page, sign_in: Any, axe: Any
) -> None:
    with scope(estate=world.spring.pk):
        set_payment_settings(
            estate=world.spring,
            account_name="恒安物业",
            bank="工商银行",
            account_number="6222000111",
            by=world.director,
        )
        bill(world, "231.60")
    enter(phone, "owner", "/my/")
    expect(phone.locator(".a-due")).to_contain_text("231.60")
    phone.locator(f"a[href='{reverse('my:pay')}']").first.click()
    phone.locator(".a-dock button").click()
    expect(phone.locator("main")).to_contain_text("6222000111")
    expect(phone.locator("#id_amount")).to_have_value("231.60")
    phone.locator("main form button.btn-primary").click()
    phone.wait_for_url("**/my/transfers/*/")
    waiting = phone.url
    assert axe(phone) == []

    sign_in(desktop, world.cashier)
    desktop.goto(reverse("billing:transfer_list", kwargs={"estate": "SPRING"}))
    desktop.locator("tbody tr").first.locator("td").last.click()
    desktop.wait_for_url("**/transfers/*/")
    desktop.locator("a[href$='/flow/confirm/']").click()
    desktop.locator("main form button.btn-primary, main form button.btn-success").first.click()
    desktop.wait_for_url("**/billing/transfers/*/")
    with scope(estate=world.spring.pk):
        report = TransferReport.objects.get()
        assert (report.state, report.payment.amount) == ("confirmed", Decimal("231.60"))

    phone.goto(waiting)
    phone.locator(f"a[href='{reverse('my:payment', kwargs={'pk': report.payment.pk})}']").click()
    expect(phone.locator("main")).to_contain_text("231.60")
    paper = phone.request.get(reverse("my:receipt_pdf", kwargs={"pk": report.payment.pk}))
    assert paper.body().startswith(b"%PDF")
    phone.goto("/my/")
    expect(phone.locator(".a-due")).not_to_contain_text("231.60")
    assert (phone.problems, desktop.problems) == ([], [])  # type: ignore[attr-defined]


def test_a_workbook_is_uploaded_looked_at_and_imported(
    world: World, desktop: Page, sign_in: Any, axe: Any, tmp_path: Path
) -> None:
    workbook = tmp_path / "春和苑.xlsx"
    workbook.write_bytes(book(own()))
    sign_in(desktop, world.director)
    desktop.goto(reverse("registry:import_create", kwargs={"estate": "SPRING"}))
    desktop.locator("input[type=file]").set_input_files(workbook)
    desktop.locator("main form button.btn-primary").click()
    desktop.wait_for_url("**/imports/*/")
    assert work().state == "done"
    confirm = desktop.locator("button[name=rows][value=all]")
    expect(confirm).to_be_visible()  # by itself: nobody has reloaded the page
    assert axe(desktop) == []
    assert not units("5-1-101")
    confirm.click()
    expect(confirm).to_have_count(0)
    assert work().state == "done"
    expect(desktop.locator("#batch [data-tone=ok]")).to_be_visible()
    assert units("5-1-101")
    with scope(estate=world.spring.pk):
        assert ImportBatch.objects.get().state == "applied"
    assert desktop.problems == []  # type: ignore[attr-defined]


def units(code: str) -> bool:
    with scopes_disabled():  # the estate does not matter here
        return Unit.objects.filter(code=code).exists()


def test_language_and_theme_are_the_person_s_own(world: World, desktop: Page, sign_in: Any) -> None:
    sign_in(desktop, world.director)
    desktop.goto("/console/SPRING/")
    for code, words in (("en", "Bill runs"), ("zh-hant", "賬單"), ("zh-hans", "账单")):
        desktop.locator(".a-menu:has(button[name=language]) > summary").first.click()
        desktop.locator(f"button[name=language][value={code}]").first.click()
        desktop.wait_for_load_state()
        expect(desktop.locator("html")).to_have_attribute("lang", {"en": "en"}.get(code, f"zh-{code[3:].title()}"))
        expect(desktop.locator("#rail")).to_contain_text(words)
    desktop.locator(".a-menu:has([data-theme-set]) > summary").first.click()
    desktop.locator("[data-theme-set=dark]").first.click()
    desktop.goto(reverse("billing:bill_list", kwargs={"estate": "SPRING"}))
    expect(desktop.locator("html")).to_have_attribute("data-bs-theme", "dark")
