"""Old .xls files byte by byte: a compound file (MS-CFB) that holds one stream of records (MS-XLS, BIFF8)."""

from __future__ import annotations

import struct
from typing import Any

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def compound(stream: bytes, *, chain_of_directory: int = _END) -> bytes:
    """A compound file with the stream "Workbook". A ``chain_of_directory`` of 1 leads the directory into itself."""
    stream = stream.ljust(4096, b"\0")  # shorter ones stand elsewhere
    stream += b"\0" * (-len(stream) % _SECTOR)
    sectors = len(stream) // _SECTOR
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    table = [_FAT, chain_of_directory, *range(3, 2 + sectors), _END]
    fat = struct.pack("<128I", *table, *[_FREE] * (128 - len(table)))
    directory = _entry("Root Entry", 5, child=1, start=_END, size=0) + _entry("Workbook", 2, start=2, size=len(stream))
    return header + fat + directory.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, *, child: int = _FREE, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    links = struct.pack("<HBBIII", len(text) + 2, kind, 1, _FREE, _FREE, child)
    return text.ljust(64, b"\0") + links + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)


def xls(sheets: dict[str, list[list[Any]]], *, protected: bool = False) -> bytes:
    """A workbook of texts and numbers; a sheet whose name begins with # is hidden."""
    globals_start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    if protected:
        globals_start += _record(0x002F, struct.pack("<HHH", 1, 0x1234, 0x5678))
    bodies = [_sheet(rows) for rows in sheets.values()]
    names = [name.removeprefix("#").encode("utf-16-le") for name in sheets]
    place = len(globals_start) + sum(4 + 8 + len(name) for name in names) + 4
    listed = b""
    for name, body, title in zip(names, bodies, sheets, strict=True):
        listed += _record(0x0085, struct.pack("<IBBBB", place, title[0] == "#", 0, len(name) // 2, 1) + name)
        place += len(body)
    return compound(globals_start + listed + _record(0x000A, b"") + b"".join(bodies))


def _sheet(rows: list[list[Any]]) -> bytes:
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    for line, row in enumerate(rows):
        for position, value in enumerate(row):
            place = struct.pack("<HHH", line, position, 0)
            if isinstance(value, str):
                body += _record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            elif value is not None:
                body += _record(0x0203, place + struct.pack("<d", value))
    return body + _record(0x000A, b"")


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data
