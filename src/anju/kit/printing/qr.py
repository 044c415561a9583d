"""QR codes as SVG, for paper and for pages."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str, *, border: int = 0) -> str:
    """Return the QR code of ``text`` as an SVG element that scales to its box.

    Error correction level M with higher levels where they cost no space. ``border`` is the quiet zone in modules: 4 on
    coloured ground, 0 where the surroundings are white anyway. Raises ``ValueError`` for a text beyond 2.3 kB.
    """
    try:
        code = segno.make(text, error="m", micro=False)
    except segno.DataOverflowError as error:
        raise ValueError("the text is too long for a QR code") from error
    buffer = io.BytesIO()
    code.save(buffer, kind="svg", border=border, xmldecl=False, svgclass=None, lineclass=None, omitsize=True, nl=False)
    return buffer.getvalue().decode()
