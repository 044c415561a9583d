"""The first page a stranger sees, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_sign_in_page_is_chinese_accessible_and_without_errors(request, axe, width: str) -> None:
    page: Page = request.getfixturevalue(width)
    page.goto("/accounts/login/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("main form")).to_contain_text("密码")
    assert axe(page) == []
    assert page.problems == []  # type: ignore[attr-defined]
