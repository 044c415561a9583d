"""The fixed cast and a small world for every test: two companies, an estate each, the offices above, a dozen people.

Part of the database that every test starts from, built once with it (:mod:`tests.databases`); the fixture ``world``
gives its objects to a test. ``world.spring`` is the estate that tests work in; whoever belongs only to ``world.rival``
must never see it. Everybody's password is :data:`PASSWORD`.

========================= ============================================================================================
person (``world.<name>``) who that is
========================= ============================================================================================
head_office               head of the company Hengan, all its estates
director, cashier,        of Hengan, working in SPRING only
second_cashier, guard,
front_desk
auditor                   of Hengan, sees everything in SPRING, changes nothing
owner                     owns 3-1-1201 (96.5 m2), lives there
tenant                    rents 3-1-0902, which ``neighbour`` owns
neighbour                 owns 3-1-0902 and half of 3-1-0101
stranger                  signs in, belongs to nothing
street_officer            of the street above both estates
rival_director            director of the other company, RIVAL only
========================= ============================================================================================
"""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_scopes import scope, scopes_disabled

from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import Membership, Organisation, User
from anju.foundation.registry.enums import OccupancyState, OccupantKind, PartyKind, SpaceUse, UnitKind
from anju.foundation.registry.models import (
    Building,
    CarPark,
    Entrance,
    Estate,
    Occupancy,
    Ownership,
    ParkingSpace,
    ParkingZone,
    Party,
    Place,
    Unit,
    Vehicle,
)
from anju.kit.chinese import initials_of, pinyin_of

PASSWORD = "Anju-2026"
DELIVERED = date(2020, 1, 1)

_PEOPLE = {
    "head_office": ("何总", "13900000001"),
    "director": ("丁主任", "13900000002"),
    "cashier": ("蔡收银", "13900000003"),
    "second_cashier": ("钱收银", "13900000004"),
    "guard": ("郭保安", "13900000005"),
    "front_desk": ("方前台", "13900000006"),
    "auditor": ("沈审计", "13900000007"),
    "owner": ("王小明", "13900000008"),
    "tenant": ("李租客", "13900000009"),
    "neighbour": ("赵邻居", "13900000010"),
    "stranger": ("陌生人", "13900000011"),
    "street_officer": ("街道干事", "13900000012"),
    "rival_director": ("别家主任", "13900000013"),
}
_STAFF = {
    "director": Role.DIRECTOR,
    "cashier": Role.CASHIER,
    "second_cashier": Role.CASHIER,
    "guard": Role.GUARD,
    "front_desk": Role.FRONT_DESK,
    "auditor": Role.AUDITOR,
}
# code, floor, kind, area, state
_UNITS = (
    ("3-1-1201", 12, UnitKind.RESIDENTIAL, "96.50", OccupancyState.OWNER_OCCUPIED),
    ("3-1-0902", 9, UnitKind.RESIDENTIAL, "88.00", OccupancyState.LET),
    ("3-1-0101", 1, UnitKind.RESIDENTIAL, "120.00", OccupancyState.VACANT),
    ("3-1-1501", 15, UnitKind.RESIDENTIAL, "140.00", OccupancyState.UNSOLD),
    ("S-101", 1, UnitKind.SHOP, "60.00", OccupancyState.OWNER_OCCUPIED),
)


class World:
    """What :func:`world` has built; every name is an attribute."""

    district: Organisation
    street: Organisation
    community: Organisation
    company: Organisation
    rival_company: Organisation
    spring: Estate
    rival: Estate
    building: Building
    shops: Building
    entrance: Entrance
    unit: Unit
    let_unit: Unit
    shared_unit: Unit
    unsold_unit: Unit
    shop: Unit
    rival_unit: Unit
    developer_party: Party
    owner_party: Party
    neighbour_party: Party
    tenant_party: Party
    shopkeeper_party: Party
    rival_party: Party
    car_park: CarPark
    zone: ParkingZone
    space: ParkingSpace
    free_space: ParkingSpace
    vehicle: Vehicle
    place: Place
    head_office: User
    director: User
    cashier: User
    second_cashier: User
    guard: User
    front_desk: User
    auditor: User
    owner: User
    tenant: User
    neighbour: User
    stranger: User
    street_officer: User
    rival_director: User

    @property
    def people(self) -> list[User]:
        return [getattr(self, name) for name in _PEOPLE]


@cache
def _hash(password: str) -> str:
    """One hash for everybody: hashing is slow by design."""
    return make_password(password)


@pytest.fixture
def world(db: None) -> World:
    """The small world; with ``transactional_db`` or ``live_server`` besides, for other processes to see as well."""
    return load_world()


def load_world() -> World:
    """The objects of the small world as :func:`build_world` left them, nobody else's."""
    found: World = pickle.loads(_pickled())
    return found


def build_world() -> World:
    """Write the small world into the database and keep beside it what :func:`world` reads."""
    world = World()
    with scopes_disabled():  # builds two estates at once
        _build_organisations(world)
        _build_people(world)
        _build_estates(world)
        _build_homes(world)
        _build_parking(world)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tests_world (objects bytea NOT NULL)")
        cursor.execute("INSERT INTO tests_world VALUES (%s)", [pickle.dumps(world)])
    return world


@cache
def _pickled() -> bytes:
    """What :func:`build_world` has kept: the same in every copy of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT objects FROM tests_world")
        return bytes(cursor.fetchone()[0])


def _build_organisations(world: World) -> None:
    kinds = OrganisationKind
    world.district = Organisation.objects.create(kind=kinds.DISTRICT_AUTHORITY, code="D-HAIBIN", name="海滨区住建局")
    world.street = Organisation.objects.create(
        kind=kinds.STREET_OFFICE, code="S-BEIHAI", name="北海街道办事处", parent=world.district
    )
    world.community, world.company, world.rival_company = Organisation.objects.bulk_create(
        [
            Organisation(kind=kinds.COMMUNITY_COMMITTEE, code="C-CHUNHE", name="春和社区居委会", parent=world.street),
            Organisation(kind=kinds.PROPERTY_COMPANY, code="HENGAN", name="恒安物业服务有限公司"),
            Organisation(kind=kinds.PROPERTY_COMPANY, code="QIHANG", name="启航物业服务有限公司"),
        ]
    )


def _build_people(world: World) -> None:
    users = User.objects.bulk_create(
        User(username=name, name=shown, phone=phone, password=_hash(PASSWORD))
        for name, (shown, phone) in _PEOPLE.items()
    )
    for user in users:
        setattr(world, user.username, user)


def _build_estates(world: World) -> None:
    world.spring, world.rival = Estate.objects.bulk_create(
        [
            Estate(code=code, name=name, company=company, community=world.community, total_floor_area=Decimal(area))
            for code, name, company, area in (
                ("SPRING", "春和苑", world.company, "12000"),
                ("RIVAL", "观澜府", world.rival_company, "8000"),
            )
        ]
    )
    staff = Membership.objects.bulk_create(
        Membership(user=getattr(world, name), organisation=world.company, role=role, since=DELIVERED)
        for name, role in _STAFF.items()
    )
    Membership.objects.bulk_create(
        Membership(user=user, organisation=organisation, role=role, since=DELIVERED)
        for user, organisation, role in (
            (world.head_office, world.company, Role.HEAD_OFFICE),
            (world.street_officer, world.street, Role.STREET_OFFICER),
            (world.rival_director, world.rival_company, Role.DIRECTOR),
        )
    )
    named = Membership.estates.through
    named.objects.bulk_create(named(membership=membership, estate=world.spring) for membership in staff)


def _build_homes(world: World) -> None:
    spring, rival = world.spring, world.rival
    world.building, world.shops, far = Building.objects.bulk_create(
        [
            Building(estate=spring, code="3", name="3号楼", floors=18, position=3),
            Building(estate=spring, code="S", name="沿街商铺", floors=1, position=9),
            Building(estate=rival, code="1", name="1号楼", floors=6, position=1),
        ]
    )
    world.entrance = Entrance.objects.create(estate=spring, building=world.building, code="1", floors=18, has_lift=True)
    units = [
        Unit(
            estate=spring,
            building=world.shops if kind == UnitKind.SHOP else world.building,
            entrance=None if kind == UnitKind.SHOP else world.entrance,
            code=code,
            number=code.rpartition("-")[2],
            floor=floor,
            kind=kind,
            exclusive_area=Decimal(area),
            delivery_date=None if state == OccupancyState.UNSOLD else DELIVERED,
            state=state,
        )
        for code, floor, kind, area, state in _UNITS
    ]
    units.append(
        Unit(
            estate=rival,
            building=far,
            code="1-1-101",
            number="101",
            exclusive_area=Decimal("70"),
            delivery_date=DELIVERED,
        )
    )
    built = Unit.objects.bulk_create(units)
    world.unit, world.let_unit, world.shared_unit, world.unsold_unit, world.shop, world.rival_unit = built
    parties = [
        Party(
            estate=spring, kind=PartyKind.ORGANISATION, reference="DEV", name="春和置业有限公司", phone="041186000000"
        ),
        Party(
            estate=spring,
            reference="P1",
            name="王小明",
            phone=world.owner.phone,
            user=world.owner,
            id_number="11010519491231002X",
        ),
        Party(estate=spring, reference="P2", name="赵邻居", phone=world.neighbour.phone, user=world.neighbour),
        Party(estate=spring, reference="P3", name="李租客", phone=world.tenant.phone, user=world.tenant),
        Party(estate=spring, reference="P4", name="孙店主", phone="13900000020"),
        Party(estate=rival, reference="R1", name="周业主", phone="13900000030"),
    ]
    for party in parties:
        party.pinyin, party.initials = pinyin_of(party.name), initials_of(party.name)
    built_parties = Party.objects.bulk_create(parties)
    (world.developer_party, world.owner_party, world.neighbour_party, world.tenant_party, world.shopkeeper_party,
     world.rival_party) = built_parties  # fmt: skip
    spring.developer = world.developer_party
    spring.save(update_fields=["developer"])
    half = Decimal("0.5")
    Ownership.objects.bulk_create(
        Ownership(estate=unit.estate, unit=unit, party=party, share=share, since=DELIVERED)
        for unit, party, share in (
            (world.unit, world.owner_party, Decimal(1)),
            (world.let_unit, world.neighbour_party, Decimal(1)),
            (world.shared_unit, world.neighbour_party, half),
            (world.shared_unit, world.shopkeeper_party, half),
            (world.shop, world.shopkeeper_party, Decimal(1)),
            (world.rival_unit, world.rival_party, Decimal(1)),
        )
    )
    Occupancy.objects.bulk_create(
        Occupancy(estate=spring, unit=unit, party=party, kind=kind, since=DELIVERED)
        for unit, party, kind in (
            (world.unit, world.owner_party, OccupantKind.OWNER),
            (world.let_unit, world.tenant_party, OccupantKind.TENANT),
        )
    )


def _build_parking(world: World) -> None:
    spring = world.spring
    world.car_park = CarPark.objects.create(estate=spring, code="P1", name="地下车库")
    world.zone = ParkingZone.objects.create(
        estate=spring, car_park=world.car_park, level=-1, code="A", name="负一层A区"
    )
    world.space, world.free_space = ParkingSpace.objects.bulk_create(
        [
            ParkingSpace(estate=spring, zone=world.zone, code="A-001", use=SpaceUse.PRIVATE, area=Decimal("13.2")),
            ParkingSpace(estate=spring, zone=world.zone, code="A-002", use=SpaceUse.VACANT, area=Decimal("13.2")),
        ]
    )
    Ownership.objects.create(estate=spring, space=world.space, party=world.owner_party, since=DELIVERED)
    world.vehicle = Vehicle.objects.create(
        estate=spring, plate="辽B12345", plate_tail="B12345", party=world.owner_party, space=world.space
    )
    world.place = Place.objects.create(
        estate=spring,
        building=world.building,
        code="L3",
        name="3号楼大堂",
        token=uuid.UUID("00000000-0000-4000-8000-000000000003"),
    )


def session_of(user: User) -> str:
    """The key of a new session of ``user``, as signing in leaves it, by one statement."""
    facts = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    session = Session(
        session_key=get_random_string(32),
        session_data=Session.objects.encode(facts),
        expire_date=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
    session.save(force_insert=True)
    return session.session_key


@pytest.fixture
def client_as() -> Callable[..., Client]:
    """``client_as(world.cashier)``: a browser in which that person is signed in; ``client_as(None)``: nobody is."""

    def sign_in(user: User | None, **kwargs: Any) -> Client:
        client = Client(**kwargs)
        if user is not None:
            client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
        return client

    return sign_in


@pytest.fixture
def in_scope() -> Callable[[Estate], AbstractContextManager[None]]:
    """``with in_scope(world.spring): …`` works in the scope of one estate."""
    return lambda estate: scope(estate=estate.pk)


@pytest.fixture
def in_spring(world: World) -> Iterator[World]:
    """The world, with the whole test in the scope of SPRING."""
    with scope(estate=world.spring.pk):
        yield world
