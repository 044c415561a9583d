"""The workbook of meter readings: it goes out with every meter of an estate and comes back with what they show."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.actions.readings import NewReading, known_readings
from anju.domains.billing.models import Meter
from anju.domains.billing.rules.readings import chain
from anju.foundation.registry.models import Estate
from anju.kit.errors import Refusal
from anju.kit.periods import Period
from anju.kit.sheets import (
    Column,
    Date,
    Layout,
    Number,
    Problem,
    Row,
    SheetOut,
    SheetReader,
    Text,
    cell_problem,
    match_sheets,
    missing_sheets,
    open_book,
    write_book,
)
from anju.kit.sheets.book import Source

READINGS = Layout(
    "readings",
    (_("Meter readings"), "抄表", "抄表数据", "Meter readings"),
    (
        Column("unit", (_("Room"), "房号", "房屋"), Text(60), help=_("Only to find the way: the meter number counts.")),
        Column("meter", (_("Meter number"), "表号", "表编号"), Text(40), required=True),
        Column(
            "previous",
            (_("Previous reading"), "上次读数", "上期读数", "上月读数"),
            Number(3, min=0),
            help=_("Leave as it is; change it only where the meter was replaced."),
        ),
        Column("value", (_("Reading"), "本次读数", "本期读数", "读数"), Number(3, min=0), required=True),
        Column("read_on", (_("Read on"), "抄表日期"), Date()),
    ),
)


@dataclass(slots=True)
class ReadingsCheck:
    """What a workbook would enter: good ``readings``, the rows they came from, refused rows, and every problem."""

    readings: list[NewReading] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def readings_book(estate: Estate, period: Period) -> bytes:
    """The workbook of a round: every meter in use, by item and room, with its last reading."""
    meters = list(
        Meter.objects.filter(estate=estate, is_active=True)
        .select_related("unit", "fee_item")
        .order_by("fee_item__code", "unit__code", "code")
    )
    known = known_readings(estate, period, [meter.pk for meter in meters])
    rows = (
        (meter.unit.code, meter.code, known[meter.pk].last or Decimal(0), known[meter.pk].present, None)
        for meter in meters
    )
    note = format_lazy(
        _("Readings that close {period}. Fill in the column “{column}”."), period=period, column=_("Reading")
    )
    return write_book([SheetOut(READINGS.title, READINGS.columns, rows, notes=(note,), drop_downs=True)])


def check_readings(estate: Estate, period: Period, source: Source, *, filename: str = "") -> ReadingsCheck:
    """Read a workbook and say what is wrong; nothing is written. Raises ``SheetProblem`` for what is no workbook.

    Rows of the outgoing workbook that nobody filled in are passed over.
    """
    result = ReadingsCheck()
    with open_book(source, filename=filename) as book:
        matched = match_sheets(book, [READINGS])
        result.problems += missing_sheets([READINGS], matched)
        if READINGS.key not in matched:
            return result
        reader = SheetReader(matched[READINGS.key], READINGS)
        rows = [row for row in reader if row.raw.get("value", "").strip()]
        result.problems += reader.problems
    meters: dict[str, int] = dict(Meter.objects.filter(estate=estate).values_list("code", "pk"))
    known = known_readings(estate, period, {meters[code] for row in rows if (code := row.values["meter"]) in meters})
    seen: dict[int, int] = {}
    for row in rows:
        reading = _reading(row, meters, known, seen, matched[READINGS.key].name)
        if reading is None:
            result.refused.append(row)
            result.problems += row.problems
        else:
            result.rows.append(row)
            result.readings.append(reading)
    return result


def _reading(
    row: Row, meters: dict[str, int], known: dict[int, Any], seen: dict[int, int], sheet: str
) -> NewReading | None:
    """The reading of one row, or None with what is wrong appended to the row."""
    if row.problems:
        return None

    def refuse(code: str, key: str, message: Any) -> None:
        column = next(column for column in READINGS.columns if column.key == key)
        row.problems.append(
            cell_problem(
                code, sheet=sheet, row=row.number, column=column.title, value=row.raw.get(key, ""), message=message
            )
        )

    meter = meters.get(row.values["meter"])
    if meter is None:
        refuse("reading_unknown_meter", "meter", _("There is no such meter in this estate."))
        return None
    if meter in seen:
        refuse("duplicate", "meter", format_lazy(_("Row {row} has the same meter."), row=seen[meter]))
        return None
    seen[meter] = row.number
    previous = row.values["previous"]
    if previous == (known[meter].last or 0):
        previous = None
    try:
        chain(known[meter], row.values["value"], previous)
    except Refusal as refusal:
        refuse(refusal.code, "value", refusal.message)
        return None
    return NewReading(meter, row.values["value"], previous, row.values["read_on"])
