"""Writers of units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.accounts.models import User
from anju.foundation.registry.actions.storing import store
from anju.foundation.registry.models import Building, Entrance, Estate, Unit
from anju.kit.actions import action
from anju.kit.errors import Refusal

UNIT_FIELDS = (
    "building", "entrance", "code", "number", "floor", "kind", "exclusive_area", "inner_area", "delivery_date",
    "state", "note",
)  # fmt: skip


def unit_code(building: str, entrance: str | None, number: str) -> str:
    """The whole address of a unit within its estate: 3-1-1201, or S-101 where a building has no entrances."""
    return "-".join(part for part in (building, entrance, number) if part)


@action
def create_unit(
    *,
    estate: Estate,
    building: Building,
    entrance: Entrance | None = None,
    number: str,
    exclusive_area: Decimal,
    code: str = "",
    by: User | None,
    **details: Any,
) -> Unit:
    """Add a unit; without ``code`` it is made from building, entrance and number.

    Raises Refusal ``invalid``, ``foreign_estate`` or ``entrance_elsewhere``.
    """
    values = {"building": building, "entrance": entrance, "number": number, "exclusive_area": exclusive_area, **details}
    values["code"] = code or unit_code(building.code, entrance.code if entrance else None, number)
    unit = Unit(estate=estate)
    _refuse_elsewhere(building, entrance)
    return store(unit, values, UNIT_FIELDS)


@action
def edit_unit(*, unit: Unit, by: User | None, **changes: Any) -> Unit:
    """Change a unit. Raises Refusal ``invalid``, ``foreign_estate`` or ``entrance_elsewhere``."""
    _refuse_elsewhere(changes.get("building", unit.building), changes.get("entrance", unit.entrance))
    return store(unit, changes, UNIT_FIELDS)


def _refuse_elsewhere(building: Building, entrance: Entrance | None) -> None:
    if entrance is not None and entrance.building_id != building.pk:
        raise Refusal("entrance_elsewhere", _("This entrance is not in the building that was chosen."), "entrance")
