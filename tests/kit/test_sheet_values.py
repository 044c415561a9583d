"""What a cell holds, and what it may not."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.utils import translation

from anju.kit.sheets import (
    Column,
    Layout,
)
from tests.kit.workbooks import ROOM_AREA, UNITS, read, values, workbook


def problem_of(cell: Any, title: str) -> tuple[str, str]:
    """Return code and message for one bad cell under ``title``; the row with it must have been refused, alone."""
    result = read(workbook([["房号", title], ["good", None], ["bad", cell]]))
    assert [row.number for row in result.rows] == [2]
    assert [row.number for row in result.refused] == [3]
    (problem,) = result.problems
    assert (problem.sheet, problem.row, problem.value) == ("房屋信息", 3, result.refused[0].raw[_key(title)])
    return problem.code, str(problem.message)


def _key(title: str) -> str:
    return next(column.key for column in UNITS.columns if title in column.titles)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.0, "1"),
        (1011, "1011"),
        (3.5, "3.5"),
        ("３－１－１２０１", "3-1-1201"),
        ("\u200b 3-1\xa0", "3-1"),
        (True, "TRUE"),
        ("=1+1", "=1+1"),
    ],
)
def test_text(cell: Any, text: str) -> None:
    assert values(read(workbook([ROOM_AREA, [cell, 1]])), "room") == [text]


def test_phone_stored_as_a_number() -> None:
    assert values(read(workbook([["房号", "手机号"], ["1", 18999999999.0], ["2", "-"]])), "phone") == [
        "18999999999",
        None,
    ]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (94.56, "94.56"),
        (0.1 + 0.2, "0.30"),
        ("９４．５６", "94.56"),
        ("1,234.50", "1234.50"),
        ("¥ 12.5 元", "12.50"),
        ("96.5㎡", "96.50"),
        ("50%", "0.50"),
        ("1.5E2", "150.00"),
        ("12层", "12.00"),
        (0, "0.00"),
    ],
)
def test_number(cell: Any, number: str) -> None:
    assert [str(value) for value in values(read(workbook([ROOM_AREA, ["1", cell]])), "area")] == [number]


@pytest.mark.parametrize(
    "cell",
    [
        datetime.date(2020, 6, 10),
        datetime.datetime.combine(datetime.date(2020, 6, 10), datetime.time(8, 30)),
        "2020-6-10",
        "2020/06/10",
        "2020.6.10",
        "2020年6月10日",
        "２０２０－６－１０",
        "20200610",
        20200610,
        "2020-06-10 00:00:00",
        43992,
        "43992",
        "43992.354167",
        "2020年6月10号",
        "2020年06月10日 星期三",
        "二〇二〇年六月十日",
        "二○二○年六月一十日",
    ],
)
def test_date(cell: Any) -> None:
    assert values(read(workbook([["房号", "交付日期"], ["1", cell]])), "since") == [datetime.date(2020, 6, 10)]


def test_dates_in_chinese_numerals() -> None:
    days = ("二〇一九年元月一日", "二〇二〇年十月三十一日", "二〇二〇年十二月二十日")
    rows = [["房号", "交付日期"], *(["1", day] for day in days)]
    assert values(read(workbook(rows)), "since") == [
        datetime.date(2019, 1, 1),
        datetime.date(2020, 10, 31),
        datetime.date(2020, 12, 20),
    ]
    (problem,) = read(workbook([["房号", "交付日期"], ["1", "二〇二〇年十三月一日"]])).problems
    assert problem.code == "no_such_day"


def test_dates_of_the_1904_calendar() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": True})
    page = book.add_worksheet("房屋信息")
    page.write_row(0, 0, ["房号", "交付日期"])
    page.write_row(1, 0, ["1"])
    page.write_datetime(
        1,
        1,
        datetime.datetime.combine(datetime.date(2020, 6, 10), datetime.time()),
        book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}),
    )
    book.close()
    assert values(read(buffer.getvalue()), "since") == [datetime.date(2020, 6, 10)]


@pytest.mark.parametrize(("cell", "truth"), [("有", True), ("是", True), (1, True), ("无", False), ("no", False)])
def test_yes_or_no(cell: Any, truth: bool) -> None:
    assert values(read(workbook([["房号", "是否有电梯"], ["1", cell]])), "lift") == [truth]


@pytest.mark.parametrize(
    ("cell", "title", "code"),
    [
        (-3, "建筑面积", "too_small"),
        ("abc", "建筑面积", "not_a_number"),
        ("1,23", "建筑面积", "not_a_number"),
        ("1_000", "建筑面积", "not_a_number"),
        ("NaN", "建筑面积", "not_a_number"),
        (94.567, "建筑面积", "too_precise"),
        (201, "楼层", "too_large"),
        (1.5, "楼层", "not_whole"),
        ("2020-2-30", "交付日期", "no_such_day"),
        ("soon", "交付日期", "not_a_date"),
        (5, "交付日期", "not_a_date"),
        ("sold", "状态", "not_a_choice"),
        ("maybe", "是否有电梯", "not_yes_or_no"),
        ("12345", "手机号", "phone.mobile"),
        (632126199109162011, "手机号", "precision_lost"),
        ("6.32126E+17", "手机号", "precision_lost"),
        (datetime.date(2026, 3, 1), "手机号", "date_in_text"),
        ("x" * 201, "手机号", "too_long"),
    ],
)
def test_value_that_cannot_be_meant_is_refused_with_its_place(cell: Any, title: str, code: str) -> None:
    with translation.override("en"):
        found, message = problem_of(cell, title)
    assert found == code
    assert message.startswith("Sheet “房屋信息”, row 3, column “")
    assert message.endswith(".")


def test_formula_counts_by_its_stored_result_and_errors_are_problems() -> None:
    def formulas(_book: Any, page: Any) -> None:
        page.write_formula(1, 1, "=40+56.5", None, 96.5)
        page.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        page.write_formula(3, 1, "=A1", None, "")

    result = read(workbook([ROOM_AREA, ["101"], ["102"], ["103"]], then=formulas))
    assert [row.values["area"] for row in result.rows] == [Decimal("96.50")]
    assert [(problem.row, problem.code, problem.value) for problem in result.problems] == [
        (3, "error_value", "#DIV/0!"),
        (4, "formula_without_value", "=A1"),
    ]


def test_merged_cells_lend_their_text_but_never_their_numbers() -> None:
    layout = Layout(
        "x", ("x",), (Column("building", ("楼栋",), required=True), Column("room", ("房号",)), *UNITS.columns[1:2])
    )

    def merge(_book: Any, page: Any) -> None:
        page.merge_range("A2:A4", "3号楼")
        page.merge_range("C2:C3", 96.5)

    result = read(
        workbook([["楼栋", "房号", "建筑面积"], [None, "101"], [None, "102"], [None, "103"]], then=merge), layout
    )
    assert [(row.number, row.values["building"], row.values["area"]) for row in result.rows] == [
        (2, "3号楼", Decimal("96.50")),
        (4, "3号楼", None),
    ]
    assert [(problem.row, problem.code) for problem in result.problems] == [(3, "merged_cells")]
