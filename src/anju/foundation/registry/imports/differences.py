"""Which values on the register a workbook changes, for whoever has to agree to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from anju.foundation.registry.imports.known import Known
from anju.kit.idcards import mask_id, mask_name, mask_phone
from anju.kit.sheets.values import number_text

KEPT = 100
"""How many changed values are told one by one."""
_MASKS = {"phone": mask_phone, "id_number": mask_id, "mailing_address": mask_name}


@dataclass(slots=True)
class Differences:
    """The first changes, as plain values to be kept; personal data is covered."""

    known: Known
    told: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str, key: Any, column: str, before: Any, after: Any) -> None:
        """Remember that ``column`` of the row ``key`` changes; what it refers to is told by its key in workbooks."""
        if len(self.told) >= KEPT:
            return
        names = {
            "building_id": self.known.buildings,
            "entrance_id": self.known.entrances,
            "zone_id": self.known.zones,
            "party_id": self.known.parties,
            "space_id": self.known.spaces,
        }.get(column)
        if names is not None:
            before, after = (_key_of(names, identity) for identity in (before, after))
        values = {"before": _plain(column, before), "after": _plain(column, after)}
        self.told.append({"kind": kind, "key": _joined(key), "column": column} | values)


def _joined(key: Any) -> str:
    return "-".join(str(part) for part in key if part) if isinstance(key, tuple) else str(key)


def _key_of(names: dict[Any, tuple[int, tuple[Any, ...]]], identity: int | None) -> str | None:
    return next((_joined(key) for key, (known, _values) in names.items() if known == identity), None)


def _plain(column: str, value: Any) -> Any:
    if value in (None, "") or isinstance(value, bool):
        return value
    text = number_text(value) if isinstance(value, Decimal) else str(value)
    return _MASKS[column](text) if column in _MASKS else text
