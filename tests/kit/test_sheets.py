"""Workbooks as they come from real offices, written here cell by cell and read back."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.utils import translation

from anju.kit.idcards import check_mobile
from anju.kit.sheets import (
    Boolean,
    Choice,
    Column,
    Date,
    Integer,
    Layout,
    Number,
    ReadResult,
    SheetOut,
    SheetProblem,
    SheetReader,
    Text,
    match_sheets,
    missing_sheets,
    open_book,
    read_sheet,
    refused_book,
    template_book,
    write_book,
)

UNITS = Layout(
    "units",
    ("Units", "房屋信息"),
    (
        Column("room", ("Room", "房号", "房屋编号"), required=True, example="3-1-1201"),
        Column("area", ("Area", "建筑面积"), Number(places=2, min=0), help="m2, as in the deed"),
        Column("floor", ("Floor", "楼层"), Integer(min=-9, max=200)),
        Column("since", ("Delivered", "交付日期"), Date(), example=datetime.date(2020, 6, 10)),
        Column("state", ("State", "状态"), Choice({"let": ("Let", "已出租"), "vacant": ("Vacant", "空置")})),
        Column("lift", ("Lift", "是否有电梯"), Boolean()),
        Column("phone", ("Phone", "手机号"), Text(check=check_mobile), empty=("-",)),
    ),
)
OWNERS = Layout(
    "owners", ("Owners", "业主信息"), (Column("name", ("业主名称",), required=True), Column("id", ("身份证号",)))
)
ROOM_AREA = ["房号", "建筑面积"]
HC_WORKBOOK = Path(__file__).parents[3] / "shared" / "data" / "hc-community.xlsx"


def workbook(rows: list[list[Any]], sheet: str = "房屋信息", then: Callable[..., None] | None = None) -> bytes:
    """Write ``rows`` into one sheet; ``then(book, page)`` may add what plain rows cannot say."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet(sheet)
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for position, value in enumerate(row):
            if isinstance(value, datetime.date):
                page.write_datetime(number, position, datetime.datetime.combine(value, datetime.time()), date)
            elif isinstance(value, str):
                page.write_string(number, position, value)
            elif value is not None:
                page.write(number, position, value)
    if then:
        then(book, page)
    book.close()
    return buffer.getvalue()


def read(content: bytes, layout: Layout = UNITS) -> ReadResult:
    with open_book(content) as book:
        return read_sheet(book.sheets[0], layout)


def values(result: ReadResult, key: str) -> list[Any]:
    assert [problem.as_dict() for problem in result.problems] == []
    return [row.values[key] for row in result.rows]


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


# Where the table is


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


# What a cell holds


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
    ],
)
def test_date(cell: Any) -> None:
    assert values(read(workbook([["房号", "交付日期"], ["1", cell]])), "since") == [datetime.date(2020, 6, 10)]


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


# What is no workbook


def _zip_with(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet.empty"),
        (b"just some text", "sheet.not_a_workbook"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "sheet.not_a_workbook"),
        (b"%PDF-1.7 ...", "sheet.not_a_workbook"),
        (_zip_with("word/document.xml"), "sheet.not_a_workbook"),
        (_zip_with("xl/workbook.xml"), "sheet.empty"),
        (b"PK\x03\x04 broken", "sheet.damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "sheet.damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "sheet.password"),
    ],
)
def test_file_that_is_no_workbook_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(SheetProblem) as refusal:
        open_book(content, filename="units.xlsx")
    assert refusal.value.code == code
    assert str(refusal.value)


def test_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    content = workbook([ROOM_AREA, ["101", 80]])
    with pytest.raises(SheetProblem) as refusal:
        open_book(content, largest=1000)
    assert refusal.value.code == "sheet.too_large"


def test_sheet_with_too_many_rows_is_refused() -> None:
    content = workbook([ROOM_AREA, *([str(number), 1] for number in range(50))])
    with open_book(content, most_rows=20) as book, pytest.raises(SheetProblem) as refusal:
        read_sheet(book.sheets[0], UNITS)
    assert refusal.value.code == "sheet.too_many_rows"


def _replace_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda xml: xml.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet', 1),
        lambda xml: xml.replace(b"<v>0</v>", b"<v>9999</v>", 1),
    ],
    ids=["breaks off", "declares entities", "text that is not there"],
)
def test_damaged_sheet_is_refused(change: Callable[[bytes], bytes]) -> None:
    content = _replace_part(workbook([ROOM_AREA, ["101", 80]]), "xl/worksheets/sheet1.xml", change)
    with open_book(content) as book, pytest.raises(SheetProblem) as refusal:
        read_sheet(book.sheets[0], UNITS)
    assert refusal.value.code == "sheet.damaged"


def test_one_cell_in_the_last_corner_costs_no_memory() -> None:
    def corner(_book: Any, page: Any) -> None:
        page.write_string(1_048_575, 16_383, "x")

    assert values(read(workbook([ROOM_AREA, ["101", 80]], then=corner)), "room") == ["101"]


def test_prefixed_elements_inline_text_and_missing_references_are_understood() -> None:
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>房号</x:t></x:is></x:c>'
        '<x:c t="inlineStr"><x:is><x:r><x:t>建筑</x:t></x:r><x:r><x:t>面积</x:t></x:r></x:is></x:c></x:row>'
        '<x:row><x:c t="str"><x:v>101</x:v></x:c><x:c><x:v>94.560000000000002</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    content = _replace_part(workbook([[]]), "xl/worksheets/sheet1.xml", lambda _xml: sheet.encode())
    (row,) = read(content).rows
    assert (row.number, row.values["room"], row.values["area"]) == (2, "101", Decimal("94.56"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_of_the_trade(encoding: str) -> None:
    content = "房号,建筑面积\r\n3-1-1201,96.5\r\n".encode(encoding)
    with open_book(content, filename="units.CSV") as book:
        result = read_sheet(book.sheets[0], UNITS)
    assert [(row.values["room"], row.values["area"]) for row in result.rows] == [("3-1-1201", Decimal("96.50"))]


def test_rows_come_one_at_a_time() -> None:
    content = workbook([ROOM_AREA, *([str(number), 1] for number in range(20_000))])
    with open_book(content) as book:
        rows = iter(SheetReader(book.sheets[0], UNITS))
        assert next(rows).values["room"] == "0"
        assert sum(1 for _row in rows) == 19_999


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


# What goes out


def test_what_is_written_is_read_back() -> None:
    written = [
        ("3-1-1201", Decimal("96.50"), 12, datetime.date(2020, 6, 10), "let", True, "13812345678"),
        ("=2+3", None, -1, None, None, False, None),
        ("+86", Decimal("0.00"), None, None, "空置", None, None),
    ]
    result = read(write_book([SheetOut("房屋信息", UNITS.columns, written, notes=["合 计 说 明"])]))
    assert [row.values["room"] for row in result.rows] == ["3-1-1201", "=2+3", "+86"]
    assert result.rows[0].values == {
        "room": "3-1-1201",
        "area": Decimal("96.50"),
        "floor": 12,
        "since": datetime.date(2020, 6, 10),
        "state": "let",
        "lift": True,
        "phone": "13812345678",
    }
    assert result.problems == []


def test_text_never_becomes_a_formula_or_a_link() -> None:
    rows = [("=cmd()",), ("@SUM(A1)",), ("+1",), ("-1",), ("https://example.org",)]
    content = write_book([SheetOut("x", [Column("a", ("房号",))], rows)])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert "=cmd()" in xml


def test_template_explains_every_column_and_can_be_filled_in() -> None:
    content = template_book([UNITS, OWNERS], explanation=["One row for each unit."])
    with open_book(content) as book:
        explanation, units, owners = book.sheets
        told = {str(cell) for _number, cells in explanation.rows() for cell in cells.values()}
        assert {"One row for each unit.", "3-1-1201", "2020-06-10"} <= told
        assert any(line.startswith("m2, as in the deed") for line in told)
        assert {str(column.titles[0]) for column in UNITS.columns} <= told
        assert [cells for _number, cells in units.rows()] == [
            dict(enumerate(str(column.titles[0]) for column in UNITS.columns))
        ]
        assert match_sheets(book, [OWNERS, UNITS]) == {"units": units, "owners": owners}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b'"Let,Vacant"' in archive.read("xl/worksheets/sheet2.xml").replace(b"&quot;", b'"')


def test_refused_rows_go_out_with_their_reasons_and_come_back_once_corrected() -> None:
    with translation.override("en"):
        result = read(workbook([["房号", "建筑面积", "手机号"], ["101", 80, None], ["102", -3, "123"], [None, 5]]))
        content = refused_book([(UNITS, result.refused)])
        again = read(content)
    assert [row.raw for row in again.refused] == [
        {**dict.fromkeys(_keys(), ""), "room": "102", "area": "-3", "phone": "123"},
        {**dict.fromkeys(_keys(), ""), "area": "5"},
    ]
    with open_book(content) as book:
        cells = [cells for _number, cells in book.sheets[0].rows()]
    assert cells[0][len(UNITS.columns)] == "What is wrong"
    assert "row 3, column “Area”: The number may not be less than 0." in str(cells[1][len(UNITS.columns)])
    assert "A mobile number has 11 digits" in str(cells[1][len(UNITS.columns)])


def _keys() -> list[str]:
    return [column.key for column in UNITS.columns]


def test_sheet_names_are_made_valid_and_unlike() -> None:
    columns = [Column("a", ("房号",))]
    with open_book(write_book([SheetOut("a/b:c" + "x" * 40, columns), SheetOut("A B C" + "X" * 40, columns)])) as book:
        names = [sheet.name for sheet in book.sheets]
    assert len({name.casefold() for name in names}) == 2
    assert all(len(name) <= 31 for name in names)


def test_book_is_written_to_a_path(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    assert write_book([SheetOut("房屋信息", UNITS.columns, [("1", 2)])], str(path)) == b""
    with open_book(path) as book:
        assert len(read_sheet(book.sheets[0], UNITS).rows) == 1
