"""A list as a workbook: every row that matches, in the list's order, with the columns shown."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.http import FileResponse
from django.utils.text import slugify

from anju.kit import clock
from anju.kit.pages.columns import MoneyColumn
from anju.kit.sheets import Column, Number, SheetOut, Text, write_book

if TYPE_CHECKING:
    from anju.kit.pages.lists import ListPage

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BATCH = 2_000


def workbook(page: ListPage) -> FileResponse:
    """The workbook of ``page``; written to a temporary file row by row, so memory stays flat."""
    headings = page.make_table([]).columns
    columns = [
        Column(column.name, (str(column.header),), Number(2) if isinstance(column.column, MoneyColumn) else Text())
        for column in headings
    ]
    title = str(page.get_title())
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by the response
    write_book([SheetOut(title, columns, rows_of(page))], to=file)
    file.seek(0)
    name = f"{slugify(title, allow_unicode=True) or 'list'}-{clock.today().isoformat()}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPE)


def rows_of(page: ListPage) -> Iterator[list[Any]]:
    """The values of each matching row; personal data stays masked, as on the page."""
    found = page.matching.order_by(*page.order, "pk").iterator(chunk_size=_BATCH)
    while batch := list(islice(found, _BATCH)):
        yield from islice(page.make_table(batch).as_values(), 1, None)  # the first one is the headings
