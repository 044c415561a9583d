"""Tables as they stand in the workbooks of real offices: where they are, which rows count."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from anju.kit.sheets import (
    Column,
    Layout,
    Number,
    SheetOut,
    SheetReader,
    match_sheets,
    missing_sheets,
    open_book,
    read_sheet,
    unread_sheets,
    write_book,
)
from tests.kit.workbooks import OWNERS, ROOM_AREA, UNITS, read, values, workbook

HC_WORKBOOK = Path(__file__).parents[3] / "shared" / "data" / "hc-community.xlsx"


def test_columns_are_found_in_any_order_width_and_case_with_notes_in_brackets() -> None:
    head = ["＊建筑面积（㎡）", "说明", " r O o m ", "状态(1 已出租 2 空置)", "楼 层"]
    (row,) = read(workbook([["小区房屋台账"], [], head, [96.5, "side", "3-1-1201", "已出租", 12]])).rows
    assert row.number == 4
    assert row.values == {
        "room": "3-1-1201",
        "area": Decimal("96.50"),
        "floor": 12,
        "since": None,
        "state": "let",
        "lift": None,
        "phone": None,
    }


def test_first_of_two_equal_titles_counts() -> None:
    assert values(read(workbook([["房号", "面积", "房号"], ["1", None, "2"]])), "room") == ["1"]


def test_side_columns_notes_below_and_blank_rows_are_passed_over() -> None:
    rows = [
        [*ROOM_AREA, None, "说明"],
        ["101", 80, None, "房号", "必填"],
        [None, None, None, "建筑面积", "单位平方米"],
        [],
        ["102", 90],
        [None, 170, None],
        ["合计", 170],
    ]
    result = read(workbook(rows))
    # 合计 fills the required column, so it is a row like any other; a total without a room number is refused.
    assert [row.values["room"] for row in result.rows] == ["101", "102", "合计"]
    assert [(problem.row, problem.code) for problem in result.problems] == [(6, "required")]


def test_note_that_lacks_what_a_row_must_have_is_no_row() -> None:
    layout = Layout("x", ("x",), (Column("a", ("甲",)), Column("b", ("乙",), required=True)))
    result = read(workbook([["甲", "乙"], ["1", "2"], ["填表说明：请逐行填写"], ["备注"], ["3", "4"]]), layout)
    assert values(result, "b") == ["2", "4"]


def test_thirty_thousand_formatted_empty_rows_cost_nothing() -> None:
    def formats(book: Any, page: Any) -> None:
        grey = book.add_format({"bg_color": "#EEEEEE"})
        for number in range(2, 30_002):
            page.write_blank(number, 0, None, grey)
            page.write_blank(number, 1, None, grey)

    assert values(read(workbook([ROOM_AREA, ["101", 80]], then=formats)), "room") == ["101"]


def test_rows_of_blanks_are_no_rows() -> None:
    blanks = [[" ", "\u3000"] if number % 2 else ["\u200b", " \n"] for number in range(50)]
    assert values(read(workbook([ROOM_AREA, ["101", 80], *blanks, ["102", 90]])), "room") == ["101", "102"]


def test_total_that_opens_in_a_column_of_no_layout_is_no_row() -> None:
    rows = [["序号", *ROOM_AREA, None, "说明"], [1, "101", 80], [2, None, 90, None, "说明"], ["合计", None, 170]]
    result = read(workbook(rows))
    assert [row.values["room"] for row in result.rows] == ["101"]
    # What stands beside the table is no reason to pass over a row that lacks its room.
    assert [(problem.row, problem.code) for problem in result.problems] == [(3, "required")]


def test_a_problem_names_the_column_as_the_file_does() -> None:
    (problem,) = read(workbook([["房屋编号", "建筑面积（㎡，产权证）"], ["1", "大"]])).problems
    assert (problem.column, "“建筑面积”" in str(problem.message)) == ("建筑面积", True)


def test_columns_that_nobody_reads_are_told() -> None:
    head = ["序号", *ROOM_AREA, "联系方式", "说明", None, "备注栏"]
    with open_book(workbook([head, [1, "101", 80, "138", "x"]])) as book:
        assert SheetReader(book.sheets[0], UNITS).unread == ["联系方式"]


def test_missing_column_and_missing_header_are_named() -> None:
    result = read(workbook([["建筑面积", "楼层"], [80, 1]]))
    (problem,) = result.problems
    assert (problem.code, problem.row, problem.column) == ("sheet.missing_column", 1, "Room")
    result = read(workbook([["foo", "bar"], [80, 1]]))
    assert [problem.code for problem in result.problems] == ["sheet.no_header"]
    assert result.rows == []


def test_sheets_are_matched_by_name_then_by_header_in_any_order() -> None:
    content = write_book(
        [
            SheetOut("封面", [Column("a", ("目录",))]),
            SheetOut("Sheet7", [Column("a", ("身份证号",)), Column("b", ("业主名称",))]),
            SheetOut("房屋 信息", [Column("a", ("房号",)), Column("b", ("楼层",))]),
        ]
    )
    with open_book(content) as book:
        matched = match_sheets(book, [UNITS, OWNERS])
        assert {key: sheet.name for key, sheet in matched.items()} == {"units": "房屋 信息", "owners": "Sheet7"}
        assert missing_sheets([UNITS, OWNERS], matched) == []
        (problem,) = missing_sheets([UNITS, OWNERS], {"units": matched["units"]})
    assert (problem.code, problem.sheet) == ("sheet.missing", "Owners")


def test_hidden_sheet_is_not_imported() -> None:
    def hide(book: Any, page: Any) -> None:
        other = book.add_worksheet("visible")
        other.activate()
        page.hide()

    with open_book(workbook([ROOM_AREA, ["101", 80]], then=hide)) as book:
        assert [sheet.name for sheet in book.sheets] == ["visible"]


def test_sheets_that_look_like_ours_and_are_not_read_are_told() -> None:
    def add(out: Any, _page: Any) -> None:
        out.add_worksheet("2号楼").write_row(0, 0, ROOM_AREA)
        out.add_worksheet("随便").write_row(0, 0, ["甲", "乙"])
        for name in ("业主信息", "Options"):
            out.add_worksheet(name).hide()

    with open_book(workbook([ROOM_AREA], then=add)) as book:
        said = [str(message) for message in unread_sheets(book, [UNITS, OWNERS], match_sheets(book, [UNITS, OWNERS]))]
    assert [message.split("“")[1].split("”")[0] for message in said] == ["业主信息", "2号楼"]


def test_rows_come_one_at_a_time() -> None:
    content = workbook([ROOM_AREA, *([str(number), 1] for number in range(8_000))])
    with open_book(content) as book:
        rows = iter(SheetReader(book.sheets[0], UNITS))
        assert next(rows).values["room"] == "0"
        assert sum(1 for _row in rows) == 7_999


@pytest.mark.skipif(not HC_WORKBOOK.exists(), reason="the take-over workbook is not on this machine")
def test_take_over_workbook_of_another_system_is_read_without_its_notes() -> None:
    layout = Layout(
        "units",
        ("房屋信息",),
        (
            Column("room", ("房屋编号",), required=True),
            Column("area", ("建筑面积",), Number(min=0)),
            Column("fees", ("房屋费用",)),
        ),
    )
    with open_book(HC_WORKBOOK) as book:
        result = read_sheet(match_sheets(book, [layout])["units"], layout)
    assert [row.values["room"] for row in result.rows] == [
        "1011",
        "1012",
        "1013",
        "1014",
        "1021",
        "1022",
        "1023",
        "1024",
    ]
    assert {row.values["area"] for row in result.rows} == {Decimal("94.56")}
    assert result.rows[0].values["fees"] == "1#2"
    assert result.problems == []
