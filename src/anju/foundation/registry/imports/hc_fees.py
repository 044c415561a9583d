"""The fees of a take-over workbook of HC小区, and which home pays them from which day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.imports.dataset import ChargeOf, Dataset, Place
from anju.foundation.registry.imports.fees import FeeRow
from anju.kit import clock
from anju.kit.sheets import CellError
from anju.kit.sheets.values import to_date

# 2037-1-1 is how these workbooks say "without end".
ENDLESS_FROM = date(2037, 1, 1)
_METHODS = {"1001": "area", "2002": "flat"}
_KINDS = (
    ("物业", "service"), ("停车", "parking"), ("车位", "parking"), ("水", "utility"), ("电", "utility"),
    ("气", "utility"), ("暖", "utility"),
)  # fmt: skip

Starts = list[tuple[FeeRow, date]]


def after(last_day: date | None) -> date | None:
    """The first day without something whose ``last_day`` the workbook names; None when it has no end."""
    return None if last_day is None or last_day >= ENDLESS_FROM else last_day + timedelta(days=1)


class Fees:
    """The fees of one workbook as they are read."""

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self._by_code: dict[str, FeeRow] = {}
        self._by_name: dict[str, FeeRow] = {}
        self._one_off: set[str] = set()

    @property
    def earliest(self) -> date | None:
        """The first day of the fee that begins first."""
        return min((fee.since for fee in self._by_code.values()), default=None)

    def add(self, place: Place, values: dict[str, Any]) -> None:
        """Take one row of the sheet of fees."""
        method = _METHODS.get(values["formula"])
        if method is None:
            message = _("This formula is not known. Use 1001 (area x price + fixed part) or 2002 (fixed sum).")
            self.data.refuse("unknown_formula", place, "formula", values["formula"], message)
            return
        issue = values["issue"] or ""
        price = (values["price"] or Decimal(0)) if method == "area" else Decimal(0)
        fee = FeeRow(
            code=values["code"],
            name=values["name"],
            kind=next((kind for word, kind in _KINDS if word in (values["type"] or "")), "other"),
            method=method,
            price=price,
            fixed=values["fixed"] or Decimal(0),
            cycle_months=12 if "年" in issue else 1,
            timing=values["timing"] or "advance",
            since=values["since"] or clock.today().replace(month=1, day=1),
            until=after(values["until"]),
            note=f"缴费周期:{values['minimum']}个月" if values["minimum"] else "",
            sheet=place.sheet,
            row=place.row,
        )
        for twin, column, value in (
            (self._by_code.get(fee.code), "code", fee.code),
            (self._by_name.get(fee.name), "name", fee.name),
        ):
            if twin is not None:
                message = format_lazy(_("Row {row} has the same. Each fee needs its own."), row=twin.row)
                self.data.refuse("duplicate_fee", place, column, value, message)
                return
        self._by_code[fee.code] = self._by_name[fee.name] = fee
        self.data.fees.append(fee)
        self._warn_of_unusual(place, fee, values["mark"] or "", issue)

    def _warn_of_unusual(self, place: Place, fee: FeeRow, mark: str, issue: str) -> None:
        if "一次" in mark:
            self._one_off.add(fee.code)
            message = _("A fee charged once is set up, but nobody is charged it regularly. Charge it at the desk.")
            self.data.warn("one_off_fee", place, "mark", mark, message)
        elif issue in ("每日", "实时"):
            message = _("Bills are issued by month here; part months are charged by days.")
            self.data.warn("billed_monthly", place, "issue", issue, message)

    def starts(self, place: Place, fees: str | None, days: str | None) -> Starts | None:
        """What ``1#2`` and ``2020-06-10#2020-07-10`` mean: each fee with its first day, else the fee's own.

        None when the cells cannot be understood; the row is refused then.
        """
        codes = [code for code in _parts(fees) if code != "0"]
        unknown = next((code for code in codes if code not in self._by_code), None)
        if unknown is not None:
            message = format_lazy(
                _("Fee {fee} is not on the sheet 费用设置. Please add it there, or write 0 for none."), fee=unknown
            )
            self.data.refuse("unknown_fee", place, "fees", fees, message)
            return None
        try:
            given = [to_date(part) for part in _parts(days)] if codes else []
        except CellError as problem:
            self.data.refuse(problem.code, place, "starts", days, problem.message)
            return None
        if len(given) not in (0, 1, len(codes)):
            message = _("Give one day for all fees, or one for each fee, separated by #.")
            self.data.refuse("fee_starts", place, "starts", days, message)
            return None
        if len(given) == 1:
            given *= len(codes)
        found = [self._by_code[code] for code in codes]
        starts = {(fee.code, given[index] if given else fee.since): fee for index, fee in enumerate(found)}
        if len(starts) > len(set(codes)):
            message = _("The same fee stands here twice, from different days. Please leave one of them.")
            self.data.refuse("fee_twice", place, "fees", fees, message)
            return None
        return [(fee, day) for (_code, day), fee in starts.items()]

    def charge(self, place: Place, unit: str, starts: Starts) -> None:
        """Charge a home its fees; one that is charged once, or that has ended before it would begin, is left out."""
        for fee, day in starts:
            if fee.code in self._one_off:
                continue
            if fee.until is not None and day >= fee.until:
                message = format_lazy(
                    _("Fee {fee} ends before it would begin here, so it is not charged."), fee=fee.code
                )
                self.data.warn("fee_ended", place, "starts", day, message)
                continue
            self.data.charges.append(ChargeOf(place, fee.code, day, fee.until, unit=unit))


def _parts(text: str | None) -> list[str]:
    """The parts of a cell that holds several values, however the separator was typed."""
    return [part.strip() for part in re.split(r"[#,、;]", text or "") if part.strip()]
