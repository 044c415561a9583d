"""Streaming reader of .xlsx files: one row in memory at a time, and every cell as the file states it.

The usual libraries hold a sheet as one dense block (a million rows of twelve columns cost a gigabyte, one stray cell at
the lower right corner far more) and turn errors and formulas without a result into empty cells. An import may accept
neither, so the XML of a sheet is read here as it comes out of the archive.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
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
    LONGEST_TOKEN,
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
from anju.kit.sheets.values import Cell
from anju.kit.sheets.xlsx_rows import RowSink, column_index

CHUNK = 1 << 18
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
        sink = RowSink(self._strings, self._date_styles, self._epoch_1904)
        parser = make_parser(sink.start, sink.end, sink.characters)
        for _step in self._parse(parser, part, LARGEST_SHEET):
            if sink.rows:
                yield from sink.rows
                sink.rows.clear()


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_date_format(key: str) -> bool:
    return key.isdecimal() and int(key) in _DATE_FORMATS
