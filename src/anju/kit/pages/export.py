"""A list as a workbook: every row that matches, in the list's order, with the columns shown.

Some thousand rows are answered at once; more are written by a job (:mod:`anju.kit.pages.export_jobs`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO, Any

from django.contrib import messages
from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import gettext as _

from anju.kit import clock
from anju.kit.pages import keyset
from anju.kit.pages.columns import MoneyColumn
from anju.kit.pages.listing import Listing
from anju.kit.pages.values import readers_of
from anju.kit.sheets import Column, Number, SheetOut, Text, write_book

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 5_000
"""Rows that a person waits for, a second or two; a longer list is a job."""
_BATCH = 2_000


def workbook(page: Listing) -> HttpResponseBase:
    """The workbook of ``page``, or the way back when the list is too long to be waited for."""
    _number, more = keyset.capped_count(page.matching, AT_ONCE)
    if more:
        messages.warning(
            page.request,
            _("More than %(limit)s rows match by now. Press “Export” again: the workbook is made in the background.")
            % {"limit": f"{AT_ONCE:,}"},
        )
        return HttpResponseRedirect(page.link())
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by the response
    write(page, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name(page), content_type=CONTENT_TYPE)


def write(page: Listing, to: IO[bytes], told: Callable[[int], None] | None = None) -> int:
    """Write the workbook of ``page`` to a file and return its number of rows; memory stays flat.

    ``told`` hears now and then how many are done.
    """
    columns = [
        Column(column.name, (str(column.header),), Number(2) if isinstance(column.column, MoneyColumn) else Text())
        for column in page.make_table([]).columns
    ]
    done = 0

    def rows() -> Iterator[list[Any]]:
        nonlocal done
        for done, row in enumerate(rows_of(page), 1):
            if told is not None and done % _BATCH == 0:
                told(done)
            yield row

    write_book([SheetOut(str(page.get_title()), columns, rows())], to=to)
    return done


def rows_of(page: Listing) -> Iterator[list[Any]]:
    """The values of each matching row; personal data stays masked, as on the page."""
    found = page.matching.order_by(*page.order, "pk").iterator(chunk_size=_BATCH)
    while batch := list(islice(found, _BATCH)):
        readers = readers_of(page.make_table(batch))  # which may bring more along for the rows that it is given
        for row in batch:
            yield [read(row) for read in readers]


def file_name(page: Listing) -> str:
    """What a person finds among their downloads: the list and today."""
    return f"{slugify(str(page.get_title()), allow_unicode=True) or 'list'}-{clock.today().isoformat()}.xlsx"
