"""The tool that keeps the catalogues complete sees every way in which a message can be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import messages


def test_messages_are_found_in_python(tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text(
        "a = _('one')\n"
        "b = gettext_lazy('two '\n    'lines')\n"
        "c = ngettext('{n} bill', '{n} bills', n)\n"
        "d = _(variable)\n"
        "e = translation.gettext('qualified')\n"
    )
    assert set(messages.in_python(path)) == {"one", "two lines", ("{n} bill", "{n} bills"), "qualified"}


def test_messages_are_found_in_templates(tmp_path: Path) -> None:
    path = tmp_path / "sample.html"
    path.write_text(
        "{% load i18n %}<p>It's {% translate 'one' %}</p>\n"
        "<c-field label=\"{% translate 'two' %}\" :hint=\"_('three')\" />\n"
        "{% blocktranslate trimmed count n=n %}\n  {{ n }} bill\n{% plural %} {{ n }} bills{% endblocktranslate %}\n"
        "{% blocktranslate trimmed with x=y %}\n  100% of\n  {{ x }} {% endblocktranslate %}{{ z|default:_('four') }}\n"
    )
    expected = {"one", "two", "three", "four", ("%(n)s bill", "%(n)s bills"), "100%% of %(x)s"}
    assert set(messages.in_template(path)) == expected


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one message and its translation."""
    monkeypatch.setattr(messages, "SOURCE", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    (tmp_path / "locale/parts").mkdir(parents=True)
    (tmp_path / "views.py").write_text("_('Receipt %(number)s')\nngettext('{n} bill', '{n} bills', n)\n")
    (tmp_path / "locale/parts/desk.po").write_text(
        'msgid "Receipt %(number)s"\nmsgstr "收据 %(number)s 号"\n\n'
        'msgid "{n} bill"\nmsgid_plural "{n} bills"\nmsgstr[0] "{n} 张账单"\n'
    )
    messages.build(messages.parts()[0])
    return tmp_path


def test_complete_catalogues_have_no_problems_and_traditional_is_derived(house: Path) -> None:
    assert messages.problems() == []
    assert "收據 %(number)s 號" in (house / "locale/zh_Hant/LC_MESSAGES/django.po").read_text()


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("views.py", "_('Unheard of')", "not translated"),
        ("locale/parts/desk.po", 'msgid "Receipt %(number)s"\nmsgstr "收据"\n', "placeholders differ"),
        ("locale/parts/other.po", 'msgid "Receipt %(number)s"\nmsgstr "%(number)s 号收据"\n', "收据 %(number)s 号"),
        ("locale/parts/other.po", 'msgid "New"\nmsgstr "新"\n', "older than its parts"),
    ],
)
def test_every_kind_of_gap_is_named(house: Path, file: str, content: str, problem: str) -> None:
    (house / file).write_text(content)
    assert any(problem in line for line in messages.problems())
