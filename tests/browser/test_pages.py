"""Declared pages in a real browser: narrowing while typing, order, covered data, rows that open; axe-core agrees."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest
from django_scopes import scopes_disabled
from playwright.sync_api import expect

from anju.foundation.registry.enums import OccupancyState
from anju.foundation.registry.models import Unit
from anju.kit import jobs
from tests.kit import jobs_sample  # noqa: F401 -- declares the jobs

pytestmark = pytest.mark.urls("tests.kit.sample_console")
BASE = "/console/SPRING/sample"


@pytest.fixture
def world(transactional_db, world):
    states = list(OccupancyState.values)
    with scopes_disabled():  # set-up
        Unit.objects.bulk_create(
            Unit(
                estate=world.spring,
                building=world.building,
                entrance=world.entrance,
                code=f"3-2-{floor:02}{door:02}",
                number=f"{floor:02}{door:02}",
                floor=floor,
                exclusive_area=Decimal("80") + floor + door,
                state=states[(floor + door) % 6],
            )
            for floor in range(1, 13)
            for door in range(1, 3)
        )
    return world


def shoot(page, name):
    """With SHOTS=<folder> in the environment the pages are kept as pictures, to be looked at."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_list_narrows_while_typing_and_keeps_its_order(world, desktop, sign_in, axe):
    sign_in(desktop, world.director)
    desktop.goto(f"{BASE}/units/")
    shoot(desktop, "list")
    assert axe(desktop) == []
    desktop.locator("thead a").first.click()
    desktop.wait_for_url("**sort=code**")
    desktop.locator("input[data-search-here]").fill("3-2-05")
    desktop.wait_for_url("**q=3-2-05**")
    expect(desktop.locator("tbody tr")).to_have_count(2)
    assert "sort=code" in desktop.url
    desktop.locator("tbody tr").first.locator("td").last.click()
    desktop.wait_for_url("**/units/*/")
    shoot(desktop, "unit")
    assert desktop.problems == []


def test_a_list_that_is_being_fetched_says_so_and_stays_legible(world, desktop, sign_in):
    sign_in(desktop, world.director)
    desktop.goto(f"{BASE}/units/")
    waiting = []
    desktop.route("**/units/?*", lambda route: waiting.append(route))
    for act in (
        lambda: desktop.locator("input[data-search-here]").fill("3-2"),
        lambda: desktop.locator("thead a").first.press("Enter"),
    ):
        with desktop.expect_request("**/units/?*"):
            act()
        listing = desktop.locator("#listing.htmx-request")
        expect(listing).to_contain_text("3-2-0101")
        assert listing.evaluate("part => getComputedStyle(part, '::before').animationName") == "a-wait"
        waiting.pop().continue_()
        expect(listing).to_have_count(0)
    expect(desktop.locator("thead a").first).to_be_focused()  # of the rows that came, for the next key


def test_detail_and_history(world, desktop, sign_in, axe):
    sign_in(desktop, world.director)
    desktop.goto(f"{BASE}/buildings/{world.building.pk}/")
    shoot(desktop, "detail")
    assert axe(desktop) == []
    desktop.goto(f"{BASE}/buildings/{world.building.pk}/edit/")
    shoot(desktop, "edit")
    assert axe(desktop) == []
    desktop.locator("input[name=floors]").fill("20")
    desktop.locator(".a-form-actions button").click()
    desktop.wait_for_url(f"**/buildings/{world.building.pk}/")
    desktop.goto(f"{BASE}/buildings/{world.building.pk}/?tab=history")
    shoot(desktop, "history")
    assert axe(desktop) == []
    desktop.goto(f"{BASE}/buildings/new/")
    desktop.locator(".a-form-actions button").click()
    shoot(desktop, "errors")


def test_covered_data_is_shown_on_demand(world, desktop, sign_in):
    sign_in(desktop, world.director)
    desktop.goto(f"{BASE}/people/")
    shoot(desktop, "people")
    row = desktop.locator("tr", has_text="王小明")
    expect(row).not_to_contain_text(world.owner.phone)
    row.get_by_role("button").first.click()
    expect(row).to_contain_text(world.owner.phone)
    assert desktop.problems == []


def test_phone_shows_rows_as_cards(world, phone, sign_in, axe):
    sign_in(phone, world.director)
    phone.goto(f"{BASE}/units/")
    shoot(phone, "phone")
    assert axe(phone) == []


def test_a_phone_sorts_by_the_headings_above_the_cards(world, phone, sign_in):
    sign_in(phone, world.director)
    phone.goto(f"{BASE}/units/")
    heading = phone.locator("#listing thead a").first
    expect(heading).to_be_in_viewport()
    heading.tap()
    phone.wait_for_url("**sort=code**")
    expect(phone.locator("#listing thead th").first).to_have_attribute("aria-sort", "ascending")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_rows_that_come_later_are_cards_too(world, phone, sign_in):
    sign_in(phone, world.director)
    phone.goto(f"{BASE}/units/")
    phone.locator("input[data-search-here], [data-search-box] input").fill("3-2-05")
    expect(phone.locator("#listing tbody tr")).to_have_count(2)
    cells = phone.locator("#listing tbody td:not(.a-pick)")
    assert all(cells.evaluate_all("cells => cells.map((cell) => Boolean(cell.dataset.label))"))


def test_picked_rows_and_menus(world, desktop, sign_in, axe):
    sign_in(desktop, world.director)
    desktop.goto(f"{BASE}/buildings/")
    bar = desktop.locator(".a-bulk")
    expect(bar).to_be_hidden()
    desktop.locator("input[data-pick]").first.check()
    expect(bar).to_contain_text("1")
    columns = desktop.locator(".a-listing-bar summary").nth(1)
    columns.click()
    shoot(desktop, "columns")
    assert axe(desktop) == []
    desktop.locator("input[name=cols][value=floors]").uncheck()
    desktop.locator(".a-check-list + button").click()
    expect(desktop.locator("thead th")).to_have_count(3)


def test_typed_text_is_not_lost_unasked(world, desktop, sign_in):
    sign_in(desktop, world.director)
    desktop.goto(f"{BASE}/buildings/new/")
    asked = []
    desktop.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    desktop.locator("input[name=code]").click()
    desktop.keyboard.type("77")
    desktop.locator(".a-form-actions a").click()
    desktop.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert desktop.url.endswith("/buildings/new/")


def test_progress_goes_on_by_itself_and_ends(world, desktop, sign_in, axe):
    job = jobs.start("sample.count", estate=world.spring, by=world.director, title="盘点楼栋")
    sign_in(desktop, world.director)
    desktop.goto(f"/console/jobs/{job.pk}/")
    shoot(desktop, "job")
    assert axe(desktop) == []
    jobs.run(job.pk)
    expect(desktop.locator(f"#job-{job.pk}")).to_contain_text("Buildings")
    shoot(desktop, "job-done")
    desktop.goto("/console/jobs/")
    shoot(desktop, "jobs")
    assert axe(desktop) == []
    assert desktop.problems == []


def test_import_preview(world, desktop, sign_in, axe, tmp_path):
    workbook = tmp_path / "春和苑.xlsx"
    workbook.write_text("a b ? c")
    sign_in(desktop, world.director)
    desktop.goto(f"{BASE}/imports/new/")
    assert axe(desktop) == []
    shoot(desktop, "upload")
    chooser = desktop.locator(".a-file")
    expect(chooser).to_contain_text("选择文件")
    desktop.locator("input[type=file]").set_input_files(workbook)
    expect(chooser).to_contain_text(workbook.name)
    desktop.locator(".a-form-actions button").click()
    desktop.wait_for_url("**/imports/*/")
    assert axe(desktop) == []
    shoot(desktop, "preview")
    desktop.locator("button[value=good]").click()
    expect(desktop.locator("button[value=good]")).to_have_count(0)
    assert desktop.problems == []
