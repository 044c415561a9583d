"""Filters, components and forms of the look."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

import anju
from anju.kit.periods import Period
from anju.kit.templatetags import anju_ui
from anju.kit.ui.views import gallery


@pytest.mark.parametrize(
    ("value", "money", "yuan"),
    [
        (Decimal("1234567.5"), "1,234,567.50", "¥1,234,567.50"),
        (Decimal("-12"), "-12.00", "-¥12.00"),
        (0, "0.00", "¥0.00"),
        (None, "", ""),
        ("", "", ""),
        ("no number", "", ""),
    ],
)
def test_money_has_separators_and_two_places(value, money, yuan) -> None:
    assert (anju_ui.money(value), anju_ui.yuan(value)) == (money, yuan)


def test_a_rate_without_a_base_is_a_dash() -> None:
    assert anju_ui.percent(Decimal("0.93425")) == "93.43%"
    assert anju_ui.percent(Decimal("0.5"), 0) == "50%"
    assert anju_ui.percent(None) == "—"


def test_months_and_days_read_as_in_china() -> None:
    with translation.override("zh-hans"):
        assert anju_ui.period(Period(2026, 11)) == "2026年11月"
        assert anju_ui.period("2026-03") == "2026年3月"
    with translation.override("en"):
        assert anju_ui.period(date(2026, 3, 31)) == "2026-03"
    night = datetime(2026, 3, 31, 17, 5, tzinfo=UTC)
    assert (anju_ui.day(night), anju_ui.moment(night)) == ("2026-04-01", "2026-04-01 01:05")


def test_personal_data_is_covered() -> None:
    assert anju_ui.masked("13812345678") == "138****5678"
    assert anju_ui.masked("王小明", "name") == "王*明"
    assert anju_ui.masked("") == ""


def test_every_icon_that_a_page_names_is_drawn() -> None:
    source = Path(anju.__file__).parent
    sheet = (source / "kit/ui/static/vendor/icons.css").read_text()
    drawn = set(re.findall(r"^\.ti-([a-z0-9-]+)\{", sheet, re.MULTILINE))
    named = re.compile(r"""\bicon=["']([a-z0-9-]+)["']|["']([a-z0-9-]+)["']\|icon""")
    asked = {
        icon or piped
        for path in [*source.rglob("*.html"), *source.rglob("*.py")]
        for icon, piped in named.findall(path.read_text("utf-8"))
    }
    assert len(asked) > 50
    assert asked <= drawn, f"not in Tabler's icons, or `make` has not run since: {sorted(asked - drawn)}"


def test_an_icon_name_cannot_carry_markup() -> None:
    assert anju_ui.icon("home") == '<i class="ti ti-home" aria-hidden="true"></i>'
    assert anju_ui.icon('x"><script>') == ""


def test_states_have_tones() -> None:
    assert [anju_ui.tone(state) for state in ("paid", "overdue", "open", "never heard of", "warn")] == [
        "ok",
        "bad",
        "info",
        "muted",
        "warn",
    ]


def test_query_changes_parameters_and_keeps_the_others() -> None:
    context = {"request": RequestFactory().get("/units/", {"q": "王", "page": "3"})}
    assert anju_ui.query(context, page=None, sort="code") == "?q=%E7%8E%8B&sort=code"
    assert anju_ui.query({"request": RequestFactory().get("/units/", {"page": "3"})}, page="") == "/units/"


class SampleForm(forms.Form):
    room = forms.CharField(label="房号", help_text="例如 3-1-1201")
    method = forms.ChoiceField(label="方式", choices=[("cash", "现金"), ("pos", "刷卡")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="同意", required=False)

    def clean(self) -> None:
        raise forms.ValidationError("整体有误")


def test_a_form_ties_help_and_error_to_the_control_and_sums_up() -> None:
    html = str(SampleForm({"room": "", "method": "cash"}))
    assert 'aria-describedby="id_room_helptext id_room_error"' in html
    assert 'id="id_room_helptext"' in html
    assert 'id="id_room_error"' in html
    assert html.index("整体有误") < html.index('href="#id_room"') < html.index('name="room"')


def test_a_fresh_form_has_no_summary_and_marks_what_is_optional() -> None:
    with translation.override("zh-hans"):
        html = str(SampleForm())
    assert "a-summary" not in html
    assert "<legend>方式</legend>" in html
    assert html.count("选填") == 0
    assert '<label for="id_agreed">同意</label>' in html


def test_a_choice_says_what_is_chosen_and_asks_where_nothing_is() -> None:
    options = (("", "---------"), ("a", "<b>"), ("Cars", ((1, "car"), (2, "lorry"))))
    widget = forms.Select(choices=options, attrs={"required": True})
    with translation.override("en"):
        html = widget.render("kind", 2, {"id": "id_kind"})
    assert html.split("\n") == [
        '<select name="kind" required id="id_kind"><option value="">choose</option>',
        '<option value="a">&lt;b&gt;</option>',
        '<optgroup label="Cars">',
        '<option value="1">car</option>',
        '<option value="2" selected>lorry</option>',
        "</optgroup></select>",
    ]


def test_search_hits_are_escaped_and_say_when_there_are_none() -> None:
    hit = {"url": "/x/", "icon": "door", "title": "<script>", "detail": "", "figure": ""}
    assert "&lt;script&gt;" in render_to_string("kit/hits.html", {"q": "x", "hits": [hit]})
    with translation.override("zh-hans"):
        assert "没有找到“&lt;x&gt;”" in render_to_string("kit/hits.html", {"q": "<x>", "hits": []})


@pytest.mark.django_db
@pytest.mark.urls("tests.kit.sample_look")
def test_errors_say_what_happened_what_was_kept_and_what_to_do(client: Client) -> None:
    client.raise_request_exception = False
    for address, status in (("/nowhere/", 404), ("/broken/", 500)):
        answer = client.get(address)
        text = answer.content.decode()
        assert answer.status_code == status
        for heading in ("发生了什么", "保留了什么", "您可以怎么做"):
            assert heading in text, (address, heading)
        assert "Traceback" not in text


def test_the_gallery_exists_only_while_debugging(settings) -> None:
    request = RequestFactory().get("/gallery/")
    settings.DEBUG = True
    assert gallery(request).status_code == 200
    settings.DEBUG = False
    with pytest.raises(Http404):
        gallery(request)
