"""Reads one old .xls file from standard input and writes what it holds to standard output, line by line as JSON.

It runs as a process of its own, started by its path and knowing nothing of the rest: a few wrong bytes let the library
ask for all memory there is, and take the process with it that asks. Lines: the sheets as [name, visible] each; then for
each visible sheet one with its merged ranges, one for each row ([number, [[column, cell], …]]), and an empty one. The
arguments are the most bytes of memory and the most seconds that it may take.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import sys
from typing import Any

import python_calamine


def cell_of(value: Any) -> Any:
    """A cell as JSON: texts and truth as they are, numbers, moments and times with what they are before them."""
    match value:
        case bool() | str():
            return value
        case int() | float():
            return ["n", repr(value)]
        case datetime.datetime():
            return ["d", value.isoformat()]
        case datetime.date():
            return ["d", datetime.datetime.combine(value, datetime.time()).isoformat()]
        case datetime.time():
            return ["t", value.isoformat()]
        case _:
            return str(value)


def tell(line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


def main() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # where the system knows no such limits
        import resource

        memory, seconds = map(int, sys.argv[1:])
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = [
        (sheet.name, sheet.visible == python_calamine.SheetVisibleEnum.Visible)
        for sheet in book.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    tell(sheets)
    for name, visible in sheets:
        if not visible:
            continue
        sheet = book.get_sheet_by_name(name)
        first_column = sheet.start[1] if sheet.start else 0
        tell([[*start, *end] for start, end in sheet.merged_cell_ranges or []])
        for number, row in enumerate(sheet.iter_rows(), 1):
            cells = [
                (position, cell_of(value))
                for position, value in enumerate(row, first_column)
                if value is not None and value != ""
            ]
            if cells:
                tell([number, cells])
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
