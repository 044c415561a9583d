"""What a workbook may ask of the machine that reads it, and what is said of one that asks for more."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from anju.kit.sheets.problems import SheetProblem

# Unpacked sizes beyond which a part is taken for an attack or a mistake: a million rows of 20 columns need less.
LARGEST_SHEET = 1 << 30
LARGEST_STRINGS = 1 << 28
LARGEST_PART = 1 << 25
LARGEST_TREE = 1 << 22
LARGEST_DIRECTORY = 1 << 22
# A file may also be small and yet ask for much memory: more of these no spreadsheet writes for our layouts.
MOST_STRINGS = 2_000_000
MOST_MERGES = 100_000
MOST_STYLES = 100_000
MOST_NAMES = 1_000
MOST_DEPTH = 64
LONGEST_TOKEN = 1 << 22
LONGEST_COLUMN = 3


def damaged() -> SheetProblem:
    """The problem of a file that breaks off or contradicts itself."""
    return SheetProblem(
        "sheet.damaged",
        _("The workbook is damaged. Please open it in Excel or WPS, save it again and upload the new file."),
    )


def too_large() -> SheetProblem:
    """The problem of a file that is larger than can be read safely."""
    return SheetProblem("sheet.too_large", _("The workbook is too large. Please split it into several files."))


def password_protected() -> SheetProblem:
    """The problem of a file that only its password opens."""
    return SheetProblem(
        "sheet.password",
        _("The workbook is protected by a password. Please remove the password, save and upload it again."),
    )


class LocalNames(dict[str, str]):
    """From the names of elements with their namespace to those without.

    There are not many in a workbook, and they are not nested deeply; the parser would remember all of them.
    """

    depth = 0

    def __missing__(self, name: str) -> str:
        if len(self) >= MOST_NAMES:
            raise damaged()
        local = self[name] = name.rpartition("}")[2]
        return local

    def enter(self, name: str) -> str:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise damaged()
        return self[name]

    def leave(self, name: str) -> str:
        self.depth -= 1
        return self[name]


def make_parser(
    start: Callable[[str, dict[str, str]], None], end: Callable[[str], Any], characters: Callable[[str], None]
) -> expat.XMLParserType:
    """Return a parser that joins text, and refuses document types (no entity tricks)."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16

    def refuse(*_arguments: Any) -> None:
        raise damaged()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse
    return parser


def directory_size(file: IO[bytes]) -> int:
    """How long the archive's list of its parts says it is; it would be read whole, whatever its length.

    From the record at the end of a zip file (APPNOTE 4.3.16), or that of zip64 (4.3.14) where it refers to one.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        return 0  # no zip file at all, which is for others to say
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if length != 0xFFFFFFFF:
        return length
    at = tail.rfind(b"PK\x06\x06")
    return int.from_bytes(tail[at + 40 : at + 48], "little") if at >= 0 else size
