"""A layout to try, and workbooks written cell by cell."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

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
    Text,
    open_book,
    read_sheet,
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
