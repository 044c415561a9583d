"""Every declared set of pages keeps the promises of declared pages, and those of its own noun."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

import pytest

from anju.foundation.registry.console.buildings import (
    BuildingPages,
    EntrancePages,
    PhasePages,
    PlacePages,
    RoomPages,
)
from anju.foundation.registry.console.homes import ApplicationPages
from anju.foundation.registry.console.parking import CarParkPages, SpacePages, VehiclePages, ZonePages
from anju.foundation.registry.console.parties import PartyPages
from anju.foundation.registry.console.units import OccupancyPages, UnitPages
from anju.foundation.registry.models import (
    Building,
    CarPark,
    Entrance,
    HomeApplication,
    ManagementRoom,
    Occupancy,
    Ownership,
    ParkingSpace,
    ParkingZone,
    Party,
    Phase,
    Place,
    Unit,
    Vehicle,
)
from anju.kit.testing import PageSetTests

_numbers = count(1)


class RegistrySet(PageSetTests):
    namespace = "registry"
    without_right = ""  # everybody who works in the estate sees its register


class TestPhases(RegistrySet):
    pages = PhasePages

    def make_rows(self, world, number):
        return Phase.objects.bulk_create(
            Phase(estate=world.spring, code=f"F{key}", name=f"第{key}期") for key in _take(number)
        )

    def form_data(self, world):
        return {"code": "Z1", "name": "西区"}


class TestBuildings(RegistrySet):
    pages = BuildingPages

    def make_rows(self, world, number):
        return Building.objects.bulk_create(
            Building(estate=world.spring, code=f"B{key}", name=f"{key}号楼", floors=6, position=key)
            for key in _take(number)
        )

    def form_data(self, world):
        return {"code": "99", "name": "99号楼", "floors": "11", "position": "99"}


class TestEntrances(RegistrySet):
    pages = EntrancePages

    def make_rows(self, world, number):
        return Entrance.objects.bulk_create(
            Entrance(estate=world.spring, building=world.building, code=f"E{key}") for key in _take(number)
        )

    def search_text(self, row):
        return row.code

    def form_data(self, world):
        return {"building": str(world.building.pk), "code": "9", "floors": "18", "has_lift": "on"}


class TestPlaces(RegistrySet):
    pages = PlacePages

    def make_rows(self, world, number):
        return Place.objects.bulk_create(
            Place(
                estate=world.spring, code=f"PL{key}", name=f"水泵房{key}", token=uuid.uuid4(), building=world.building
            )
            for key in _take(number)
        )

    def form_data(self, world):
        return {"code": "P9", "name": "门岗", "building": str(world.building.pk)}


class TestRooms(RegistrySet):
    pages = RoomPages

    def make_rows(self, world, number):
        return ManagementRoom.objects.bulk_create(
            ManagementRoom(estate=world.spring, purpose="company", name=f"用房{key}", area=Decimal("20"))
            for key in _take(number)
        )

    def form_data(self, world):
        return {"purpose": "committee", "name": "业委会办公室", "area": "32.5", "above_ground": "on"}


class TestUnits(RegistrySet):
    pages = UnitPages

    def make_rows(self, world, number):
        units = Unit.objects.bulk_create(
            Unit(
                estate=world.spring, building=world.building, entrance=world.entrance, code=f"3-1-9{key:03}",
                number=f"9{key:03}", exclusive_area=Decimal("80") + key, floor=key % 18,
            )
            for key in _take(number)
        )  # fmt: skip
        Ownership.objects.bulk_create(
            Ownership(estate=world.spring, unit=unit, party=world.neighbour_party, since=date(2020, 1, 1))
            for unit in units
        )
        return units

    def form_data(self, world):
        return {
            "building": str(world.building.pk), "entrance": str(world.entrance.pk), "number": "1717",
            "code": "3-1-1717", "floor": "17", "kind": "residential", "exclusive_area": "101.25", "state": "vacant",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("field", "typed", "told"),
        [("exclusive_area", "-5", "必须大于 0。"), ("code", "3-1-1201", "本小区已有相同的记录")],
        ids=["area", "code"],
    )
    def test_what_the_database_would_refuse_is_said_at_its_field(self, field, typed, told):
        before = self.count()
        page = self.client(self.writer).post(self.url("create"), self.data() | {field: typed})
        assert page.status_code == 422
        errors = page.context["form"].errors
        assert list(errors) == [field]
        assert errors[field][0].startswith(told)
        assert self.count() == before


class TestOccupancies(RegistrySet):
    pages = OccupancyPages

    def make_rows(self, world, number):
        return Occupancy.objects.bulk_create(
            Occupancy(
                estate=world.spring, unit=world.shop, kind="temporary", since=date(2001, 1, 1),
                party=Party.objects.create(estate=world.spring, name=f"短住{key}"),
            )
            for key in _take(number)
        )  # fmt: skip

    def search_text(self, row):
        return row.party.name

    def form_data(self, world):
        return {"unit": "3-1-0101", "party": "李租客", "kind": "tenant", "since": "2026-01-01"}


class TestParties(RegistrySet):
    pages = PartyPages

    def make_rows(self, world, number):
        return Party.objects.bulk_create(
            Party(
                estate=world.spring, name=f"钱客户{key}", initials=f"qkh{key}", phone=f"1371234{key:04}",
                id_number=f"2102041990010{key:05}",
            )
            for key in _take(number)
        )  # fmt: skip

    def form_data(self, world):
        return {"kind": "person", "name": "冯新客", "phone": "13812345678"}


class TestVehicles(RegistrySet):
    pages = VehiclePages

    def make_rows(self, world, number):
        return Vehicle.objects.bulk_create(
            Vehicle(
                estate=world.spring, plate=f"辽B9{key:04}", plate_tail=f"B9{key:04}", party=world.owner_party,
                space=world.space,
            )
            for key in _take(number)
        )  # fmt: skip

    def form_data(self, world):
        return {"plate": "辽B·D12345", "party": "王小明", "space": "A-001", "kind": "car"}


class TestCarParks(RegistrySet):
    pages = CarParkPages

    def make_rows(self, world, number):
        return CarPark.objects.bulk_create(
            CarPark(estate=world.spring, code=f"C{key}", name=f"停车场{key}") for key in _take(number)
        )

    def form_data(self, world):
        return {"code": "P9", "name": "地面停车场"}


class TestZones(RegistrySet):
    pages = ZonePages

    def make_rows(self, world, number):
        return ParkingZone.objects.bulk_create(
            ParkingZone(estate=world.spring, car_park=world.car_park, code=f"Z{key}", name=f"负二层{key}区", level=-2)
            for key in _take(number)
        )

    def form_data(self, world):
        return {
            "car_park": str(world.car_park.pk), "level": "-2", "code": "B", "name": "负二层B区",
            "audience": "residential", "guidance_sign": "蓝色", "attendants": "2",
        }  # fmt: skip


class TestSpaces(RegistrySet):
    pages = SpacePages

    def make_rows(self, world, number):
        return ParkingSpace.objects.bulk_create(
            ParkingSpace(estate=world.spring, zone=world.zone, code=f"A-9{key:03}", area=Decimal("12.5"))
            for key in _take(number)
        )

    def form_data(self, world):
        return {"zone": str(world.zone.pk), "code": "A-777", "use": "vacant", "area": "13.2"}


class TestApplications(RegistrySet):
    pages = ApplicationPages
    without_right: ClassVar[str] = "guard"

    def make_rows(self, world, number):
        units = Unit.objects.bulk_create(
            Unit(
                estate=world.spring, building=world.building, code=f"3-8-{key:03}", number=f"{key:03}",
                exclusive_area=Decimal("50"),
            )
            for key in _take(number)
        )  # fmt: skip
        return HomeApplication.objects.bulk_create(
            HomeApplication(estate=world.spring, user=world.stranger, unit=unit, name=f"申请人{unit.number}")
            for unit in units
        )

    def search_text(self, row):
        return row.name


def _take(number: int) -> list[int]:
    return [next(_numbers) for _each in range(number)]


@pytest.fixture(scope="class", autouse=True)
def _start_over() -> Any:
    global _numbers
    _numbers = count(1)
