"""PDF documents: what is on the paper, read back from the file."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils.functional import lazystr

from anju.kit.chinese import amount_in_words
from anju.kit.printing import TemplateMissingError, qr_svg, render_pdf, render_png
from anju.kit.printing.documents import FONTS

TOTAL = Decimal("1234567.50")
needs_pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


def letter(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "name": f"张三{number}",
        "unit": "3-1-1201",
        "date": datetime.date(2026, 11, 5),
        "total": TOTAL,
        "words": amount_in_words(TOTAL),
        "qr": qr_svg("https://example.org/verify/1"),
        "lines": [
            {"item": '#panic("x") *$1$* \\ "物业费"', "period": "2026-11", "amount": Decimal("231.6")},
            {"item": lazystr("减免"), "period": "2026-11", "amount": Decimal("-80")},
        ],
    } | changes


def context(*letters: dict[str, Any]) -> dict[str, Any]:
    estate = {"name": "滨海花园", "company": "安居物业", "address": "长春路8号", "phone": "0411-82345678"}
    return {"estate": estate, "title": "收款收据", "letters": list(letters)}


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    run = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    # Chinese typography sets a little air between Chinese and Latin letters, which comes back as blanks.
    return run.stdout.decode().replace(" ", "")


@needs_pdftotext
def test_letter_says_what_it_was_given(tmp_path: Path) -> None:
    text = text_of(render_pdf("kit/sample.typ", context(letter(1), letter(2))), tmp_path)
    assert text.count("滨海花园") == 2
    assert "张三1" in text
    assert "张三2" in text
    assert "2026年11月5日" in text
    assert "¥1,234,567.50" in text
    assert "壹佰贰拾叁万肆仟伍佰陆拾柒元伍角整" in text
    assert "231.60" in text
    assert "−80.00" in text
    assert "第1页，共2页" in text
    assert "第2页，共2页" in text


@needs_pdftotext
def test_what_people_type_is_never_run_as_a_template(tmp_path: Path) -> None:
    assert '#panic("x")*$1$*\\"物业费"' in text_of(render_pdf("kit/sample.typ", context(letter(1))), tmp_path)


@needs_pdftotext
def test_roll_paper_is_as_long_as_its_content(tmp_path: Path) -> None:
    pdf = render_pdf("kit/sample_roll.typ", context(letter(1, cancelled=True)))
    text = text_of(pdf, tmp_path)
    assert "作废" in text
    assert text.count("\f") == 1
    (short,) = render_png("kit/sample_roll.typ", context(letter(1)), ppi=72)
    (long,) = render_png("kit/sample_roll.typ", context(*(letter(number) for number in range(5))), ppi=72)
    assert _size(short)[0] == _size(long)[0] == 227  # 80 mm
    assert _size(long)[1] > 3 * _size(short)[1]


def _size(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


@pytest.mark.skipif(not FONTS.is_dir(), reason="the packaged fonts have not been fetched")
def test_packaged_font_is_embedded() -> None:
    assert b"NotoSansSC-Regular" in render_pdf("kit/sample.typ", context(letter(1)))


def test_hundreds_of_letters_are_one_quick_document() -> None:
    letters = [letter(1) for _number in range(200)]
    letters = [entry | {"name": f"业主{number}"} for number, entry in enumerate(letters)]
    start = time.monotonic()
    pdf = render_pdf("kit/sample.typ", context(*letters))
    assert pdf.startswith(b"%PDF-")
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "name", ["kit/absent.typ", "absent/sample.typ", "kit/../money.py/x", "kit/../../../../etc/passwd"]
)
def test_template_that_is_not_there_is_a_clear_mistake(name: str) -> None:
    with pytest.raises(TemplateMissingError):
        render_pdf(name, context())


def test_value_that_cannot_be_printed_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be printed"):
        render_pdf("kit/sample.typ", {"x": object()})


def test_qr_code_scales_and_refuses_what_does_not_fit() -> None:
    svg = qr_svg("https://example.org/p/1")
    assert svg.startswith("<svg")
    assert "viewBox" in svg
    assert "width=" not in svg.split(">")[0]
    with pytest.raises(ValueError, match="too long"):
        qr_svg("x" * 4000)
