"""Reader of old .xls files, by a process of its own: see ``xls_child``."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from anju.kit.sheets.safety import damaged, password_protected
from anju.kit.sheets.values import Cell
from anju.kit.sheets.xlsx import MergedRange

# A sheet that is filled to its last cell (65,536 rows, 256 columns) needs about half of it.
MOST_MEMORY = 1 << 30
MOST_SECONDS = 60
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# The records begin with BOF; FilePass follows it, behind WriteProtect if that is there (MS-XLS 2.1.7.20.3).
_FILE_PASS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
_CHILD = Path(__file__).with_name("xls_child.py")


class XlsReader:
    """The sheets of one file. Raises ``SheetProblem`` when it is damaged or protected by a password."""

    def __init__(self, file: IO[bytes]) -> None:
        content = file.read()
        file.close()
        if _ENCRYPTED in content or _FILE_PASS.search(content):
            raise password_protected()
        # What the file holds is kept on the disk, so that this process never grows with it.
        self._lines = tempfile.TemporaryFile()  # noqa: SIM115  closed in close()
        try:
            self._read(content)
        except BaseException:
            self.close()
            raise

    def _read(self, content: bytes) -> None:
        try:
            ended = subprocess.run(
                [sys.executable, "-I", str(_CHILD), str(MOST_MEMORY), str(MOST_SECONDS)],
                input=content,
                stdout=self._lines,
                stderr=subprocess.DEVNULL,
                timeout=2 * MOST_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired as error:
            raise damaged() from error
        if ended != 0:
            raise damaged()
        self._lines.seek(0)
        sheets = json.loads(self._lines.readline())
        self._names = [name for name, visible in sheets if visible]
        self.hidden = [name for name, visible in sheets if not visible]
        self._starts = []
        for _name in self._names:
            self._starts.append(self._lines.tell())
            while self._lines.readline() != b"\n":
                pass

    def names(self) -> list[str]:
        return self._names

    def rows(self, index: int) -> Iterator[tuple[int, dict[int, Cell]]]:
        place = self._after_merges(index)
        while True:
            self._lines.seek(place)  # several sheets may be read in turns
            line = self._lines.readline()
            place = self._lines.tell()
            if line == b"\n":
                return
            number, cells = json.loads(line)
            yield number, {position: _cell(value) for position, value in cells}

    def merged(self, index: int) -> list[MergedRange]:
        self._lines.seek(self._starts[index])
        ranges = json.loads(self._lines.readline())
        return [(top + 1, left, bottom + 1, right) for top, left, bottom, right in ranges]

    def _after_merges(self, index: int) -> int:
        self._lines.seek(self._starts[index])
        self._lines.readline()
        return self._lines.tell()

    def is_longer(self, index: int, rows: int) -> bool:
        return False  # such files are small, and read in a moment

    def close(self) -> None:
        self._lines.close()


def _cell(value: Any) -> Cell:
    match value:
        case ["n", text]:
            return Decimal(text) if text not in ("nan", "inf", "-inf") else text
        case ["d", text]:
            return datetime.datetime.fromisoformat(text)
        case ["t", text]:
            return datetime.time.fromisoformat(text)
        case _:
            return value  # a text or a truth value
