"""What the lists of the register show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.kit.pages import (
    AreaColumn,
    BadgeColumn,
    Column,
    DateColumn,
    LinkColumn,
    MaskedColumn,
    MomentColumn,
    NumberColumn,
    Table,
    YesNoColumn,
)
from anju.kit.pages.imports import BatchTable

STATE_TONES = {
    "owner_occupied": "ok",
    "let": "info",
    "vacant": "muted",
    "entrusted": "brand",
    "undelivered": "warn",
    "unsold": "warn",
}


def owners_of(record: Any) -> str:
    """The names of the owners of today, as prefetched by the selector."""
    return "、".join(row.party.name for row in record.current_ownerships)


class EstateTable(Table):
    name = Column(verbose_name=_("name"))
    code = Column(verbose_name=_("code"))
    kind = BadgeColumn(verbose_name=_("kind"))
    company = Column(verbose_name=_("property company"), order_by=("company__name",))
    community = Column(verbose_name=_("community"), order_by=("community__name",))
    unit_count = NumberColumn(verbose_name=_("units"), orderable=False)
    total_floor_area = AreaColumn(verbose_name=_("total floor area (m2)"))


class PhaseTable(Table):
    code = Column(verbose_name=_("code"))
    name = Column(verbose_name=_("name"))


class BuildingTable(Table):
    name = Column(verbose_name=_("name"))
    code = Column(verbose_name=_("code"))
    phase = Column(verbose_name=_("phase"), order_by=("phase__code",))
    floors = NumberColumn(verbose_name=_("floors"))


class EntranceTable(Table):
    code = Column(verbose_name=_("entrance"), empty_values=(), accessor="pk", orderable=False)
    building = LinkColumn(
        verbose_name=_("building"), to="registry:building_detail", of="building", order_by=("building__code",)
    )
    floors = NumberColumn(verbose_name=_("floors"))
    has_lift = YesNoColumn(verbose_name=_("has a lift"))

    def render_code(self, record: Any) -> str:
        return str(record)

    def value_code(self, record: Any) -> str:
        return str(record)


class PlaceTable(Table):
    name = Column(verbose_name=_("name"))
    code = Column(verbose_name=_("code"))
    parent = Column(verbose_name=_("part of"), order_by=("parent__name",))
    building = Column(verbose_name=_("building"), order_by=("building__name",))


class RoomTable(Table):
    name = Column(verbose_name=_("name"))
    purpose = BadgeColumn(verbose_name=_("purpose"))
    area = AreaColumn(verbose_name=_("area (m2)"))
    above_ground = YesNoColumn(verbose_name=_("above ground"))
    self_contained = YesNoColumn(verbose_name=_("self-contained"))
    has_water = YesNoColumn(verbose_name=_("has water"))
    has_electricity = YesNoColumn(verbose_name=_("has electricity"))
    temporary = YesNoColumn(verbose_name=_("temporary"))


class UnitTable(Table):
    """Of :func:`selectors.units_of_estate`, which brings the owners of today along."""

    code = Column(verbose_name=_("room"))
    building = Column(verbose_name=_("building"), order_by=("building__name",))
    floor = NumberColumn(verbose_name=_("floor"))
    kind = Column(verbose_name=_("kind"))
    exclusive_area = AreaColumn(verbose_name=_("exclusive area (m2)"))
    inner_area = AreaColumn(verbose_name=_("inner area (m2)"))
    owners = Column(verbose_name=_("owners"), accessor="pk", orderable=False, empty_values=())
    state = BadgeColumn(verbose_name=_("occupancy"), tones=STATE_TONES)
    delivery_date = DateColumn(verbose_name=_("delivery date"))
    note = Column(verbose_name=_("note"), orderable=False)

    def render_owners(self, record: Any) -> str:
        return owners_of(record) or "—"

    def value_owners(self, record: Any) -> str:
        return owners_of(record)


class PlainUnitTable(Table):
    """Units beside something else, without their owners."""

    code = Column(verbose_name=_("room"))
    floor = NumberColumn(verbose_name=_("floor"))
    kind = Column(verbose_name=_("kind"))
    exclusive_area = AreaColumn(verbose_name=_("exclusive area (m2)"))
    state = BadgeColumn(verbose_name=_("occupancy"), tones=STATE_TONES)


class OwnershipTable(Table):
    """The history of one unit or space."""

    party = LinkColumn(verbose_name=_("owner"), to="registry:party_card", of="party")
    share = Column(verbose_name=_("share"))
    since = DateColumn(verbose_name=_("since"))
    until = DateColumn(verbose_name=_("until (first day of the next owner)"))

    def render_share(self, value: Any) -> str:
        return f"{(value * 100).normalize():f}%"


class OccupancyTable(Table):
    unit = Column(verbose_name=_("unit"), order_by=("unit__code",))
    party = LinkColumn(verbose_name=_("occupant"), to="registry:party_card", of="party", order_by=("party__name",))
    kind = BadgeColumn(
        verbose_name=_("as"), tones={"owner": "ok", "family": "ok", "tenant": "info", "temporary": "warn"}
    )
    since = DateColumn(verbose_name=_("since"))
    until = DateColumn(verbose_name=_("until (first day without)"))


class PartyTable(Table):
    name = Column(verbose_name=_("name"))
    kind = BadgeColumn(verbose_name=_("kind"))
    phone = MaskedColumn(verbose_name=_("phone"), mask="phone", orderable=False)
    id_number = MaskedColumn(verbose_name=_("ID number"), mask="id", orderable=False)
    reference = Column(verbose_name=_("reference"))
    prepayment_agreed = YesNoColumn(verbose_name=_("prepayment may settle new bills"))
    note = Column(verbose_name=_("note"), orderable=False)


class VehicleTable(Table):
    plate = Column(verbose_name=_("plate"))
    party = LinkColumn(verbose_name=_("keeper"), to="registry:party_card", of="party", order_by=("party__name",))
    space = LinkColumn(
        verbose_name=_("parking space"), to="registry:space_detail", of="space", order_by=("space__code",)
    )
    kind = Column(verbose_name=_("kind"))
    brand = Column(verbose_name=_("make"))
    colour = Column(verbose_name=_("colour"))
    since = DateColumn(verbose_name=_("since"))
    until = DateColumn(verbose_name=_("until (first day without)"))


class CarParkTable(Table):
    name = Column(verbose_name=_("name"))
    code = Column(verbose_name=_("code"))


class ZoneTable(Table):
    name = Column(verbose_name=_("name"))
    code = Column(verbose_name=_("code"))
    car_park = Column(verbose_name=_("car park"), order_by=("car_park__name",))
    level = NumberColumn(verbose_name=_("level"))
    audience = BadgeColumn(verbose_name=_("for"), tones={"residential": "ok", "commercial": "info"})
    guidance_sign = Column(verbose_name=_("guidance sign"))
    attendants = NumberColumn(verbose_name=_("attendants per shift"))


class SpaceTable(Table):
    """Of :func:`selectors.spaces_of_estate`, which brings the owners of today along."""

    code = Column(verbose_name=_("space"))
    zone = Column(verbose_name=_("zone"), order_by=("zone__name",))
    car_park = Column(verbose_name=_("car park"), accessor="zone__car_park", order_by=("zone__car_park__name",))
    use = BadgeColumn(verbose_name=_("use"), tones={"private": "ok", "monthly": "info", "temporary": "warn"})
    area = AreaColumn(verbose_name=_("area (m2)"))
    owners = Column(verbose_name=_("owners"), accessor="pk", orderable=False, empty_values=())

    def render_owners(self, record: Any) -> str:
        return owners_of(record) or "—"

    def value_owners(self, record: Any) -> str:
        return owners_of(record)


class PlainSpaceTable(Table):
    """Spaces beside something else, without their owners."""

    code = Column(verbose_name=_("space"))
    use = BadgeColumn(verbose_name=_("use"), tones={"private": "ok", "monthly": "info", "temporary": "warn"})
    area = AreaColumn(verbose_name=_("area (m2)"))


class ApplicationTable(Table):
    name = Column(verbose_name=_("name"))
    unit = Column(verbose_name=_("unit"), order_by=("unit__code",))
    kind = Column(verbose_name=_("as"))
    state = BadgeColumn(verbose_name=_("state"))
    created_at = MomentColumn(verbose_name=_("applied"), order_by=("pk",))


class ImportTable(BatchTable):
    by = Column(verbose_name=_("by"), orderable=False)
