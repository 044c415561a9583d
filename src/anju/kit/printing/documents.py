"""Rendering Typst templates to PDF and PNG."""

from __future__ import annotations

import datetime
import json
import os
import warnings
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import typst
from django.apps import apps
from django.utils.functional import Promise

import anju

PACKAGE = Path(anju.__file__).resolve().parent
FONTS = PACKAGE / "kit" / "ui" / "fonts"


class TemplateMissingError(LookupError):
    """No app has a template of that name: a mistake in the program."""


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """Return the PDF of a template such as ``billing/receipt.typ`` (app label, file in the app's ``printing`` folder).

    ``context`` may hold what JSON can, and dates, ``Decimal`` (given as text, so that no digit changes), lazy
    translations. The template reads it by ``#let data = load-data()``. A batch of a thousand letters is one document,
    one call and some three seconds (``batch`` in ``lib.typ`` breaks the pages).

    Raises ``TemplateMissingError``; a broken template raises ``typst.TypstError``.
    """
    return _compile(template, context, "pdf")[0]


def render_png(template: str, context: Mapping[str, Any], *, ppi: float = 144) -> list[bytes]:
    """Return the pages of a template as PNG pictures, for previews on screen."""
    return _compile(template, context, "png", ppi)


def _compile(template: str, context: Mapping[str, Any], format: Literal["pdf", "png"], ppi: float = 144) -> list[bytes]:
    compiler = typst.Compiler(
        str(_find(template)),
        root=str(PACKAGE),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(context, default=_plain, ensure_ascii=False)},
    )
    with warnings.catch_warnings():
        # An unavailable second choice in a font list is announced as a warning on each call.
        warnings.simplefilter("ignore", typst.TypstWarning)
        result = compiler.compile(format=format, ppi=ppi)
    return result if isinstance(result, list) else [cast(bytes, result)]


def _find(template: str) -> Path:
    label, _slash, name = template.partition("/")
    try:
        path = Path(apps.get_app_config(label).path) / "printing" / name
    except LookupError as error:
        raise TemplateMissingError(template) from error
    # Typst reads nothing outside its root, the package.
    if not path.is_file() or not path.resolve().is_relative_to(PACKAGE):
        raise TemplateMissingError(template)
    return path


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the product, of ``ANJU_FONT_DIR``, and of the system only where the product's are absent.

    Read once: looking through the fonts of a system takes longer than a hundred letters.
    """
    folders = [folder for folder in (FONTS, os.environ.get("ANJU_FONT_DIR")) if folder and Path(folder).is_dir()]
    packaged = any(
        path.suffix.lower() in {".ttf", ".otf", ".ttc"} for folder in folders for path in Path(folder).iterdir()
    )
    return typst.Fonts(
        include_system_fonts=not packaged, include_embedded_fonts=True, font_paths=[str(folder) for folder in folders]
    )


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return format(value, "f")
        case datetime.date():
            return value.isoformat()
        case Promise():
            return str(value)
        case _:
            raise TypeError(f"cannot be printed: {value!r}")
