"""Reading one table: finds the header, walks the rows, and gathers values and problems."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.kit.chinese import normalise
from anju.kit.sheets.book import Book, Sheet
from anju.kit.sheets.layout import Column, Layout, bare_title, in_every_language, title_key
from anju.kit.sheets.problems import CellError, Problem, cell_problem, row_problem
from anju.kit.sheets.values import Cell, CellFault, shown

HEADER_SEARCH_ROWS = 20
EXPLANATIONS = _("Explanations")
"""The name of the first sheet of a template."""
PROBLEM = _("What is wrong")
"""The last column of a workbook of refused rows."""
# Words with which people begin the notes and totals that they put below a table.
_NOTE = re.compile(
    r"(说明|注意|注[::]|备注|填表|制表|填写|合计|总计|小计|共计|notes?\b|total\b|remarks?\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data: ``values`` by column key (``None`` where empty), ``cells`` as they stood.

    An import appends what it finds wrong itself to ``problems``, so that the workbook of refused rows shows it.
    """

    number: int
    values: dict[str, Any]
    cells: dict[str, Cell]
    problems: list[Problem] = field(default_factory=list)

    @property
    def raw(self) -> dict[str, str]:
        """The cells as the file shows them."""
        return {key: shown(cell) for key, cell in self.cells.items()}


@dataclass(slots=True)
class ReadResult:
    """A table read whole: good ``rows``, ``refused`` rows, and all ``problems`` (those of the sheet itself first)."""

    sheet: str
    rows: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class SheetReader:
    """Iterates over the rows of one sheet under a layout, holding one row at a time.

    The header is the row among the first twenty that holds the most declared titles, in any order of columns. Columns
    that are not declared (``unread`` has their titles), rows without a value in a declared column, and notes below the
    data are passed over. Where a required title is missing, ``problems`` says so and there are no rows. ``titles`` says
    how the file itself calls each column, for messages that somebody reads beside it.
    """

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet = sheet
        self.layout = layout
        self.problems: list[Problem] = []
        self.header_row, self.positions, cells = find_header(sheet, layout)
        self.titles = {
            column.key: _title_in(cells.get(self.positions.get(column.key, -1)), column) for column in layout.columns
        }
        self.unread = _unread(cells, set(self.positions.values()), layout)
        missing = [column for column in layout.required if column.key not in self.positions]
        if not self.positions:
            message = format_lazy(
                _("Sheet “{sheet}” has no header row. One of its first rows should hold the titles {titles}."),
                sheet=sheet.name,
                titles="、".join(column.title for column in (layout.required or layout.columns)),
            )
            self.problems.append(Problem("sheet.no_header", sheet.name, 0, "", "", message))
        else:
            self.problems.extend(self._missing(column) for column in missing)

    @property
    def layout_as_read(self) -> Layout:
        """The layout with the names that the file itself uses, for what is given back to whoever made it."""
        columns = (replace(column, titles=(self.titles[column.key], *column.titles)) for column in self.layout.columns)
        return replace(self.layout, sheet_titles=(self.sheet.name, *self.layout.sheet_titles), columns=tuple(columns))

    def _missing(self, column: Column) -> Problem:
        return row_problem(
            "sheet.missing_column",
            sheet=self.sheet.name,
            row=self.header_row,
            column=column.title,
            message=format_lazy(_("The column “{column}” is missing. Please add it."), column=column.title),
        )

    def __iter__(self) -> Iterator[Row]:
        if self.problems:
            return
        columns = [
            (column, self.positions[column.key]) for column in self.layout.columns if column.key in self.positions
        ]
        merges = _Merges(self.sheet, {position: column for column, position in columns})
        memories: list[_Memory] = [{} for _column in columns]
        nothing = dict.fromkeys(column.key for column in self.layout.columns)
        for number, cells in self.sheet.rows():
            merges.see(number, cells)
            if number <= self.header_row or not any(_is_filled(cells.get(position)) for _column, position in columns):
                continue
            if self._is_note(cells, columns):
                continue
            row = Row(number, dict(nothing), {})
            self._fill(row, cells, columns, merges, memories)
            yield row

    def _is_note(self, cells: dict[int, Cell], columns: Sequence[tuple[Column, int]]) -> bool:
        """Say whether a row is a note or a total: it opens like one and lacks what a row of data must have."""
        if not any(column.required and not _is_filled(cells.get(position)) for column, position in columns):
            return False
        # A running number or a total may open the row in a column that is not ours; notes beside the table may not.
        last = max(position for _column, position in columns if _is_filled(cells.get(position)))
        filled = (cells[position] for position in sorted(cells) if position <= last and _is_filled(cells[position]))
        first = next((cell for cell in filled if isinstance(cell, str)), "")
        return bool(_NOTE.match(title_key(first)) or _NOTE.match(first.strip()))

    def _fill(
        self,
        row: Row,
        cells: dict[int, Cell],
        columns: Sequence[tuple[Column, int]],
        merges: _Merges,
        memories: Sequence[_Memory],
    ) -> None:
        for (column, position), memory in zip(columns, memories, strict=True):
            cell = cells.get(position)
            if cell is None:
                cell = merges.value(row.number, position)
            row.cells[column.key] = cell
            try:
                if cell is None and merges.hides(row.number, position):
                    raise CellError(
                        "merged_cells",
                        _("The cell is merged with the one above. Please undo the merge and fill in each row."),
                    )
                row.values[column.key] = _convert_once(column, cell, memory)
            except CellError as problem:
                row.problems.append(
                    cell_problem(
                        problem.code,
                        sheet=self.sheet.name,
                        row=row.number,
                        column=self.titles[column.key],
                        value=shown(cell),
                        message=problem.message,
                        personal=column.personal,
                    )
                )


_Memory = dict[tuple[type, Cell], Any]
_REMEMBERED = 4_096


def _convert_once(column: Column, cell: Cell, memory: _Memory) -> Any:
    """As :func:`_convert`, but what stands in a column again and again (a date, a kind) is understood only once."""
    key = (type(cell), cell)  # with the type, for 1 and True are equal
    try:
        return memory[key]
    except KeyError:
        value = _convert(column, cell)
        if len(memory) < _REMEMBERED:
            memory[key] = value
        return value


def _convert(column: Column, cell: Cell) -> Any:
    empty = not _is_filled(cell)
    if not empty and column.empty and not isinstance(cell, CellFault):
        empty = shown(cell).strip() in column.empty
    if not empty:
        return column.type.convert(cell)
    if column.required:
        raise CellError("required", _("The cell is empty. Please fill it in."))
    return None


class _Merges:
    """The merged ranges of a sheet that reach over several rows, and the values they stand for."""

    def __init__(self, sheet: Sheet, columns: dict[int, Column]) -> None:
        self._columns = columns
        # By first row: position, the column that holds the value of the range, last row.
        self._opening: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self._open: dict[int, tuple[int, Cell]] = {}
        for top, left, bottom, right in sheet.merged_ranges():
            if bottom > top:
                self._opening[top].extend((position, left, bottom) for position in columns if left <= position <= right)

    def see(self, number: int, cells: dict[int, Cell]) -> None:
        """Note the values of the merged ranges that begin in this row."""
        for position, left, bottom in self._opening.pop(number, ()):
            self._open[position] = (bottom, cells.get(left))

    def hides(self, number: int, position: int) -> bool:
        """Say whether a cell lies below the first of a merged range whose value must not be repeated."""
        bottom, value = self._open.get(position, (0, None))
        return number <= bottom and value is not None and not self._columns[position].type.merges

    def value(self, number: int, position: int) -> Cell:
        """Return the value that a merged range lends to this cell, if any."""
        bottom, value = self._open.get(position, (0, None))
        return value if number <= bottom and self._columns[position].type.merges else None


class Header(NamedTuple):
    """The number of the header row, the position of each column found, and all cells of the row."""

    row: int
    positions: dict[str, int]
    cells: dict[int, Cell]


_NO_HEADER = Header(0, {}, {})


def _is_filled(cell: Cell) -> bool:
    """Say whether a cell holds more than blanks, which people leave behind and which nobody sees."""
    return cell is not None and not (isinstance(cell, str) and not normalise(cell))


def _title_in(cell: Cell, column: Column) -> str:
    """How the file calls a column, without the notes in brackets; a column that it lacks by our own title."""
    return bare_title(cell) or column.title if isinstance(cell, str) else column.title


def _unread(cells: Mapping[int, Cell], taken: set[int], layout: Layout) -> list[str]:
    """The titles of columns that are not declared; notes beside the table and running numbers have none."""
    passed_over = {title_key(title) for title in (*layout.passed_over, *in_every_language(PROBLEM), "序号", "行号")}
    titles = [
        bare_title(cell)
        for position, cell in sorted(cells.items())
        if position not in taken and isinstance(cell, str) and not _NOTE.match(normalise(cell))
    ]
    return [title for title in titles if title and title_key(title) not in passed_over]


def find_header(sheet: Sheet, layout: Layout) -> Header:
    """Find the header row; row 0 without any positions where there is none."""
    best = _NO_HEADER
    best_rank = (0, 0)
    for number, cells in islice(sheet.rows(), HEADER_SEARCH_ROWS):
        if number > 2 * HEADER_SEARCH_ROWS:
            break
        found = layout.locate(cells)
        rank = (sum(column.key in found for column in layout.required), len(found))
        if rank > best_rank:
            best, best_rank = Header(number, found, cells), rank
    # One title alone is more likely a word in a note, unless it is all that a row must have.
    complete = 0 < len(layout.required) == best_rank[0]
    return best if complete or best_rank[1] >= min(2, len(layout.columns)) else _NO_HEADER


def match_sheets(book: Book, layouts: Sequence[Layout]) -> dict[str, Sheet]:
    """Return the sheet of each layout by its key: by the sheet's name, else by its header, each sheet once.

    A layout whose sheet is not there is absent from the answer; ``missing_sheets`` turns that into problems.
    """
    matched: dict[str, Sheet] = {}
    sheets = [sheet for sheet in book.sheets if not _is_explanation(sheet)]
    names = {
        layout.key: {title_key(said) for title in layout.sheet_titles for said in in_every_language(title)}
        for layout in layouts
    }
    for layout in layouts:
        for sheet in sheets:
            if title_key(sheet.name) in names[layout.key] and sheet not in matched.values():
                matched[layout.key] = sheet
                break
    candidates = [
        (len(found), layout, sheet)
        for layout in layouts
        if layout.key not in matched
        for sheet in sheets
        if sheet not in matched.values()
        for found in [find_header(sheet, layout).positions]
        if _is_recognised(found, layout)
    ]
    for _score, layout, sheet in sorted(candidates, key=lambda candidate: -candidate[0]):
        if layout.key not in matched and sheet not in matched.values():
            matched[layout.key] = sheet
    return matched


def _is_recognised(found: Mapping[str, int], layout: Layout) -> bool:
    """Say whether a header with these columns is that of ``layout``, whatever the sheet is called."""
    return len(found) >= min(2, len(layout.columns)) and all(column.key in found for column in layout.required)


def _is_explanation(sheet: Sheet) -> bool:
    """Say whether a sheet is the first one of a template, which speaks of our titles and so looks like a table."""
    return title_key(sheet.name) in {title_key(said) for said in in_every_language(EXPLANATIONS)}


def unread_sheets(book: Book, layouts: Sequence[Layout], matched: Mapping[str, Sheet]) -> list[str | Promise]:
    """Say of each sheet that looks like one of ours and is not read why that is: it is hidden, or one too many."""
    names = {
        title_key(said) for layout in layouts for title in layout.sheet_titles for said in in_every_language(title)
    }
    said: list[str | Promise] = [
        format_lazy(
            _("Sheet “{sheet}” is hidden and was not read. Unhide it if it belongs to the workbook."), sheet=name
        )
        for name in book.hidden
        if title_key(name) in names
    ]
    for sheet in book.sheets:
        if sheet in matched.values() or _is_explanation(sheet):
            continue
        alike = [
            (len(found), layout.key)
            for layout in layouts
            if layout.key in matched
            for found in [find_header(sheet, layout).positions]
            if _is_recognised(found, layout)
        ]
        if alike:
            message = _("Sheet “{sheet}” was not read: “{other}” holds the same. Put their rows on one sheet.")
            said.append(format_lazy(message, sheet=sheet.name, other=matched[max(alike)[1]].name))
    return said


def missing_sheets(layouts: Sequence[Layout], matched: dict[str, Sheet]) -> list[Problem]:
    """Return a problem for each layout that must be in the workbook and is not."""
    return [
        Problem(
            "sheet.missing",
            layout.title,
            0,
            "",
            "",
            format_lazy(
                _("The workbook has no sheet “{sheet}”. Please add it, with the titles {titles} in its first row."),
                sheet=layout.title,
                titles="、".join(column.title for column in (layout.required or layout.columns)),
            ),
        )
        for layout in layouts
        if not layout.optional and layout.key not in matched
    ]


def read_sheet(sheet: Sheet, layout: Layout) -> ReadResult:
    """Read a whole table into memory. For large files iterate over a ``SheetReader`` instead."""
    reader = SheetReader(sheet, layout)
    result = ReadResult(sheet.name, problems=list(reader.problems))
    for row in reader:
        (result.refused if row.problems else result.rows).append(row)
        result.problems.extend(row.problems)
    return result
