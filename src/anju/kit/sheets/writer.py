"""Writing workbooks: templates to fill in, rows to correct, lists to take away."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from anju.kit.sheets.layout import (
    Boolean,
    Choice,
    Column,
    Date,
    Integer,
    Layout,
    Number,
    Text,
    bare_title_key,
    in_every_language,
)
from anju.kit.sheets.reader import EXPLANATIONS, PROBLEM, Row
from anju.kit.sheets.values import FIRST_UNSAFE

# Excel refuses longer lists in a drop-down and longer sheet names.
_LONGEST_LIST = 255
_LONGEST_NAME = 31
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_TEMPLATE_ROWS = 5_000
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(slots=True)
class SheetOut:
    """A sheet to be written: rows are sequences in the order of ``columns``, taken one at a time.

    ``notes`` stand above the table. ``drop_downs`` offers the choices of the columns below the header.
    ``problems_last`` shows the last column in red.
    """

    title: str | Promise
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]] = ()
    notes: Sequence[str | Promise] = ()
    drop_downs: bool = False
    problems_last: bool = False


@dataclass(slots=True)
class _Styles:
    header: Format
    required: Format
    note: Format
    text: Format
    wrapped: Format
    problem: Format
    date: Format
    numbers: dict[int, Format] = field(default_factory=dict)


def write_book(sheets: Sequence[SheetOut], to: IO[bytes] | str | None = None) -> bytes:
    """Write a workbook and return its bytes, or write it to a path or file and return ``b""``.

    Memory does not grow with the number of rows. Text that begins like a formula stays text, also after it has been
    edited in the spreadsheet.
    """
    buffer = io.BytesIO() if to is None else to
    book = xlsxwriter.Workbook(
        buffer,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    styles = _make_styles(book)
    names: set[str] = set()
    for sheet in sheets:
        _write_sheet(book.add_worksheet(_sheet_name(str(sheet.title), names)), sheet, styles)
    book.close()
    return buffer.getvalue() if isinstance(buffer, io.BytesIO) and to is None else b""


def template_book(layouts: Sequence[Layout], explanation: Sequence[str | Promise] = ()) -> bytes:
    """Write an empty workbook to fill in: a first sheet that explains every column, then one sheet for each layout."""
    explain = (
        Column("sheet", (_("Sheet"),), width=16),
        Column("column", (_("Column"),), width=20),
        Column("required", (_("Required"),), width=10),
        Column("content", (_("What to enter"),), width=56),
        Column("example", (_("Example"),), width=22),
    )
    rows = [
        (
            layout.title,
            column.title,
            _("yes") if column.required else "",
            _explain(column),
            _example_text(column.example),
        )
        for layout in layouts
        for column in layout.columns
    ]
    first = SheetOut(EXPLANATIONS, explain, rows, notes=explanation)
    return write_book([first, *(SheetOut(layout.title, layout.columns, drop_downs=True) for layout in layouts)])


def refused_book(refused: Sequence[tuple[Layout, Iterable[Row]]]) -> bytes:
    """Write the refused rows as they stood in the file, with what is wrong beside each, to correct and upload again."""
    reason = Column("problem", (PROBLEM,), width=70)
    return write_book(
        [
            SheetOut(layout.title, (*layout.columns, reason), _refused_rows(layout, rows), problems_last=True)
            for layout, rows in refused
        ]
    )


def _refused_rows(layout: Layout, rows: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    """The cells as they stood, and last what is wrong with them."""
    for row in rows:
        cells = [row.raw.get(column.key, "") for column in layout.columns]
        yield (*cells, "\n".join(str(problem.message) for problem in row.problems))


def _make_styles(book: xlsxwriter.Workbook) -> _Styles:
    font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
    head = {**font, "bold": True, "font_color": "#FFFFFF", "valign": "vcenter", "text_wrap": True, "border": 1}
    head["border_color"] = "#D5DDDB"
    return _Styles(
        header=book.add_format({**head, "bg_color": "#5B6B68"}),
        required=book.add_format({**head, "bg_color": "#0B6B5D"}),
        note=book.add_format({**font, "font_color": "#5B6B68", "text_wrap": True}),
        # The quote prefix keeps a text text when somebody edits the cell; "@" does so for what is typed anew.
        text=book.add_format({**font, "num_format": "@"}),
        wrapped=book.add_format({**font, "text_wrap": True}),
        problem=book.add_format({**font, "font_color": "#B42318", "text_wrap": True}),
        date=book.add_format({**font, "num_format": "yyyy-mm-dd", "align": "left"}),
        numbers={
            places: book.add_format({**font, "num_format": "#,##0" + ("." + "0" * places if places else "")})
            for places in range(7)
        },
    )


def _write_sheet(page: Worksheet, sheet: SheetOut, styles: _Styles) -> None:
    for position, column in enumerate(sheet.columns):
        page.set_column(position, position, column.width or _width(column), _column_format(column, styles))
    line = 0
    for note in sheet.notes:
        page.set_row(line, None)
        page.write_string(line, 0, str(note), styles.note)
        line += 1
    page.set_row(line, 30)
    for position, column in enumerate(sheet.columns):
        page.write_string(line, position, column.title, styles.required if column.required else styles.header)
    page.freeze_panes(line + 1, 0)
    header = line
    last = len(sheet.columns) - 1
    for row in sheet.rows:
        line += 1
        for position, value in enumerate(row):
            problem = sheet.problems_last and position == last
            _write_cell(page, line, position, value, sheet.columns[position], styles, problem)
    if line > header:
        page.autofilter(header, 0, line, last)
    if sheet.drop_downs:
        _add_drop_downs(page, sheet, header + 1)


def _write_cell(
    page: Worksheet, line: int, position: int, value: Any, column: Column, styles: _Styles, problem: bool
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        page.write_datetime(line, position, value.replace(tzinfo=None), styles.date)
    elif isinstance(value, datetime.date):
        page.write_datetime(line, position, datetime.datetime.combine(value, datetime.time()), styles.date)
    elif isinstance(value, int | Decimal) and -FIRST_UNSAFE < Decimal(value) < FIRST_UNSAFE:
        places = column.type.places if isinstance(column.type, Number) else 0 if value == int(value) else 2
        page.write_number(line, position, float(value), styles.numbers[min(places, 6)])
    else:
        text = str(value)
        style = styles.problem if problem else styles.wrapped if "\n" in text else styles.text
        # A string cell is never calculated; the text format also keeps it so once it is edited in the spreadsheet.
        page.write_string(line, position, text[:32_767], styles.text if text.startswith(_FORMULA_SIGNS) else style)


def _column_format(column: Column, styles: _Styles) -> Format:
    """Empty cells carry the format of their column, so that a room 3-1 typed into a template does not become a date."""
    match column.type:
        case Date():
            return styles.date
        case Number():
            return styles.numbers[min(column.type.places, 6)]
        case Integer():
            return styles.numbers[0]
        case _:
            return styles.text


def _width(column: Column) -> int:
    wide = sum(2 if ord(character) > 0x2E80 else 1 for character in column.title)
    return min(max(wide + 4, 14 if isinstance(column.type, Text | Date) else 10), 40)


def _add_drop_downs(page: Worksheet, sheet: SheetOut, first: int) -> None:
    for position, column in enumerate(sheet.columns):
        match column.type:
            case Choice():
                labels = column.type.labels
            case Boolean():
                labels = ["是", "否"]
            case _:
                continue
        if len(",".join(labels)) <= _LONGEST_LIST and not any("," in label for label in labels):
            page.data_validation(
                first,
                position,
                first + _TEMPLATE_ROWS,
                position,
                {
                    "validate": "list",
                    "source": labels,
                    "error_title": column.title[:32],
                    "error_message": _("Please choose one of the values in the list."),
                },
            )


def _explain(column: Column) -> str:
    parts = [str(column.help)] if column.help else []
    match column.type:
        case Choice():
            parts.append(_("One of: %(choices)s.") % {"choices": column.type})
        case Boolean():
            parts.append(_("是 (yes) or 否 (no)."))
        case Date():
            parts.append(_("A date such as 2026-11-21."))
        case Integer():
            parts.append(_("A whole number."))
        case Number():
            parts.append(_("A number with at most %(places)s decimals.") % {"places": column.type.places})
    same = {bare_title_key(said) for said in in_every_language(column.titles[0])}
    # Titles in another script are for workbooks made in another language; here they would only puzzle.
    aliases = [
        str(title)
        for title in column.titles[1:]
        if bare_title_key(str(title)) not in same and str(title).isascii() == column.title.isascii()
    ]
    if aliases:
        parts.append(_("The title may also be: %(titles)s.") % {"titles": "、".join(aliases)})
    return "\n".join(parts)


def _example_text(example: Any) -> str:
    return example.isoformat() if isinstance(example, datetime.date) else str(example)


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name that Excel accepts and that no other sheet of the book has."""
    base = _FORBIDDEN_IN_NAMES.sub(" ", title).strip("' ")[:_LONGEST_NAME] or "Sheet"
    name = base
    number = 2
    while name.casefold() in taken:
        suffix = f" {number}"
        name = base[: _LONGEST_NAME - len(suffix)] + suffix
        number += 1
    taken.add(name.casefold())
    return name
