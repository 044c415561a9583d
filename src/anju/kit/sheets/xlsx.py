"""Streaming reader of .xlsx files: one row in memory at a time, and every cell as the file states it.

The usual libraries hold a sheet as one dense block (a million rows of twelve columns cost a gigabyte, one stray cell at
the lower right corner far more) and turn errors and formulas without a result into empty cells. An import may accept
neither, so the XML of a sheet is read here as it comes out of the archive.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from decimal import Context, Decimal, InvalidOperation, Overflow
from functools import cached_property
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from anju.kit.sheets.problems import SheetProblem
from anju.kit.sheets.safety import (
    LARGEST_DIRECTORY,
    LARGEST_PART,
    LARGEST_SHEET,
    LARGEST_STRINGS,
    LARGEST_TREE,
    LONGEST_COLUMN,
    LONGEST_TOKEN,
    MOST_DEPTH,
    MOST_MERGES,
    MOST_STRINGS,
    MOST_STYLES,
    LocalNames,
    damaged,
    directory_size,
    make_parser,
    password_protected,
    too_large,
)
from anju.kit.sheets.values import EPOCH, Cell, CellFault

CHUNK = 1 << 18
# Spreadsheets allow 32,767 characters a cell; text arrives in pieces of 64 kB.
_MOST_PIECES = 8

_MOST_DIGITS = 8  # of the number of a row
_LARGEST_EXPONENT = 308  # of a number that a spreadsheet can hold; written out, a larger one could fill the memory
_SIGNIFICANT = Context(prec=15)
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_FORMAT_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_MERGE = re.compile(rb"mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_FILLED = re.compile(rb"<(?:\w+:)?[vt](?:\s[^>]*)?>[^<]")
_EMPTY_STRING = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?(?:/>|></)")
_SHORTEST_ROW = len("<row><c><v>1</v></c></row>")
_END_OF_ROW = b"</row>"
_END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData\s*>|<(?:\w+:)?sheetData\s*/>")
_RELATIONSHIP_ID = re.compile(r"\{[^}]*relationships\}id$")

MergedRange = tuple[int, int, int, int]
"""First row, first column, last row, last column of a merged range; rows from 1, columns from 0."""


def column_index(letters: str) -> int:
    """Return the position of a column from its letters: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


class XlsxArchive:
    """The parts of one .xlsx file. Raises ``SheetProblem`` where the archive is not a workbook or is damaged."""

    def __init__(self, file: IO[bytes]) -> None:
        if directory_size(file) > LARGEST_DIRECTORY:
            raise too_large()
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise damaged() from error
        self._parts = {info.filename.lstrip("/").lower(): info for info in self._zip.infolist()}
        if "xl/workbook.xml" not in self._parts:
            code = "sheet.not_a_workbook"
            raise SheetProblem(
                code, _("This file is not an Excel workbook. Please save it as .xlsx and upload it again.")
            )
        self._workbook = self._tree("xl/workbook.xml")
        self._epoch_1904 = any(
            element.get("date1904") in ("1", "true")
            for element in self._workbook.iter()
            if _local(element) == "workbookPr"
        )
        self.sheets = list(self._list_sheets())

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def _list_sheets(self) -> Iterator[tuple[str, str, bool]]:
        """Yield name, part and visibility of each worksheet, in the order of the tabs."""
        targets = {
            element.get("Id"): element.get("Target", "")
            for element in self._tree("xl/_rels/workbook.xml.rels").iter()
            if _local(element) == "Relationship"
        }
        for element in self._workbook.iter():
            if _local(element) != "sheet":
                continue
            relation = next((value for name, value in element.items() if _RELATIONSHIP_ID.search(name)), None)
            target = targets.get(relation, "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part.lower() in self._parts and "chartsheet" not in part and "dialogsheet" not in part:
                yield element.get("name", ""), part, element.get("state", "visible") == "visible"

    def _open(self, part: str, limit: int) -> IO[bytes]:
        info = self._parts[part.lower()]
        if info.file_size > limit:
            raise too_large()
        if info.flag_bits & 1:
            raise password_protected()
        return self._zip.open(info)

    def _chunks(self, part: str, limit: int) -> Iterator[bytes]:
        try:
            with self._open(part, limit) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
            raise damaged() from error
        except Exception as error:
            # zlib.error has no public base class of its own.
            if type(error).__module__ == "zlib":
                raise damaged() from error
            raise

    def _tree(self, part: str) -> ElementTree.Element:
        if part not in self._parts:
            return ElementTree.Element("absent")
        text = b"".join(self._chunks(part, LARGEST_TREE))
        if b"<!DOCTYPE" in text:
            raise damaged()
        try:
            return ElementTree.fromstring(text)  # noqa: S314 - document types are refused above
        except ElementTree.ParseError as error:
            raise damaged() from error

    @cached_property
    def _date_styles(self) -> frozenset[str]:
        """The style numbers under which a number is shown as a date or time."""
        formats: dict[str, str] = {}
        formats_of_cells: list[str] = []
        names = LocalNames()
        within = ""

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal within
            name = names.enter(name)
            if name in ("cellXfs", "cellStyleXfs"):
                within = name
            elif name == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "xf" and within == "cellXfs":
                formats_of_cells.append(attributes.get("numFmtId", "0"))
            if len(formats) + len(formats_of_cells) > MOST_STYLES:
                raise too_large()

        parser = make_parser(start, names.leave, lambda _text: None)
        if "xl/styles.xml" in self._parts:
            for _step in self._parse(parser, "xl/styles.xml", LARGEST_PART):
                pass
        return frozenset(
            str(number)
            for number, key in enumerate(formats_of_cells)
            if (
                _DATE_LETTERS.search(_FORMAT_LITERALS.sub("", formats[key])) if key in formats else _is_date_format(key)
            )
        )

    @cached_property
    def _strings(self) -> list[str]:
        """The table of shared texts. The one thing that is held whole: some 100 bytes for each different text."""
        texts: list[str] = []
        if "xl/sharedstrings.xml" not in self._parts:
            return texts
        pieces: list[str] = []
        state = {"text": False, "phonetic": False}

        names = LocalNames()

        def start(name: str, _attributes: dict[str, str]) -> None:
            name = names.enter(name)
            if name == "si":
                pieces.clear()
            elif name == "rPh":
                state["phonetic"] = True
            elif name == "t":
                state["text"] = not state["phonetic"]

        def end(name: str) -> None:
            name = names.leave(name)
            if name == "si":
                if len(texts) >= MOST_STRINGS:
                    raise too_large()
                texts.append("".join(pieces))
            elif name == "rPh":
                state["phonetic"] = False
            elif name == "t":
                state["text"] = False

        def characters(data: str) -> None:
            if state["text"]:
                pieces.append(data)

        parser = make_parser(start, end, characters)
        for _step in self._parse(parser, "xl/sharedStrings.xml", LARGEST_STRINGS):
            pass
        return texts

    def _parse(self, parser: expat.XMLParserType, part: str, limit: int) -> Iterator[None]:
        """Feed ``part`` to ``parser``, pausing after each chunk."""
        fed = 0
        try:
            for chunk in self._chunks(part, limit):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                    raise damaged()  # a single tag or comment that the parser would hold until its end comes
                yield
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise damaged() from error
        yield

    def merged_ranges(self, part: str) -> list[MergedRange]:
        """Return the merged ranges of a sheet. They stand behind its rows, so the part is unpacked twice."""
        tail = bytearray()
        past_rows = False
        for chunk in self._chunks(part, LARGEST_SHEET):
            tail += chunk
            if not past_rows:
                end = _END_OF_ROWS.search(tail)
                past_rows = end is not None
                # What is kept reaches over the seam of two chunks, no further.
                del tail[: end.end() if end else -64]
            if len(tail) > LARGEST_PART:
                raise too_large()
        found = _MERGE.findall(tail)
        if len(found) > MOST_MERGES:
            raise too_large()
        return [
            (int(row), column_index(column.decode()), int(last_row), column_index(last_column.decode()))
            for column, row, last_column, last_row in found
        ]

    def is_longer(self, part: str, rows: int) -> bool:
        """Whether more than ``rows`` rows of a sheet hold anything, told in a tenth of the time that reading takes.

        No means only that reading has to find out: for files that name their elements otherwise, or that store empty
        texts as texts.
        """
        info = self._parts[part.lower()]
        if info.file_size < rows * _SHORTEST_ROW or self._has_empty_string:
            return False
        found = 0
        rest = b""
        for chunk in self._chunks(part, LARGEST_SHEET):
            *whole, rest = (rest + chunk).split(_END_OF_ROW)
            found += sum(_FILLED.search(row) is not None for row in whole)
            if found > rows:
                return True
            if len(rest) > LONGEST_TOKEN:
                return False
        return False

    @cached_property
    def _has_empty_string(self) -> bool:
        if "xl/sharedstrings.xml" not in self._parts:
            return False
        tail = b""
        for chunk in self._chunks("xl/sharedStrings.xml", LARGEST_STRINGS):
            if _EMPTY_STRING.search(tail + chunk):
                return True
            tail = chunk[-64:]
        return False

    def rows(self, part: str) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Yield number (from 1) and cells that are not empty, by column position (from 0), of each row that has any."""
        sink = _RowSink(self._strings, self._date_styles, self._epoch_1904)
        parser = make_parser(sink.start, sink.end, sink.characters)
        for _step in self._parse(parser, part, LARGEST_SHEET):
            if sink.rows:
                yield from sink.rows
                sink.rows.clear()


class _RowSink:
    """Collects rows from the events of one sheet's XML."""

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


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_date_format(key: str) -> bool:
    return key.isdecimal() and int(key) in _DATE_FORMATS
