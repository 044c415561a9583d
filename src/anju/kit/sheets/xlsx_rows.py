"""The rows of one sheet of an .xlsx file, told from the events of its XML."""

from __future__ import annotations

import datetime
from decimal import Context, Decimal, InvalidOperation, Overflow

from anju.kit.sheets.safety import LONGEST_COLUMN, MOST_DEPTH, LocalNames, damaged
from anju.kit.sheets.values import EPOCH, Cell, CellFault

# Spreadsheets allow 32,767 characters a cell; text arrives in pieces of 64 kB.
_MOST_PIECES = 8
_MOST_DIGITS = 8  # of the number of a row
_LARGEST_EXPONENT = 308  # of a number that a spreadsheet can hold; written out, a larger one could fill the memory
_SIGNIFICANT = Context(prec=15)


def column_index(letters: str) -> int:
    """Return the position of a column from its letters: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


class RowSink:
    """Takes the events; ``rows`` are those that are complete: number (from 1) and cells by position (from 0)."""

    def __init__(self, strings: list[str], date_styles: frozenset[str], epoch_1904: bool) -> None:
        self.rows: list[tuple[int, dict[int, Cell]]] = []
        self._strings = strings
        self._date_styles = date_styles
        self._epoch = datetime.datetime.combine(datetime.date(1904, 1, 1) if epoch_1904 else EPOCH, datetime.time())
        self._row = 0
        self._column = -1
        self._cells: dict[int, Cell] = {}
        self._attributes: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._pieces: list[str] | None = None
        self._value = ""
        self._formula: str | None = None
        self._phonetic = False
        self._names = LocalNames()
        self._depth = 0  # counted here, and not by the names: this is done at every tag of a million rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise damaged()
        name = self._names[name]
        if name == "c":
            self._attributes = attributes
            self._value, self._formula = "", None
            letters = attributes.get("r", "").rstrip("0123456789")
            if letters:
                column = self._columns.get(letters)
                if column is None:
                    if len(letters) > LONGEST_COLUMN:
                        raise damaged()
                    column = self._columns[letters] = column_index(letters.upper())
                self._column = column
            else:
                self._column += 1
        elif name in ("v", "f") or (name == "t" and not self._phonetic):
            self._pieces = []
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() and len(number) < _MOST_DIGITS else self._row + 1
            self._column = -1
            self._cells = {}
        elif name == "rPh":
            self._phonetic = True

    def characters(self, data: str) -> None:
        if self._pieces is not None:
            if len(self._pieces) >= _MOST_PIECES:
                raise damaged()
            self._pieces.append(data)

    def end(self, name: str) -> None:
        self._depth -= 1
        name = self._names[name]
        if name == "c":
            cell = self._cell()
            if cell is not None:
                self._cells[self._column] = cell
        elif name == "f":
            self._formula = "".join(self._pieces or ())
            self._pieces = None
        elif name in ("v", "t"):
            if self._pieces is not None:
                self._value += "".join(self._pieces)
            self._pieces = None
        elif name == "row":
            if self._cells:
                self.rows.append((self._row, self._cells))
        elif name == "rPh":
            self._phonetic = False

    def _cell(self) -> Cell:
        value = self._value
        kind = self._attributes.get("t", "n")
        if not value:
            # A formula whose result is an empty text is stored as such (t="str"); any other lacks its result.
            return CellFault(f"={self._formula or ''}") if self._formula is not None and kind != "str" else None
        if kind == "s":
            try:
                return self._strings[int(value)] or None
            except (ValueError, IndexError):
                raise damaged() from None
        if kind == "n":
            return self._number(value)
        if kind == "e":
            return CellFault(value)
        if kind == "b":
            return value.strip() in ("1", "true")
        if kind == "d":
            try:
                return datetime.datetime.fromisoformat(value.strip()).replace(tzinfo=None)
            except ValueError:
                return value
        return value

    def _number(self, text: str) -> Cell:
        try:
            # Files carry 17 digits of a binary number; 15 are what the spreadsheet shows and what was typed.
            number = _SIGNIFICANT.create_decimal(text) if "." in text or "E" in text or "e" in text else Decimal(text)
        except (InvalidOperation, Overflow):
            return text
        if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
            return text
        if self._attributes.get("s", "") in self._date_styles and 0 <= number < 2_958_466:
            moment = self._epoch + datetime.timedelta(seconds=round(float(number) * 86_400))
            return moment.time() if number < 1 else moment
        return number
