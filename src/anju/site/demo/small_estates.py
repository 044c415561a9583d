"""老槐里, an old estate under quasi-management, and 明湖医院, a hospital whose departments each pay for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from anju.foundation.accounts.models import Organisation
from anju.foundation.registry.actions import (
    create_car_park,
    create_estate,
    create_management_room,
    create_place,
    create_zone,
)
from anju.foundation.registry.enums import (
    EstateKind,
    OccupancyState,
    OccupantKind,
    PartyKind,
    RoomPurpose,
    SpaceAudience,
    SpaceUse,
    UnitKind,
)
from anju.foundation.registry.models import Estate, ParkingSpace, Party
from anju.site.demo.names import Names
from anju.site.demo.people import LAOHUAI, MINGHU
from anju.site.demo.register import Register

MOVED_IN = date(1994, 10, 1)
OPENED = date(2012, 5, 12)

# Building, name, floors, its departments and shops with their area in m2.
_SITE = (
    ("A", "门诊楼", 5, (
        (1, "101", "急诊科", "860"), (1, "102", "门诊药房", "240"), (1, "103", "收费挂号处", "180"),
        (2, "201", "内科门诊", "520"), (2, "202", "儿科门诊", "430"), (3, "301", "外科门诊", "480"),
        (3, "302", "骨科门诊", "360"), (4, "401", "眼科", "310"), (4, "402", "口腔科", "350"),
        (5, "501", "体检中心", "720"),
    )),
    ("B", "住院楼", 9, (
        (1, "101", "住院处", "210"), (2, "201", "产科病区", "980"), (3, "301", "儿科病区", "940"),
        (4, "401", "呼吸内科病区", "1020"), (5, "501", "心内科病区", "1020"), (6, "601", "普外科病区", "1020"),
        (7, "701", "骨科病区", "1020"), (8, "801", "神经内科病区", "1020"), (9, "901", "手术中心", "1180"),
    )),
    ("C", "医技楼", 4, (
        (1, "101", "放射科", "640"), (2, "201", "检验科", "580"), (3, "301", "超声科", "420"),
        (4, "401", "信息中心", "300"),
    )),
    ("D", "后勤楼", 3, ((1, "101", "职工食堂", "900"), (2, "201", "总务处", "260"), (3, "301", "档案室", "340"))),
)  # fmt: skip
_KIOSKS = (
    ("S01", "康惠便利店", "86"),
    ("S02", "佳福花店", "38"),
    ("S03", "悦品咖啡馆", "64"),
    ("S04", "嘉和水果店", "52"),
)


def create_laohuai(organisations: dict[str, Organisation]) -> Estate:
    return create_estate(
        code=LAOHUAI,
        name="老槐里小区",
        kind=EstateKind.QUASI,
        company=organisations["QICHUAN"],
        community=organisations["C-CHANGQIAO"],
        committee=organisations["GWH-LAOHUAI"],
        address="澜海区槐里巷12号",
        total_floor_area=Decimal("8460.00"),
        phone="0411-86005512",
        by=None,
    )


def create_minghu(organisations: dict[str, Organisation]) -> Estate:
    return create_estate(
        code=MINGHU,
        name="明湖医院",
        kind=EstateKind.HOSPITAL,
        company=organisations["ANHE"],
        community=organisations["C-MINGHU"],
        address="澜海区明湖大道1号",
        total_floor_area=Decimal("38600.00"),
        phone="0411-86009120",
        by=None,
    )


def build_laohuai(estate: Estate, names: Names, today: date) -> Register:
    """Six buildings of five floors, two entrances, two flats each: 120 units."""
    register = Register(estate, names, today)
    rng = names.rng
    for number in range(1, 7):
        building, entrances = register.building(str(number), f"{number}号楼", 5, number, ["1", "2"], lift=False)
        for entrance in entrances:
            for floor in range(1, 6):
                for place in (1, 2):
                    state = rng.choices(
                        (OccupancyState.OWNER_OCCUPIED, OccupancyState.LET, OccupancyState.VACANT), (70, 22, 8)
                    )[0]
                    area = Decimal("62.50") if place == 1 else Decimal("54.80")
                    unit = register.unit(
                        building,
                        entrance,
                        f"{floor}0{place}",
                        floor,
                        UnitKind.RESIDENTIAL,
                        area,
                        state,
                        MOVED_IN,
                    )
                    owner = register.party(names.person(), prepayment_agreed=rng.random() < 0.2)
                    register.own(owner, MOVED_IN, unit=unit)
                    if state == OccupancyState.OWNER_OCCUPIED:
                        register.live(owner, unit, MOVED_IN, OccupantKind.OWNER)
                    elif state == OccupancyState.LET:
                        since = date(today.year - 1, rng.randrange(1, 13), 1)
                        register.live(register.party(names.person()), unit, since, OccupantKind.TENANT)
                    if rng.random() < 0.2:
                        register.vehicle(owner, date(today.year - 2, 1, 1))
    register.store()
    for code, name in (("DM", "小区大门"), ("LT", "老槐树凉亭"), ("LJ", "垃圾分类投放点"), ("CP", "非机动车棚")):
        create_place(estate=estate, code=code, name=name, by=None)
    # Too small for the estate (P11-09): what an old estate really has.
    create_management_room(
        estate=estate, purpose=RoomPurpose.COMPANY, name="管理用房(门房)", area=Decimal("46.00"), by=None
    )
    create_management_room(
        estate=estate, purpose=RoomPurpose.COMMITTEE, name="管委会议事室", area=Decimal("32.00"), by=None
    )
    return register


@dataclass(slots=True)
class Hospital:
    """The register of the hospital, who pays for each unit, and the staff's parking spaces with theirs."""

    register: Register
    payers: dict[int, Party]
    space_payers: dict[int, Party]


def build_minghu(estate: Estate, names: Names, today: date) -> Hospital:
    """Departments as organisations in rooms that the hospital owns, kiosks that it lets, and a car park."""
    register = Register(estate, names, today)
    hospital = register.party("明湖医院", kind=PartyKind.ORGANISATION, phone="041186009100")
    paid = []
    for position, (code, name, floors, rooms) in enumerate(_SITE, 1):
        building, _doors = register.building(code, name, floors, position, [], lift=True)
        for floor, number, department, area in rooms:
            unit = register.unit(
                building, None, number, floor, UnitKind.OTHER, Decimal(area),
                OccupancyState.OWNER_OCCUPIED, OPENED, department,
            )  # fmt: skip
            register.own(hospital, OPENED, unit=unit)
            party = register.party(department, kind=PartyKind.ORGANISATION, phone="", id_number="")
            register.live(party, unit, OPENED, OccupantKind.OWNER)
            paid.append((unit, party))
        if code == "A":
            for number, shop, area in _KIOSKS:
                unit = register.unit(
                    building, None, number, 1, UnitKind.SHOP, Decimal(area), OccupancyState.LET, OPENED
                )
                register.own(hospital, OPENED, unit=unit)
                party = register.party(shop, kind=PartyKind.ORGANISATION)
                register.live(party, unit, date(today.year - 2, 3, 1), OccupantKind.TENANT)
                paid.append((unit, party))
    spaces = _hospital_parking(register, hospital)
    register.store()
    for code, name in (
        ("YJ", "急诊通道"),
        ("ZY", "住院楼大堂"),
        ("FW", "医疗废物暂存点"),
        ("YQ", "氧气站"),
        ("HY", "康复花园"),
    ):
        create_place(estate=estate, code=code, name=name, by=None)
    create_management_room(
        estate=estate, purpose=RoomPurpose.COMPANY, name="物业项目部", area=Decimal("118.00"), by=None
    )
    return Hospital(register, {unit.pk: party for unit, party in paid}, {space.pk: party for space, party in spaces})


def _hospital_parking(register: Register, hospital: Party) -> list[tuple[ParkingSpace, Party]]:
    estate, rng = register.estate, register.rng
    paid: list[tuple[ParkingSpace, Party]] = []
    car_park = create_car_park(estate=estate, code="P1", name="明湖医院停车场", by=None)
    for level, code, name, audience, sign, attendants, monthly, temporary in (
        (0, "G", "地面就诊停车区", SpaceAudience.SHARED, "就诊车辆", 3, 0, 60),
        (-1, "Y", "地下职工停车区", SpaceAudience.RESIDENTIAL, "职工车辆", 1, 70, 10),
    ):
        zone = create_zone(
            estate=estate, car_park=car_park, level=level, code=code, name=name, audience=audience,
            guidance_sign=sign, attendants=attendants, by=None,
        )  # fmt: skip
        for number in range(1, monthly + temporary + 1):
            use = SpaceUse.MONTHLY if number <= monthly else SpaceUse.TEMPORARY
            space = register.space(zone, f"{code}-{number:03d}", use)
            if use == SpaceUse.TEMPORARY:
                paid.append((space, hospital))
                continue
            staff = register.party(register.names.person(), prepayment_agreed=rng.random() < 0.5)
            register.vehicle(staff, date(register.today.year - 1, 1, 1), space=space)
            paid.append((space, staff))
    return paid
