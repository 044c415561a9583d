"""The writers of the register, one file per noun."""

from anju.foundation.registry.actions.committees import appoint_committee, take_first_committee
from anju.foundation.registry.actions.estates import (
    create_building,
    create_entrance,
    create_estate,
    create_management_room,
    create_phase,
    create_place,
    delete_management_room,
    edit_building,
    edit_entrance,
    edit_estate,
    edit_management_room,
    edit_phase,
    edit_place,
)
from anju.foundation.registry.actions.homes import apply_for_home, bind_by_phone
from anju.foundation.registry.actions.ownership import end_occupancy, set_owners, start_occupancy, transfer_ownership
from anju.foundation.registry.actions.parking import (
    assign_space,
    create_car_park,
    create_space,
    create_zone,
    edit_car_park,
    edit_space,
    edit_vehicle,
    edit_zone,
    register_vehicle,
    release_space,
)
from anju.foundation.registry.actions.parties import create_party, edit_party
from anju.foundation.registry.actions.units import create_unit, edit_unit

__all__ = [
    "apply_for_home",
    "appoint_committee",
    "assign_space",
    "bind_by_phone",
    "create_building",
    "create_car_park",
    "create_entrance",
    "create_estate",
    "create_management_room",
    "create_party",
    "create_phase",
    "create_place",
    "create_space",
    "create_unit",
    "create_zone",
    "delete_management_room",
    "edit_building",
    "edit_car_park",
    "edit_entrance",
    "edit_estate",
    "edit_management_room",
    "edit_party",
    "edit_phase",
    "edit_place",
    "edit_space",
    "edit_unit",
    "edit_vehicle",
    "edit_zone",
    "end_occupancy",
    "register_vehicle",
    "release_space",
    "set_owners",
    "start_occupancy",
    "take_first_committee",
    "transfer_ownership",
]
