"""Files that are no workbook, damaged ones, and unusual ones that must be understood."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
from xlsxwriter.utility import xl_col_to_name

from anju.kit.sheets import (
    SheetProblem,
    open_book,
    read_sheet,
    xlsx,
)
from tests.kit.old_workbooks import compound, xls
from tests.kit.workbooks import ROOM_AREA, UNITS, read, values, workbook


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


def _sheet_of(rows: str) -> bytes:
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    xml = f"{start}{rows}</sheetData></worksheet>".encode()
    return _replace_part(workbook([[]]), "xl/worksheets/sheet1.xml", lambda _old: xml)


ROW = '<row r="2"><c r="A2" t="inlineStr"><is><t>101</t></is></c><c r="B2"><v>80</v></c></row>'


def test_a_million_rows_are_refused_without_reading_them(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _sheet_of(ROW * 1_000_000)
    monkeypatch.setattr(xlsx.XlsxArchive, "rows", lambda *_given: pytest.fail("the rows were read"))
    with open_book(content, most_rows=200_000) as book, pytest.raises(SheetProblem) as refusal:
        book.sheets[0].refuse_length()
    assert refusal.value.code == "sheet.too_many_rows"


@pytest.mark.parametrize(
    ("rows", "filled"),
    [
        (ROW * 1_000, 1_000),
        (ROW * 1_000 + '<row r="9" s="1" customFormat="1"/>' * 100_000, 1_000),
        (ROW * 1_000 + '<row r="9"><c r="A9" s="1"/><c r="B9" s="2"></c></row>' * 30_000, 1_000),
        (ROW * 1_000 + '<row r="9"><c r="A9" s="1"><v></v></c><c r="B9"><is><t/></is></c></row>' * 30_000, 1_000),
    ],
    ids=["just so many", "styled rows", "styled cells", "empty values"],
)
def test_rows_without_content_are_no_rows(rows: str, filled: int) -> None:
    with open_book(_sheet_of(rows), most_rows=filled) as book:
        book.sheets[0].refuse_length()
        assert sum(1 for _row in book.sheets[0].rows()) == filled
    with open_book(_sheet_of(rows), most_rows=filled - 1) as book, pytest.raises(SheetProblem):
        book.sheets[0].refuse_length()


def test_empty_texts_in_the_table_of_texts_are_left_to_reading() -> None:
    def blank(_book: Any, page: Any) -> None:
        for number in range(2, 500):
            page.write_string(number, 0, "x")

    content = workbook([ROOM_AREA, ["101", 80]], then=blank)
    content = _replace_part(content, "xl/sharedStrings.xml", lambda xml: xml.replace(b"<t>x</t>", b"<t/>"))
    with open_book(content, most_rows=10) as book:
        book.sheets[0].refuse_length()
        assert len(list(book.sheets[0].rows())) == 2


COLUMNS = "<row>" + "".join(f'<c r="AAAA{chr(65 + number % 26)}1"><v>1</v></c>' for number in range(100)) + "</row>"
MERGE = '<mergeCell ref="A1:A2"/>'


# Written when wanted: whoever only asks what tests there are need not wait for 50 MB.
@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (lambda: "<row>" + "<c>" * 100_000, "sheet.damaged"),
        (lambda: "<row>" + "".join(f"<a{number}/>" for number in range(5_000)) + "</row>", "sheet.damaged"),
        (lambda: COLUMNS, "sheet.damaged"),
        (lambda: f'<row><c r="A1" x="{"y" * 6_000_000}"><v>1</v></c></row>', "sheet.damaged"),
        (lambda: "</sheetData><mergeCells>" + MERGE * 100_001 + "</mergeCells><sheetData>", "sheet.too_large"),
        (lambda: "</sheetData>" + " " * 40_000_000 + "<sheetData>", "sheet.too_large"),
    ],
    ids=["nested", "names", "columns", "token", "merges", "tail"],
)
def test_what_would_fill_the_memory_is_refused(rows: Callable[[], str], code: str) -> None:
    with open_book(_sheet_of(rows())) as book, pytest.raises(SheetProblem) as refusal:
        assert list(book.sheets[0].rows()) is book.sheets[0].merged_ranges()
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("part", "xml"),
    [
        ("xl/styles.xml", lambda: "<styleSheet><cellXfs>" + "<xf/>" * 100_001 + "</cellXfs></styleSheet>"),
        ("xl/workbook.xml", lambda: "<workbook>" + "<sheet/>" * 600_000 + "</workbook>"),
    ],
    ids=["styles", "sheets"],
)
def test_tables_that_would_fill_the_memory_are_refused(part: str, xml: Callable[[], str]) -> None:
    content = _replace_part(workbook([ROOM_AREA, ["101", 80]]), part, lambda _old: xml().encode())
    with pytest.raises(SheetProblem) as refusal, open_book(content) as book:
        list(book.sheets[0].rows())
    assert refusal.value.code == "sheet.too_large"


@pytest.mark.parametrize("too_many", [0, 1])
def test_more_texts_than_the_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch, too_many: int) -> None:
    assert xlsx.MOST_STRINGS <= 2_000_000  # of some 100 bytes each
    monkeypatch.setattr(xlsx, "MOST_STRINGS", 2_000)
    xml = b"<sst>" + b"<si><t>ab</t></si>" * (2_000 + too_many) + b"</sst>"
    content = _replace_part(workbook([ROOM_AREA, ["101", 80]]), "xl/sharedStrings.xml", lambda _old: xml)
    with pytest.raises(SheetProblem) if too_many else nullcontext() as refusal, open_book(content) as book:
        list(book.sheets[0].rows())
    assert refusal is None or refusal.value.code == "sheet.too_large"


def test_a_hundred_thousand_parts_are_refused_before_they_are_listed() -> None:
    content = workbook([ROOM_AREA, ["101", 80]])
    directory = content.rindex(b"PK\x05\x06") + 12
    lying = content[:directory] + (1 << 23).to_bytes(4, "little") + content[directory + 4 :]
    with pytest.raises(SheetProblem) as refusal:
        open_book(lying)
    assert refusal.value.code == "sheet.too_large"


def test_sixteen_thousand_columns_are_passed_over() -> None:
    wide = "".join(f'<c r="{xl_col_to_name(number)}2"><v>1</v></c>' for number in range(16_384))
    header = '<row r="1"><c r="A1" t="str"><v>房号</v></c><c r="B1" t="str"><v>建筑面积</v></c></row>'
    rows = read(_sheet_of(header + f'<row r="2">{wide}</row>' * 2)).rows
    assert [set(row.cells) for row in rows] == [{"room", "area"}] * 2


@pytest.mark.parametrize("number", ["1E+999999999", "1E+400", "9" * 5_000, "-1E+308000", "1E+300"])
def test_a_number_beyond_all_numbers_is_an_ordinary_problem(number: str) -> None:
    row = f'<row r="2"><c r="A2" t="str"><v>101</v></c><c r="B2"><v>{number}</v></c></row>'
    header = '<row r="1"><c r="A1" t="str"><v>房号</v></c><c r="B1" t="str"><v>建筑面积</v></c></row>'
    (problem,) = read(_sheet_of(header + row)).problems
    assert (problem.row, problem.code in ("not_a_number", "precision_lost")) == (2, True)
    assert len(problem.value) <= 500


def _replace_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
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


def test_a_character_that_no_database_takes_is_left_out() -> None:
    lines = ["房号,楼层", *(f"{number},1" for number in range(2_000)), "1\0-2,x\0"]
    with open_book("\n".join(lines).encode(), filename="a.csv") as book:
        result = read_sheet(book.sheets[0], UNITS)
    (refused,) = result.refused
    assert (refused.raw["room"], refused.values["room"], result.problems[0].value) == ("1-2", "1-2", "x")


def test_old_workbook_is_read_with_its_places_and_its_sheets_in_turns() -> None:
    sheets = {
        "房屋信息": [[], [None, *ROOM_AREA], [None, "3-1", 80.5], [None, 102.0, 90]],
        "#选项": [["甲"]],
        "业主信息": [["业主名称"], ["王小明"], ["李雷"]],
    }
    with open_book(xls(sheets)) as book:
        units, owners = book.sheets
        assert ([units.name, owners.name], book.hidden) == (["房屋信息", "业主信息"], ["选项"])
        in_turns = list(zip(units.rows(), owners.rows(), strict=True))
        assert in_turns[0] == ((2, {1: "房号", 2: "建筑面积"}), (1, {0: "业主名称"}))
        assert in_turns[2] == ((4, {1: Decimal(102), 2: Decimal(90)}), (3, {0: "李雷"}))
        assert [row.values["area"] for row in read_sheet(units, UNITS).rows] == [Decimal("80.50"), Decimal("90.00")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (compound(b"", chain_of_directory=1), "sheet.damaged"),  # 4 kB that ask for all memory there is
        (compound(b"no records"), "sheet.damaged"),
        (xls({"x": [["a"]]}, protected=True), "sheet.password"),
        (compound("EncryptedPackage".encode("utf-16-le")), "sheet.password"),
    ],
    ids=["a chain without end", "no records", "password", "encrypted"],
)
def test_old_workbook_that_cannot_be_read_is_refused_and_harms_nobody(
    monkeypatch: pytest.MonkeyPatch, content: bytes, code: str
) -> None:
    monkeypatch.setattr("anju.kit.sheets.xls.MOST_MEMORY", 256 << 20)
    with pytest.raises(SheetProblem) as refusal:
        open_book(content)
    assert refusal.value.code == code


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
