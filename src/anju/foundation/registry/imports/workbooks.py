"""The workbooks that can be imported: recognised, read, offered as a template, and given back to correct."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.imports import hc, hc_layouts, register, register_layouts
from anju.foundation.registry.imports.dataset import Dataset
from anju.foundation.registry.imports.judge import judge
from anju.foundation.registry.models import ImportBatch
from anju.kit.errors import Refusal
from anju.kit.sheets import Book, Layout, Row, SheetReader, match_sheets, open_book, refused_book, template_book
from anju.kit.sheets.book import Source

MOST_ROWS = 200_000
"""Rows of one sheet; more are refused with the advice to split the file, for everything is checked in memory."""

EXPLANATION = (
    _("Fill in the sheets that you need; the others may stay empty or be deleted. Columns may stand in any order."),
    _("Green titles must be filled in. What is on the register is changed only where the workbook says otherwise."),
    _("Empty cells change nothing, and importing a workbook twice changes nothing."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Workbook:
    """One kind of workbook: its sheets and how it is read."""

    label: str | Promise
    layouts: tuple[Layout, ...]
    read: Callable[[Book], Dataset]
    companions: dict[str, dict[str, str]] = field(default_factory=dict)
    """What refused rows of a sheet can't be read without: other sheets, and by which column their rows belong to it.

    Without a column, the whole sheet goes along.
    """


KINDS: dict[str, str | Promise] = {
    "building": _("buildings"),
    "entrance": _("entrances"),
    "unit": _("units"),
    "party": _("customers"),
    "ownership": _("ownerships"),
    "occupancy": _("occupancies"),
    "car_park": _("car parks"),
    "parking_zone": _("parking zones"),
    "parking_space": _("parking spaces"),
    "vehicle": _("vehicles"),
    "fee_item": _("fee items"),
    "tariff": _("tariffs"),
    "recurring_charge": _("regular charges"),
}
"""What a workbook can bring, as people call it."""

WORKBOOKS = {
    "register": Workbook(_("Our workbook"), register_layouts.LAYOUTS, register.read),
    "hc": Workbook(
        _("HC小区 take-over workbook"), hc_layouts.LAYOUTS, hc.read, {"hc_units": {"hc_fees": "", "hc_owners": "owner"}}
    ),
}


def read_dataset(layout: str, source: Source, filename: str = "") -> Dataset:
    """Read a workbook of a known kind. Raises ``SheetProblem``, or Refusal ``unknown_layout``."""
    workbook = WORKBOOKS[layout]
    with open_book(source, filename=filename, most_rows=MOST_ROWS) as book:
        sheets = match_sheets(book, workbook.layouts)
        if not sheets:
            raise _unknown()
        for sheet in sheets.values():
            sheet.refuse_length()
        return workbook.read(book)


def recognise(source: Source, filename: str = "") -> str:
    """Which kind of workbook a file is: the one most of whose sheets and titles are found in it.

    Raises ``SheetProblem`` when it is no workbook, Refusal ``unknown_layout`` when no sheet of it is known.
    """
    with open_book(_kept_open(source), filename=filename, most_rows=MOST_ROWS) as book:
        scores = {key: _score(book, workbook.layouts) for key, workbook in WORKBOOKS.items()}
    best = max(scores, key=lambda key: scores[key])
    if not scores[best]:
        raise _unknown()
    return best


def _score(book: Book, layouts: tuple[Layout, ...]) -> int:
    """How many columns of the layouts the book has."""
    by_key = {layout.key: layout for layout in layouts}
    return sum(len(SheetReader(sheet, by_key[key]).positions) for key, sheet in match_sheets(book, layouts).items())


def _kept_open(source: Source) -> Source:
    """An uploaded file to be opened beside the one that is still to be saved; a large one lies on the disk."""
    if hasattr(source, "temporary_file_path"):
        return str(source.temporary_file_path())
    return source.read() if hasattr(source, "read") else source


def _unknown() -> Refusal:
    return Refusal(
        "unknown_layout",
        _("None of the sheets is known. Use the template, or a take-over workbook of HC小区 with its own titles."),
        "file",
    )


def template() -> bytes:
    """Our own workbook, empty, with a first sheet that explains every column."""
    return template_book(register_layouts.LAYOUTS, EXPLANATION)


def refused_workbook(batch: ImportBatch) -> bytes:
    """The refused rows of a batch as they stood in the file, each with what is wrong, to correct and upload again.

    The file is read and checked anew, so that rows which have become good since are left out.
    """
    workbook = WORKBOOKS[batch.layout]
    with batch.file.open("rb") as file:
        content = file.read()
    data = read_dataset(batch.layout, content, batch.name)
    judge(data, batch.estate)
    with open_book(content, filename=batch.name, most_rows=MOST_ROWS) as book:
        sheets = match_sheets(book, workbook.layouts)
        readers = [SheetReader(sheets[layout.key], layout) for layout in workbook.layouts if layout.key in sheets]
        rows = {reader.layout.key: list(_refused(reader, data)) for reader in readers}
        for key, others in workbook.companions.items():
            _add_companions(rows, rows.get(key, []), others, readers)
        found = [(reader.layout_as_read, rows[reader.layout.key]) for reader in readers]
    return refused_book([(layout, rows) for layout, rows in found if rows] or [(workbook.layouts[0], ())])


def _add_companions(
    rows: dict[str, list[Row]], refused: list[Row], others: dict[str, str], readers: list[SheetReader]
) -> None:
    """Put rows beside the refused ones that are good themselves, and without which these would say less."""
    for reader in readers:
        column = others.get(reader.layout.key)
        if column is None or not refused:
            continue
        wanted = {row.values.get(column) for row in refused}
        present = {row.number for row in rows[reader.layout.key]}
        more = [
            row
            for row in reader
            if row.number not in present and not row.problems and (not column or row.values[column] in wanted)
        ]
        rows[reader.layout.key] = sorted(rows[reader.layout.key] + more, key=lambda row: row.number)


def _refused(reader: SheetReader, data: Dataset) -> Iterator[Row]:
    problems: dict[int, list] = {}
    for problem in data.errors:
        if problem.sheet == reader.sheet.name:
            problems.setdefault(problem.row, []).append(problem)
    for row in reader:
        if row.number in problems:
            row.problems[:] = problems[row.number]
            yield row
