"""What can be wrong with a workbook, said in sentences that name the place and the remedy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.kit.errors import Malformed, Refusal
from anju.kit.idcards import mask_id, mask_phone


class SheetProblem(Refusal):
    """The file as a whole cannot be read; nothing of it has been used."""


class CellError(Malformed):
    """One cell does not hold what its column asks for; ``message`` is a sentence about the value alone."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. ``row`` is the number that the spreadsheet shows, 0 for the whole sheet.

    ``personal`` says that the value is a telephone ("phone") or an ID number ("id").
    """

    code: str
    sheet: str
    row: int
    column: str
    value: str
    message: str | Promise
    personal: str = ""

    @property
    def covered(self) -> Problem:
        """The same problem with its value masked where it is personal data, to be kept and shown."""
        return replace(self, value=_MASKS[self.personal](self.value)) if self.personal else self

    def as_dict(self) -> dict[str, Any]:
        """Plain values for programs; the message in the language that is active now."""
        return {
            "code": self.code,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": str(self.message),
        }


LONGEST_VALUE = 500
_MASKS = {"phone": mask_phone, "id": mask_id}


def cut(text: str) -> str:
    """The beginning of what stands in a cell: a problem is kept, and must not keep half a megabyte with it."""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def cell_problem(
    code: str, *, sheet: str, row: int, column: str, value: str, message: str | Promise, personal: str = ""
) -> Problem:
    """Build the problem of one cell: the place is put before ``message``, which says what is wrong and what to do."""
    where = format_lazy(_("Sheet “{sheet}”, row {row}, column “{column}”: "), sheet=sheet, row=row, column=column)
    said = format_lazy("{where}{message}", where=where, message=message)
    return Problem(code, sheet, row, column, cut(value), said, personal)


def row_problem(
    code: str, *, sheet: str, row: int, message: str | Promise, column: str = "", value: str = ""
) -> Problem:
    """Build the problem of a whole row, such as one that is in the sheet twice."""
    where = format_lazy(_("Sheet “{sheet}”, row {row}: "), sheet=sheet, row=row)
    return Problem(code, sheet, row, column, cut(value), format_lazy("{where}{message}", where=where, message=message))
