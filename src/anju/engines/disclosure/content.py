"""The shape of a publication's content: blocks of text, figures and tables, all of them plain data.

Words are fixed when the publication is made, so that the page always shows what was sealed::

    {"blocks": [{"type": "text", "text": "…"},
                {"type": "figures", "items": [{"label": "…", "value": "…", "note": "…"}]},
                {"type": "table", "title": "…", "columns": [{"label": "…", "numeric": true}], "rows": [["…", "…"]],
                 "total": ["…", "…"]}]}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Block = dict[str, Any]
NARROW = 4
"""A table of up to so many columns fits on a phone; the rows of a wider one stand there as cards."""


def text(words: str) -> Block:
    """A paragraph."""
    return {"type": "text", "text": str(words)}


def figures(items: Iterable[tuple[str, str, str]]) -> Block:
    """Large figures: label, value, note (may be empty)."""
    return {"type": "figures", "items": [{"label": str(a), "value": str(b), "note": str(c)} for a, b, c in items]}


def table(
    title: str, columns: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]], total: Sequence[str] | None = None
) -> Block:
    """A table: ``columns`` are (label, is a figure), cells are ready to be shown."""
    return {
        "type": "table",
        "title": str(title),
        "columns": [{"label": str(label), "numeric": numeric} for label, numeric in columns],
        "rows": [[str(cell) for cell in row] for row in rows],
        "total": [str(cell) for cell in total] if total else None,
    }


def document(*blocks: Block) -> dict[str, Any]:
    return {"blocks": list(blocks)}


def laid_out(content: dict[str, Any]) -> list[Block]:
    """The blocks as a page shows them: every cell of a table with its column, so that a row can stand as a card."""
    return [
        block
        if block["type"] != "table"
        else block
        | {
            "keep": len(block["columns"]) <= NARROW,
            "rows": [list(zip(row, block["columns"], strict=True)) for row in block["rows"]],
            "total": list(zip(block["total"], block["columns"], strict=True)) if block["total"] else None,
        }
        for block in content["blocks"]
    ]
