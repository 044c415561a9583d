"""The look in a real browser: every component in both themes and widths, keys, palette, questions before acts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from anju.kit import navigation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.kit.sample_look")]
GALLERY = "/console/SPRING/gallery/"


@pytest.fixture(autouse=True)
def _gallery(settings, monkeypatch: pytest.MonkeyPatch, world) -> None:
    settings.DEBUG = True
    for register in ("_entries", "_sections", "_addresses"):
        monkeypatch.setattr(navigation, register, {})
    navigation.register(section="", label="房屋", url_name="look:units", icon="door", key="u")
    navigation.configure(search="look:search")


@pytest.fixture
def page(desktop: Page, sign_in, world) -> Page:
    sign_in(desktop, world.director)
    desktop.goto(GALLERY)
    return desktop


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_every_component_is_accessible_and_fits(request, axe, sign_in, world, width: str, theme: str) -> None:
    page: Page = request.getfixturevalue(width)
    sign_in(page, world.director)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.goto(GALLERY)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    expect(page.locator(".a-chart svg")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.problems == []  # type: ignore[attr-defined]


def test_the_theme_is_kept(page: Page) -> None:
    page.get_by_label("个人菜单").click()
    page.get_by_role("button", name="深色").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_palette_finds_pages_and_people_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette.get_by_role("link", name="房屋")).to_be_visible()
    page.keyboard.type("wxm")
    hit = palette.locator(".a-hit", has_text="3-1-1201")
    expect(hit).to_contain_text("<b>王小明</b>")
    expect(hit).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sample/")


def test_enter_before_the_answer_waits_for_what_was_asked_for(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/search/**", lambda route: waiting.append(route))
    page.keyboard.press("Control+k")
    with page.expect_request("**/search/**"):
        page.locator("#palette input").fill("wxm")
    page.keyboard.press("Enter")
    assert page.url.endswith(GALLERY)  # not the first page of the navigation, which the words have hidden
    waiting[0].continue_()
    page.wait_for_url("**/sample/")


def test_escape_closes_the_palette_at_once_and_typing_replaces_the_last_words(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("wxm")
    expect(page.locator("#palette .a-hit", has_text="3-1-1201")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("w")
    expect(page.locator("#palette input")).to_have_value("w")


def test_days_are_iso_while_nobody_types_into_them(page: Page) -> None:
    month = page.locator("input[type=month]")
    shown = "field => getComputedStyle(field, '::before').content"
    assert "2026-11" in month.evaluate(shown)
    month.fill("2026-12")
    month.blur()
    assert "2026-12" in month.evaluate(shown)
    month.fill("")
    month.blur()
    assert "年-月" in month.evaluate(shown)
    month.focus()
    assert month.evaluate(shown) == "none"


def test_shortcut_keys(page: Page) -> None:
    page.locator("body").evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(page.locator("[data-search-here]")).to_be_focused()
    page.keyboard.type("gu")  # typing is no shortcut
    assert page.url.endswith(GALLERY)
    page.locator("body").evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_url("**/units/")


def test_an_act_that_asks_is_not_done_before_the_answer(page: Page) -> None:
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="作废收据").click()
    question = page.locator("#confirm")
    expect(question).to_contain_text("需要另一位同事复核")
    question.get_by_role("button", name="取消").click()
    expect(question).to_be_hidden()
    assert posted == []
    page.get_by_role("button", name="作废收据").click()
    with page.expect_request(lambda request: request.method == "POST"):
        question.get_by_role("button", name="作废收据").click()


def test_ticked_rows_are_counted_and_summed_to_the_cent(page: Page) -> None:
    bar = page.locator("#g-bulk")
    expect(bar).to_be_hidden()
    page.get_by_label("3-1-1201").check()
    page.get_by_label("3-1-1301").check()
    expect(bar).to_contain_text("2")
    expect(bar).to_contain_text("1,581.60")
    page.get_by_label("全选").check()
    expect(bar).to_contain_text("1,779.84")


def test_money_that_people_paste_becomes_a_plain_number(page: Page) -> None:
    field = page.locator("#id_area").first
    field.evaluate("field => { field.type = 'text'; field.dataset.money = '' }")
    for pasted, plain in (("￥１，２３４.5", "1234.50"), ("1 000 元", "1000.00"), ("1.005", "1.005"), ("abc", "abc")):
        field.fill(pasted)
        field.blur()
        expect(field).to_have_value(plain)


def test_a_server_that_is_gone_is_said_and_nothing_is_lost(page: Page) -> None:
    page.route("**/search/**", lambda route: route.abort())
    page.keyboard.press("Control+k")
    page.keyboard.type("wxm")
    expect(page.locator("#offline")).to_contain_text("暂时连不上服务器")
    expect(page.locator("#palette input")).to_have_value("wxm")


def test_an_expired_session_leads_to_sign_in_not_into_the_page(page: Page) -> None:
    page.route(
        "**/search/**", lambda route: route.fulfill(status=401, content_type="text/html", body="<h1>sign in</h1>")
    )
    page.keyboard.press("Control+k")
    with page.expect_request("**/accounts/login/?next=%2Fconsole%2FSPRING%2Fgallery%2F"):
        page.keyboard.type("wxm")


def test_the_navigation_opens_and_closes_on_a_phone(phone: Page, sign_in, world) -> None:
    sign_in(phone, world.director)
    phone.goto(GALLERY)
    rail = phone.locator("#rail")
    expect(rail).to_be_hidden()
    phone.get_by_label("展开导航").click()
    expect(rail.get_by_role("link", name="房屋")).to_be_in_viewport()
    phone.keyboard.press("Escape")
    expect(rail).to_be_hidden()
