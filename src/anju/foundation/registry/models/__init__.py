"""The register: what an estate consists of, whose it is and who lives there."""

from anju.foundation.registry.models.estate import Building, Entrance, Estate, ManagementRoom, Phase, Place
from anju.foundation.registry.models.imports import ImportBatch
from anju.foundation.registry.models.parking import CarPark, ParkingSpace, ParkingZone, Vehicle
from anju.foundation.registry.models.people import HomeApplication, Occupancy, Ownership, Party
from anju.foundation.registry.models.unit import Unit

__all__ = [
    "Building",
    "CarPark",
    "Entrance",
    "Estate",
    "HomeApplication",
    "ImportBatch",
    "ManagementRoom",
    "Occupancy",
    "Ownership",
    "ParkingSpace",
    "ParkingZone",
    "Party",
    "Phase",
    "Place",
    "Unit",
    "Vehicle",
]
