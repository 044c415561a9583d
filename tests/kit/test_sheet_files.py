"""Files that are no workbook, damaged ones, and unusual ones that must be understood."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from anju.kit.sheets import (
    SheetProblem,
    open_book,
    read_sheet,
)
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
