"""Templates, refused rows and lists, written and read back."""

from __future__ import annotations

import datetime
import io
import zipfile
from decimal import Decimal
from pathlib import Path

from django.utils import translation

from anju.kit.sheets import (
    Column,
    Layout,
    SheetOut,
    match_sheets,
    open_book,
    read_sheet,
    refused_book,
    template_book,
    unread_sheets,
    write_book,
)
from tests.kit.workbooks import OWNERS, UNITS, read, workbook


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


def test_explanations_name_only_titles_in_the_script_of_the_reader() -> None:
    column = Column("area", ("专有面积", "建筑面积", "exclusive area"))
    with open_book(template_book([Layout("x", ("房屋",), (column,))])) as book:
        told = " ".join(str(cell) for _number, cells in book.sheets[0].rows() for cell in cells.values())
    assert ("建筑面积" in told, "exclusive" in told) == (True, False)


def test_explanations_are_never_taken_for_a_table() -> None:
    with translation.override("zh-hans"):
        content = template_book([UNITS, OWNERS])
    with open_book(content) as book:
        book.sheets = book.sheets[:1]  # as when somebody deletes the sheets that they do not need
        assert match_sheets(book, [OWNERS, UNITS]) == {}
        assert unread_sheets(book, [OWNERS, UNITS], {}) == []


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
    assert "row 3, column “建筑面积”: The number may not be less than 0." in str(cells[1][len(UNITS.columns)])
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
