"""The register's own pages in a real browser: search by keyboard, unit board, customer card; axe-core agrees."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest
from django_scopes import scopes_disabled
from playwright.sync_api import expect

from anju.foundation.registry.enums import OccupancyState
from anju.foundation.registry.models import Entrance, Ownership, Unit
from tests.world import DELIVERED

BASE = "/console/SPRING"


@pytest.fixture
def world(transactional_db, world):
    states = [OccupancyState.OWNER_OCCUPIED] * 6 + list(OccupancyState.values)
    with scopes_disabled():  # set-up
        second = Entrance.objects.create(estate=world.spring, building=world.building, code="2", floors=18)
        units = Unit.objects.bulk_create(
            Unit(
                estate=world.spring,
                building=world.building,
                entrance=second,
                code=f"3-2-{floor:02}{door:02}",
                number=f"{floor:02}{door:02}",
                floor=floor,
                exclusive_area=Decimal("80") + floor + door,
                state=states[(floor * 5 + door * 7) % len(states)],
            )
            for floor in range(1, 19)
            for door in range(1, 4)
        )
        Ownership.objects.bulk_create(
            Ownership(estate=world.spring, unit=unit, party=world.neighbour_party, since=DELIVERED)
            for unit in units
            if unit.state != OccupancyState.UNSOLD
        )
    return world


def shoot(page, name):
    """With SHOTS=<folder> in the environment the pages are kept as pictures, to be looked at."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_search_by_keyboard_opens_the_customer_card(world, desktop, sign_in, axe):
    sign_in(desktop, world.cashier)
    desktop.goto(f"{BASE}/")
    assert axe(desktop) == []
    desktop.keyboard.press("Control+k")
    field = desktop.locator("#palette input")
    expect(field).to_be_focused()
    field.fill("wxm")
    hit = desktop.locator("#palette-hits .a-hit")
    expect(hit).to_have_count(1)
    expect(hit).to_contain_text("139****0008")
    shoot(desktop, "palette")
    assert axe(desktop) == []
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(f"**/parties/{world.owner_party.pk}/card/")
    expect(desktop.locator("h1")).to_contain_text("王小明")
    assert axe(desktop) == []
    shoot(desktop, "card")
    desktop.locator(".r-who .a-masked button").first.click()
    expect(desktop.locator(".r-who")).to_contain_text("13900000008")
    assert desktop.problems == []


def test_where_no_estate_is_open_the_palette_looks_for_one(world, desktop, sign_in, axe):
    sign_in(desktop, world.street_officer)
    desktop.goto("/console/")
    desktop.keyboard.press("Control+k")
    desktop.locator("#palette input").fill(world.spring.name)
    assert axe(desktop) == []
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/console/estates/?q=*")
    expect(desktop.locator("#listing tbody tr")).to_have_count(1)
    assert desktop.problems == []


def test_unit_board_opens_a_drawer_and_moves_by_arrows(world, desktop, sign_in, axe):
    sign_in(desktop, world.director)
    desktop.goto(f"{BASE}/registry/board/")
    shoot(desktop, "board")
    assert axe(desktop) == []
    tile = desktop.locator(".a-tile", has_text="1201").first
    tile.focus()
    desktop.keyboard.press("ArrowDown")
    assert "0902" in desktop.evaluate("document.activeElement.textContent")
    desktop.keyboard.press("Enter")
    drawer = desktop.locator("#drawer")
    expect(drawer).to_contain_text("李租客")
    shoot(desktop, "drawer")
    assert axe(desktop) == []
    desktop.keyboard.press("Escape")
    waiting = []
    desktop.route("**/board/units/*/", lambda route: waiting.append(route))
    with desktop.expect_request("**/board/units/*/"):
        desktop.locator(".a-tile", has_text="1201").first.click()
    expect(drawer).not_to_contain_text("李租客")  # of the unit before
    waiting[0].continue_()
    expect(drawer).to_contain_text("王小明")
    desktop.keyboard.press("Escape")
    desktop.locator(".r-key[data-state=unsold]").click()
    desktop.wait_for_url("**state=unsold**")
    assert all(
        state == "unsold" for state in desktop.locator(".a-tile").evaluate_all("all => all.map(t => t.dataset.state)")
    )
    assert desktop.problems == []


def test_unit_board_on_a_phone_does_not_scroll_sideways(world, phone, sign_in, axe):
    sign_in(phone, world.front_desk)
    phone.goto(f"{BASE}/registry/board/")
    shoot(phone, "board-phone")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(phone) == []
    phone.locator(".a-tile", has_text="1201").first.click()
    expect(phone.locator("#drawer")).to_contain_text("王小明")
    shoot(phone, "drawer-phone")
