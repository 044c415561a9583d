"""``anju import``: what it prints, and what it leaves behind."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.utils import translation
from django_scopes import scope

from anju.foundation.registry.models import (
    Estate,
    Occupancy,
)
from anju.kit.errors import Refusal
from anju.site.cli.import_ import command
from tests.foundation.registry.books import book, hc, own


@pytest.fixture
def run(world, tmp_path, monkeypatch):
    """``run("hc", sheets, "--estate", "X")``: exit code and what was printed."""

    def invoke(layout, sheets, *arguments):
        path = tmp_path / "book.xlsx"
        path.write_bytes(sheets if isinstance(sheets, bytes) else book(sheets))
        result = CliRunner().invoke(command, [layout, str(path), *arguments], catch_exceptions=False)
        return result.exit_code, result.stdout

    return invoke


def test_command_creates_the_estate_and_prints_one_json_object(run, world):
    code, output = run("hc", hc(), "--estate", "TAKEN", "--name", "海棠苑", "--company", "HENGAN", "--json")
    result = json.loads(output)
    assert (code, set(result)) == (0, {"created", "changed", "unchanged", "problems"})
    assert result["created"]["unit"] == 4
    assert result["created"]["recurring_charge"] == 3
    estate = world.company.run_estates.get(code="TAKEN")
    assert estate.name == "海棠苑"
    code, output = run("hc", hc(), "--estate", "TAKEN", "--json")
    again = json.loads(output)
    assert code == 0
    assert not any(again["created"].values())
    assert not any(again["changed"].values())
    assert again["unchanged"]["recurring_charge"] == 3


def test_command_refuses_a_bad_file_and_leaves_no_estate(run, world):
    sheets = hc()
    sheets["房屋信息"][1][6] = 99
    code, output = run("hc", sheets, "--estate", "TAKEN", "--json")
    problem = json.loads(output)["problems"][0]
    assert code == 1
    assert set(problem) == {"code", "sheet", "row", "column", "value", "message"}
    assert not Estate.objects.filter(code="TAKEN").exists()
    assert run("hc", hc(), "--estate", "TAKEN", "--dry-run")[0] == 0
    assert not Estate.objects.filter(code="TAKEN").exists()
    assert run("hc", sheets, "--estate", "TAKEN", "--good-rows")[0] == 0


def test_command_for_our_workbook_needs_an_estate(run, world):
    with pytest.raises(Refusal):
        run("register", own(), "--estate", "NOWHERE")
    assert not Estate.objects.filter(code="NOWHERE").exists()
    code, output = run("register", own(), "--estate", "SPRING", "--json")
    assert (code, json.loads(output)["created"]["occupancy"]) == (0, 1)
    with scope(estate=world.spring.pk):
        assert Occupancy.objects.filter(unit__code="5-1-102").exists()


def test_command_says_what_stands_in_the_cell_and_in_which_language(run, tmp_path):
    sheets = own()
    sheets["入住"][1][3] = "去年"
    path = tmp_path / "book.xlsx"
    path.write_bytes(book(sheets))
    for language, words in (
        ("en", ("It says “去年”.", "Nothing was imported")),
        ("zh-hans", ("填写的是“去年”", "没有导入")),
    ):
        with translation.override(language):
            result = CliRunner().invoke(command, ["register", str(path), "--estate", "SPRING"])
        assert (result.exit_code, [word in result.output for word in words]) == (1, [True, True])


def test_command_reports_an_unreadable_file_like_any_other_problem(run):
    code, output = run("register", b"not a workbook", "--estate", "SPRING", "--json")
    assert code == 1
    assert json.loads(output)["problems"][0]["code"] == "sheet.not_a_workbook"
