"""The cashier's desk in a real browser: from the search to the receipt without a mouse; and on a phone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django_scopes import scope
from playwright.sync_api import expect

from anju.domains.billing.models import Payment
from anju.kit import clock
from tests.domains.billing.charging import fee
from tests.domains.billing.collecting import bill, fee_item

DESK = "/console/SPRING/billing/desk/"


@pytest.fixture
def world(transactional_db, world):
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, late_daily_rate=Decimal("0.001"), grace_days=0)
        bill(world, "100.00", item=tariff.fee_item, tariff=tariff, due=clock.today() - timedelta(days=40))
        bill(world, "50.00", item=fee_item(world, name="车位费"))
    return world


def test_a_payment_is_taken_without_a_mouse(world, desktop, sign_in, axe):
    sign_in(desktop, world.cashier)
    desktop.goto(DESK)
    assert axe(desktop) == []
    desktop.keyboard.type("wxm")
    expect(desktop.locator(".b-hit")).to_have_count(1)
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(f"**{DESK}{world.owner_party.pk}/")
    expect(desktop.locator("#id_amount")).to_be_focused()
    expect(desktop.locator("[data-desk-due]")).to_have_text("154.00")
    assert axe(desktop) == []

    desktop.keyboard.press("F4")  # nothing is ticked
    expect(desktop.locator("[data-desk-due]")).to_have_text("0.00")
    desktop.keyboard.press("F4")
    desktop.keyboard.press("Alt+2")
    expect(desktop.locator("#id_reference")).to_be_visible()
    expect(desktop.locator("#id_tendered")).to_be_hidden()
    desktop.keyboard.press("Alt+1")
    desktop.locator("[data-desk-late]").uncheck()
    expect(desktop.locator("#id_amount")).to_have_value("150.00")
    desktop.locator("[data-desk-late]").check()

    desktop.keyboard.press("F8")
    desktop.keyboard.type("120")
    expect(desktop.locator("[data-desk-says]")).to_contain_text("34.00")  # stays open
    desktop.keyboard.press("Enter")
    desktop.keyboard.type("200")
    expect(desktop.locator("[data-desk-change]")).to_have_text("¥80.00")
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#confirm")).to_contain_text("¥120.00")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(f"**{DESK}receipts/*/?given=200*")
    expect(desktop.locator(".b-ticket-change")).to_contain_text("¥80.00")
    assert axe(desktop) == []
    with scope(estate=world.spring.pk):
        assert Payment.objects.get().amount == Decimal("120.00")
    desktop.keyboard.press("F4")
    desktop.wait_for_url(f"**{DESK}")
    assert desktop.problems == []


def test_the_till_fits_a_phone(world, phone, sign_in, axe):
    sign_in(phone, world.cashier)
    phone.goto(f"{DESK}{world.owner_party.pk}/")
    assert phone.evaluate("scrollY") == 0
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(phone) == []
    phone.get_by_role("button", name="F9").or_(phone.locator("[data-desk-take]")).first.click()
    expect(phone.locator("#confirm")).to_contain_text("¥154.00")
    assert phone.problems == []
