"""What a cell can hold, and how it becomes text, a number or a date. Pure; no workbook is opened here."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.kit.chinese import normalise
from anju.kit.sheets.problems import CellError


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that shows no usable value: an error such as ``#REF!``, or a formula whose result was not stored."""

    shown: str


# A number is a Decimal with the digits of the file, never a float; an empty cell is None.
Cell = str | Decimal | bool | datetime.datetime | datetime.time | CellFault | None

# Spreadsheets keep 15 significant digits: an integer of 16 digits or more has already lost its end.
FIRST_UNSAFE = Decimal(10) ** 15
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{1,3}", re.IGNORECASE)
_UNITS_OF_MEASURE = re.compile(r"^(?:RMB|CNY|[¥￥$])|(?:元|圆|m2|m²|平方米|平米|层|楼|个月|个|人)$", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(E[+-]?\d{1,2})?", re.IGNORECASE)
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_WEEKDAY = re.compile(r"\s*\(?(?:星期|周)[一二三四五六日天]\)?$")
_CHINESE_DATE = re.compile(
    r"(?P<year>[〇零○O0一二三四五六七八九]{4})年(?P<month>[元一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})[日号]?"
)
_CHINESE_DIGITS = str.maketrans("〇零○O元一二三四五六七八九", "00001123456789")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
EPOCH = datetime.date(1899, 12, 30)
# Serial numbers taken for dates when a date column holds a bare number: 1927-05-18 to 2199-12-31.
_SERIALS = range(10_000, 109_575)
_SERIAL = re.compile(r"(\d{5,6})(?:\.\d+)?")  # behind the point stands the time of day


def number_text(number: Decimal) -> str:
    """Write a number as a person would: 1 rather than 1.0, never in scientific notation."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(cell: Cell) -> str:
    """Return what the user sees in a cell, for messages and for the workbook of refused rows."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case Decimal():
            return number_text(cell)
        case datetime.datetime():
            return cell.strftime("%Y-%m-%d" if cell.time() == datetime.time() else "%Y-%m-%d %H:%M:%S")
        case datetime.time():
            return cell.strftime("%H:%M:%S")
        case CellFault():
            return cell.shown
        case _:
            return cell.replace("\0", "")  # which no database takes


def refuse_fault(cell: Cell) -> None:
    """Raise ``CellError`` for a cell that holds an error or a formula without a stored result."""
    if isinstance(cell, CellFault) and cell.shown.startswith("#"):
        raise CellError(
            "error_value",
            format_lazy(_("The cell shows the error {error}. Please mend the formula."), error=cell.shown),
        )
    if isinstance(cell, CellFault):
        raise CellError(
            "formula_without_value",
            _("The formula has no stored result. Please save the file in Excel or WPS, or type the value itself."),
        )


def to_text(cell: Cell) -> str:
    """Return the text of a cell: whole numbers without decimals, normalised characters.

    Raises ``CellError`` where the spreadsheet has changed what was typed: a date, a time, or a long number.
    """
    refuse_fault(cell)
    if isinstance(cell, datetime.datetime | datetime.time):
        raise CellError(
            "date_in_text",
            _("The spreadsheet has turned this into a date. Please format the cell as text and type it again."),
        )
    if isinstance(cell, Decimal) and abs(cell) >= FIRST_UNSAFE:
        raise precision_lost()
    text = normalise(shown(cell))
    if _SCIENTIFIC.fullmatch(text) and "+" in text:
        raise precision_lost()
    return text


def precision_lost() -> CellError:
    """The error of a number with more digits than a spreadsheet keeps."""
    return CellError(
        "precision_lost",
        _("A number this long loses its last digits here. Please format the cell as text and type it again."),
    )


def to_number(cell: Cell) -> Decimal:
    """Return the number in a cell; thousands separators, currency signs, 元, m2, 层 and % are understood.

    Raises ``CellError`` where there is none.
    """
    refuse_fault(cell)
    if isinstance(cell, Decimal):
        return cell
    text = normalise(shown(cell)).replace(" ", "") if isinstance(cell, str) else ""
    text = _UNITS_OF_MEASURE.sub("", _UNITS_OF_MEASURE.sub("", text))
    percent = text.endswith("%")
    text = text.removesuffix("%")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        if _PLAIN.fullmatch(text):
            return Decimal(text) / 100 if percent else Decimal(text)
    except InvalidOperation:
        pass
    raise CellError("not_a_number", _("This is not a number. Please enter digits only, for example 96.50."))


def to_date(cell: Cell) -> datetime.date:
    """Return the date in a cell: a real date, a serial, 20200610, 2020-6-10, 2020年6月10日, 二〇二〇年六月十日.

    Raises ``CellError`` where there is none, or where the day does not exist.
    """
    refuse_fault(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date()
    text = _in_digits(_WEEKDAY.sub("", normalise(shown(cell))))
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if match:
        try:
            return datetime.date(*map(int, match.groups()))
        except ValueError:
            raise CellError("no_such_day", _("There is no such day. Please check year, month and day.")) from None
    serial = _SERIAL.fullmatch(text)
    if serial and int(serial[1]) in _SERIALS:
        return EPOCH + datetime.timedelta(days=int(serial[1]))
    raise CellError("not_a_date", _("This is not a date. Please write it as 2026-11-21."))


def _in_digits(text: str) -> str:
    """Write a date in Chinese numerals (二〇二〇年十一月二十一日) with digits; any other text stays as it is."""
    match = _CHINESE_DATE.fullmatch(text)
    if match is None:
        return text
    parts = (match["year"].translate(_CHINESE_DIGITS), *(_below_hundred(match[part]) for part in ("month", "day")))
    return "-".join(parts)


def _below_hundred(words: str) -> str:
    """十 is 10, 十二 is 12, 二十 is 20, 二十一 is 21, 三 is 3."""
    tens, ten, ones = words.partition("十")
    return ((tens or "1") + (ones or "0") if ten else words).translate(_CHINESE_DIGITS)
