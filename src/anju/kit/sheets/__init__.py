"""Workbooks in and out: declared layouts, streaming reading of real-world files, and writing.

A module declares its ``Layout``s in ``sheets.py``; an import opens the file with ``open_book``, finds the sheets with
``match_sheets`` and walks a ``SheetReader`` (or takes ``read_sheet``). Templates, refused rows and lists go out through
``template_book``, ``refused_book`` and ``write_book``.
"""

from anju.kit.sheets.book import Book, Sheet, open_book
from anju.kit.sheets.layout import Boolean, Choice, Column, Date, Integer, Layout, Number, Text
from anju.kit.sheets.problems import CellError, Problem, SheetProblem, cell_problem, row_problem
from anju.kit.sheets.reader import (
    ReadResult,
    Row,
    SheetReader,
    match_sheets,
    missing_sheets,
    read_sheet,
    unread_sheets,
)
from anju.kit.sheets.writer import SheetOut, refused_book, template_book, write_book

__all__ = [
    "Book",
    "Boolean",
    "CellError",
    "Choice",
    "Column",
    "Date",
    "Integer",
    "Layout",
    "Number",
    "Problem",
    "ReadResult",
    "Row",
    "Sheet",
    "SheetOut",
    "SheetProblem",
    "SheetReader",
    "Text",
    "cell_problem",
    "match_sheets",
    "missing_sheets",
    "open_book",
    "read_sheet",
    "refused_book",
    "row_problem",
    "template_book",
    "unread_sheets",
    "write_book",
]
