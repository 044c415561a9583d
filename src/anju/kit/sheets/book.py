"""Opening a file that somebody calls a workbook."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.kit.sheets.problems import SheetProblem
from anju.kit.sheets.safety import damaged, too_large
from anju.kit.sheets.values import Cell
from anju.kit.sheets.xls import XlsReader
from anju.kit.sheets.xlsx import MergedRange, XlsxArchive

# Defaults of ``open_book``: the most rows a spreadsheet can hold, and a file size that a browser still uploads.
MOST_ROWS = 1_048_576
LARGEST_FILE = 256 * 1024 * 1024
# Old .xls and .csv files are held in memory, and are never larger than this in practice.
LARGEST_OLD_FILE = 64 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Source = str | os.PathLike[str] | bytes | IO[bytes]


class _Reader(Protocol):
    hidden: list[str]

    def names(self) -> list[str]: ...
    def rows(self, index: int, /) -> Iterator[tuple[int, dict[int, Cell]]]: ...
    def merged(self, index: int, /) -> list[MergedRange]: ...
    def is_longer(self, index: int, rows: int, /) -> bool: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet of an open book."""

    name: str
    index: int
    book: Book

    def rows(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Yield the number that the user sees (from 1) and the cells that are not empty, by position (from 0).

        Raises ``SheetProblem`` where the sheet has more rows than the book was opened for.
        """
        for count, (number, cells) in enumerate(self.book._reader.rows(self.index), 1):
            if count > self.book.most_rows:
                raise self._too_long()
            yield number, cells

    def refuse_length(self) -> None:
        """Raise ``SheetProblem`` at once where it is plain that :meth:`rows` would do so in the end."""
        if self.book._reader.is_longer(self.index, self.book.most_rows):
            raise self._too_long()

    def _too_long(self) -> SheetProblem:
        return SheetProblem(
            "sheet.too_many_rows",
            format_lazy(
                _("Sheet “{sheet}” has more than {count} rows. Please split it into several files."),
                sheet=self.name,
                count=self.book.most_rows,
            ),
        )

    def merged_ranges(self) -> list[MergedRange]:
        """Return the merged ranges of the sheet."""
        return self.book._reader.merged(self.index)


class Book:
    """An open workbook; a context manager that closes the file. ``hidden`` names the sheets that nobody sees."""

    def __init__(self, reader: _Reader, most_rows: int) -> None:
        self._reader = reader
        self.most_rows = most_rows
        self.sheets = [Sheet(name, index, self) for index, name in enumerate(reader.names())]
        self.hidden = reader.hidden

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_book(source: Source, *, filename: str = "", most_rows: int = MOST_ROWS, largest: int = LARGEST_FILE) -> Book:
    """Open a workbook by path, bytes or binary file.

    .xlsx and .xlsm are read as a stream whatever their size; .xls and .csv (told by ``filename`` or the path) whole,
    up to 64 MB, and errors in cells of an .xls are seen as empty cells. ``most_rows`` limits the rows of a sheet that
    hold anything; ``largest`` the bytes of the file.

    Raises ``SheetProblem`` with one of the codes ``sheet.not_a_workbook``, ``sheet.password``, ``sheet.empty``,
    ``sheet.too_large``, ``sheet.damaged``; reading rows later may raise ``sheet.too_many_rows``.
    """
    if not filename and isinstance(source, str | os.PathLike):
        filename = os.fspath(source)
    file = _as_file(source)
    try:
        book = Book(_reader_for(file, filename, largest), most_rows)
        if not book.sheets:
            raise _empty()
    except BaseException:
        file.close()
        raise
    return book


def _as_file(source: Source) -> IO[bytes]:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, str | os.PathLike):
        return Path(source).open("rb")
    return source


def _reader_for(file: IO[bytes], filename: str, largest: int) -> _Reader:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size == 0:
        raise _empty()
    if size > largest:
        raise too_large()
    head = file.read(8)
    file.seek(0)
    if head[:4] == b"PK\x03\x04":
        return _XlsxReader(file)
    if head == _OLE:
        if size > LARGEST_OLD_FILE:
            raise too_large()
        return XlsReader(file)
    if filename.lower().endswith((".csv", ".tsv")):
        if size > LARGEST_OLD_FILE:
            raise too_large()
        return _CsvReader(file)
    raise _not_a_workbook(file.read(512))


def _empty() -> SheetProblem:
    return SheetProblem("sheet.empty", _("The file is empty. Please fill in the template and upload it again."))


def _not_a_workbook(head: bytes = b"") -> SheetProblem:
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        message = _(
            "This file is a web page named like a workbook. Please open it in Excel, save it as .xlsx and try again."
        )
    else:
        message = _("This file is not an Excel workbook. Please save it as .xlsx and upload it again.")
    return SheetProblem("sheet.not_a_workbook", message)


class _XlsxReader:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._archive = XlsxArchive(file)
        # What the user cannot see is not imported: lists behind drop-downs live on hidden sheets.
        self._visible = [(name, part) for name, part, visible in self._archive.sheets if visible]
        self.hidden = [name for name, _part, visible in self._archive.sheets if not visible]

    def names(self) -> list[str]:
        return [name for name, _part in self._visible]

    def rows(self, index: int) -> Iterator[tuple[int, dict[int, Cell]]]:
        return self._archive.rows(self._visible[index][1])

    def merged(self, index: int) -> list[MergedRange]:
        return self._archive.merged_ranges(self._visible[index][1])

    def is_longer(self, index: int, rows: int) -> bool:
        return self._archive.is_longer(self._visible[index][1], rows)

    def close(self) -> None:
        self._archive.close()
        self._file.close()


class _CsvReader:
    hidden: list[str] = []

    def __init__(self, file: IO[bytes]) -> None:
        content = file.read()
        file.close()
        if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _not_a_workbook()
        for encoding in ("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig", "gb18030"):
            try:
                self._text = content.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            raise _not_a_workbook()
        first_lines = self._text[:4096]
        self._delimiter = max(",\t;", key=first_lines.count)

    def names(self) -> list[str]:
        return ["CSV"]

    def rows(self, _index: int) -> Iterator[tuple[int, dict[int, Cell]]]:
        lines = csv.reader(io.StringIO(self._text), delimiter=self._delimiter)
        try:
            for number, row in enumerate(lines, 1):
                cells: dict[int, Cell] = {position: text for position, text in enumerate(row) if text.strip()}
                if cells:
                    yield number, cells
        except csv.Error as error:
            raise damaged() from error

    def merged(self, _index: int) -> list[MergedRange]:
        return []

    def is_longer(self, _index: int, _rows: int) -> bool:
        return False

    def close(self) -> None:
        self._text = ""
