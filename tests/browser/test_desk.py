"""The cashier's desk in a real browser: from the search to the receipt without a mouse; and on a phone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django_scopes import scope
from playwright.sync_api import expect

from anju.domains.billing.models import Bill, Payment
from anju.kit import clock
from tests.domains.billing.charging import fee
from tests.domains.billing.collecting import bill, fee_item

DESK = "/console/SPRING/billing/desk/"


# Whether the keys that choose among the candidates of a Chinese input method are left to it.
COMPOSING = """["ArrowDown", "Enter"].map((key) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, isComposing: true, bubbles: true, cancelable: true })))"""

# Enter right behind the last letter, before any answer to it.
HURRIED = """(words) => {
    const field = document.activeElement;
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
    if (field.dispatchEvent(enter)) field.form.requestSubmit();
}"""


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
    hit = desktop.locator(".b-hit")
    expect(hit).to_have_count(1)
    left_alone = desktop.evaluate(COMPOSING)
    assert left_alone == [True, True]
    expect(hit).to_have_attribute("aria-selected", "true")
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
    desktop.keyboard.type("100")
    desktop.keyboard.press("Enter")  # too little: there is nothing to ask yet
    expect(desktop.locator("#confirm")).to_be_hidden()
    expect(desktop.locator("#id_tendered")).to_be_focused()
    expect(desktop.locator("#id_tendered")).to_have_attribute("aria-invalid", "true")
    desktop.keyboard.type("200")
    expect(desktop.locator("[data-desk-change]")).to_have_text("¥80.00")
    desktop.keyboard.press("Enter")
    for said in ("¥120.00", "¥80.00", "¥34.00"):  # the sum, the change, what stays open
        expect(desktop.locator("#confirm")).to_contain_text(said)
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(f"**{DESK}receipts/*/?given=200*")
    expect(desktop.locator(".b-ticket-change")).to_contain_text("¥80.00")
    assert axe(desktop) == []
    with scope(estate=world.spring.pk):
        assert Payment.objects.get().amount == Decimal("120.00")
    desktop.keyboard.press("F4")
    desktop.wait_for_url(f"**{DESK}")
    assert desktop.problems == []


def test_what_was_chosen_is_forgotten_when_the_search_goes_on(world, desktop, sign_in):
    sign_in(desktop, world.cashier)
    desktop.goto(DESK)
    desktop.keyboard.type("3-1")
    hits = desktop.locator(".b-hit")
    expect(hits.nth(1)).to_be_visible()
    desktop.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_have_attribute("aria-selected", "true")
    desktop.evaluate(HURRIED, "wxm")
    desktop.wait_for_url(f"**{DESK}{world.owner_party.pk}/")


def test_neither_a_double_click_nor_a_key_held_down_takes_or_loses_anything(world, desktop, sign_in):
    sign_in(desktop, world.cashier)
    desktop.goto(f"{DESK}{world.owner_party.pk}/")
    desktop.locator("[data-desk-take]").dblclick()
    expect(desktop.locator("#confirm")).to_be_visible()
    desktop.keyboard.press("Escape")
    desktop.locator("#id_tendered").focus()
    for _repeat in range(3):  # a second press without a release in between is a repetition
        desktop.keyboard.down("Enter")
    expect(desktop.locator("#confirm")).to_be_visible()
    desktop.keyboard.up("Enter")
    with scope(estate=world.spring.pk):
        assert not Payment.objects.exists()
    assert desktop.problems == []


def test_a_day_is_typed_without_being_sent_away_at_its_first_digit(world, desktop, sign_in):
    sign_in(desktop, world.cashier)
    asked_for: list[str] = []
    desktop.on("request", lambda request: request.is_navigation_request() and asked_for.append(request.url))
    for page, field, asked in (("day-end/", "#day", "day"), (f"desk/{world.owner_party.pk}/", "#id_received_on", "on")):
        desktop.goto(f"/console/SPRING/billing/{page}")
        if asked == "on":
            desktop.locator("input[name=bills]").last.uncheck()
            desktop.keyboard.press("Alt+2")
            desktop.locator(".b-more summary").click()
        desktop.locator(field).focus()
        asked_for.clear()
        desktop.keyboard.type("09152026", delay=50)  # every digit makes another day
        assert asked_for == []
        desktop.keyboard.press("Enter")
        desktop.wait_for_url(f"**{asked}=2026-09-15*")
    expect(desktop.locator("#confirm")).to_be_hidden()  # Enter asked for the day, not for the money
    expect(desktop.locator("[data-desk-count]")).to_have_text("1")  # and what was chosen is kept
    expect(desktop.locator("input[name=method]:checked")).to_have_attribute("value", "pos")
    assert desktop.problems == []


def test_an_amount_per_bill_is_given_without_a_mouse(world, desktop, sign_in, axe):
    sign_in(desktop, world.cashier)
    desktop.goto(f"{DESK}{world.owner_party.pk}/")
    parts = desktop.locator("[data-desk-part]")
    expect(parts.first).to_be_hidden()
    desktop.keyboard.press("F6")
    expect(parts.first).to_be_focused()
    assert axe(desktop) == []
    desktop.keyboard.type("60")
    expect(desktop.locator("#id_amount")).to_have_value("114.00")  # and the other bill, and the late fee
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.type("50.01")
    expect(desktop.locator("[data-desk-says]")).to_have_attribute("data-tone", "bad")
    expect(parts.nth(1)).to_have_attribute("aria-invalid", "true")
    desktop.keyboard.press("Control+a")
    desktop.keyboard.type("20")
    desktop.locator("[data-desk-late]").uncheck()
    expect(desktop.locator("[data-desk-due]")).to_have_text("80.00")
    parts.nth(1).focus()
    desktop.keyboard.press("Enter")
    expect(desktop.locator("#id_amount")).to_be_focused()
    expect(desktop.locator("#id_amount")).to_have_value("80.00")
    desktop.keyboard.type("79")
    expect(desktop.locator("[data-desk-says]")).to_contain_text("1.00")
    desktop.keyboard.press("Control+a")
    desktop.keyboard.type("80")
    desktop.keyboard.press("F9")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(f"**{DESK}receipts/*/")
    with scope(estate=world.spring.pk):
        assert sorted(Bill.objects.values_list("settled", flat=True)) == [Decimal("20.00"), Decimal("60.00")]
    assert desktop.problems == []


def test_amounts_per_bill_fit_a_phone(world, phone, sign_in, axe):
    sign_in(phone, world.cashier)
    phone.goto(f"{DESK}{world.owner_party.pk}/")
    phone.locator("[data-desk-split]").tap()
    part = phone.locator("[data-desk-part]").first
    part.fill("60")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(phone) == []
    expect(phone.locator("[data-desk-due]")).to_have_text("114.00")
    phone.locator("input[name=bills]").first.uncheck()
    expect(part).to_have_value("")
    phone.locator("[data-desk-split]").tap()
    expect(part).to_be_hidden()
    assert phone.problems == []


def test_the_till_fits_a_phone(world, phone, sign_in, axe):
    sign_in(phone, world.cashier)
    phone.goto(f"{DESK}{world.owner_party.pk}/")
    assert phone.evaluate("scrollY") == 0
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(phone) == []
    bar = phone.locator("[data-desk-bar]")
    expect(bar).to_be_in_viewport(ratio=1)
    expect(bar).to_contain_text("¥154.00")
    phone.locator("input[name=bills]").last.uncheck()
    expect(bar).to_contain_text("¥104.00")
    phone.locator("input[name=bills]").last.check()
    bar.get_by_role("link").tap()
    expect(phone.locator("[data-desk-due]")).to_be_in_viewport()
    expect(bar).to_be_hidden()  # it would only cover the till
    phone.get_by_role("button", name="F9").or_(phone.locator("[data-desk-take]")).first.click()
    expect(phone.locator("#confirm")).to_contain_text("¥154.00")
    assert phone.problems == []
