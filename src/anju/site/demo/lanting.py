"""澜庭花园: four buildings with residences, shops and apartments, and the two-level car park of P01-17."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from anju.foundation.accounts.models import Organisation, User
from anju.foundation.registry.actions import (
    create_car_park,
    create_estate,
    create_management_room,
    create_phase,
    create_place,
    create_zone,
    edit_building,
    edit_estate,
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
from anju.foundation.registry.models import CarPark, Estate, ParkingSpace, ParkingZone, Party, Unit
from anju.kit.periods import Period
from anju.site.demo.names import Names
from anju.site.demo.people import LANTING
from anju.site.demo.register import Register

DELIVERED = date(2019, 6, 28)
RESIDENCE_AREAS = tuple(map(Decimal, ("89.60", "96.50", "118.30", "138.70")))
APARTMENT_AREAS = tuple(map(Decimal, ("42.80", "46.20", "51.60", "55.90", "61.40")))

# Level, code, name, for whom, sign, attendants, spaces by use. Level -1 is shared: 109 + 100 spaces in zones of their
# own with signs of their own, and one attendant more than level -2 (P01-17).
ZONES = (
    (-1, "A", "负一层A区(住宅)", SpaceAudience.RESIDENTIAL, "绿色导向牌：住宅业主由此入库", 2,
     ((SpaceUse.PRIVATE, 40), (SpaceUse.MONTHLY, 54), (SpaceUse.VACANT, 15))),
    (-1, "B", "负一层B区(商铺·公寓)", SpaceAudience.COMMERCIAL, "橙色导向牌：商铺及公寓车辆由此入库", 1,
     ((SpaceUse.MONTHLY, 48), (SpaceUse.TEMPORARY, 40), (SpaceUse.VACANT, 12))),
    (-2, "C", "负二层C区(住宅)", SpaceAudience.RESIDENTIAL, "蓝色导向牌：负二层固定车位", 2,
     ((SpaceUse.PRIVATE, 36), (SpaceUse.MONTHLY, 50), (SpaceUse.VACANT, 34))),
)  # fmt: skip


@dataclass(slots=True)
class Lanting:
    """The parts of the estate that later steps speak of."""

    estate: Estate
    register: Register
    developer: Party
    operator: Party
    car_park: CarPark
    owner_unit: Unit
    tenant_unit: Unit
    tenant: Party
    owner: Party
    space_payers: dict[int, Party]


def create(organisations: dict[str, Organisation]) -> Estate:
    return create_estate(
        code=LANTING,
        name="澜庭花园",
        kind=EstateKind.RESIDENTIAL,
        company=organisations["ANHE"],
        community=organisations["C-HUAIYIN"],
        committee=organisations["YWH-LANTING"],
        address="澜海区北屏路168号",
        total_floor_area=Decimal("71860.00"),
        first_phase_floor_area=Decimal("46200.00"),
        phone="0411-86001688",
        by=None,
    )


def build(estate: Estate, users: dict[str, User], names: Names, today: date, first: Period) -> Lanting:
    """Everything of the register; ``first`` is the first month that will be billed."""
    register = Register(estate, names, today)
    developer = register.party("海澜置业有限公司", kind=PartyKind.ORGANISATION, phone="041186001600")
    operator = register.party("澜庭商业运营管理有限公司", kind=PartyKind.ORGANISATION, phone="041186001620")
    _homes(register)
    _apartments_and_shops(register)
    owner_unit, tenant_unit, owner, tenant = _people(register, users, first)
    car_park, space_payers = _parking(register, operator, owner)
    register.store()
    edit_estate(estate=estate, developer=developer, by=None)
    _common_parts(register)
    return Lanting(
        estate,
        register,
        developer,
        operator,
        car_park,
        owner_unit,
        tenant_unit,
        tenant,
        owner,
        {space.pk: party for space, party in space_payers},
    )


def _homes(register: Register) -> None:
    phases = [
        create_phase(estate=register.estate, code=code, name=name, by=None)
        for code, name in (("1", "一期"), ("2", "二期"))
    ]
    for position, (code, doors, floors) in enumerate((("1", 2, 18), ("2", 2, 18), ("3", 1, 30)), 1):
        building, entrances = register.building(
            code, f"{code}号楼", floors, position, [str(n + 1) for n in range(doors)], lift=True
        )
        edit_building(building=building, phase=phases[0 if code != "3" else 1], by=None)
        for entrance in entrances:
            for floor in range(1, floors + 1):
                for place in range(1, 5):
                    register.unit(
                        building,
                        entrance,
                        f"{floor:02d}{place:02d}",
                        floor,
                        UnitKind.RESIDENTIAL,
                        RESIDENCE_AREAS[(place + (code == "3")) % 4],
                        _state(register, sold=0.975),
                        DELIVERED,
                    )


def _apartments_and_shops(register: Register) -> None:
    building, (entrance,) = register.building("4", "4号楼(澜庭中心)", 18, 4, ["1"], lift=True)
    for floor in range(1, 4):
        for place in range(1, 17):
            area = Decimal(38 + register.rng.randrange(0, 9000) / 100).quantize(Decimal("0.01"))
            register.unit(
                building,
                None,
                f"S{floor}{place:02d}",
                floor,
                UnitKind.SHOP,
                area,
                _state(register, sold=0.9, shop=True),
                DELIVERED,
            )
    for floor in range(4, 19):
        for place in range(1, 11):
            register.unit(
                building,
                entrance,
                f"{floor:02d}{place:02d}",
                floor,
                UnitKind.APARTMENT,
                APARTMENT_AREAS[place % 5],
                _state(register, sold=0.93),
                DELIVERED,
            )


def _state(register: Register, *, sold: float, shop: bool = False) -> OccupancyState:
    rng = register.rng
    if rng.random() > sold:
        return rng.choice((OccupancyState.UNSOLD, OccupancyState.UNSOLD, OccupancyState.UNDELIVERED))
    draw = rng.random()
    if shop:
        return (
            OccupancyState.LET
            if draw < 0.7
            else OccupancyState.OWNER_OCCUPIED
            if draw < 0.93
            else OccupancyState.VACANT
        )
    if draw < 0.66:
        return OccupancyState.OWNER_OCCUPIED
    return OccupancyState.LET if draw < 0.88 else OccupancyState.VACANT if draw < 0.97 else OccupancyState.ENTRUSTED


def _people(register: Register, users: dict[str, User], first: Period) -> tuple[Unit, Unit, Party, Party]:
    """Owners, families and tenants; some own two units, some share one, some bought in the middle of a month."""
    rng, by_code = register.rng, {unit.code: unit for unit in register.units}
    owner_unit, tenant_unit = by_code["1-1-1201"], by_code["1-2-0902"]
    owner_unit.state, tenant_unit.state = OccupancyState.OWNER_OCCUPIED, OccupancyState.LET
    owner_user, tenant_user = users["owner"], users["tenant"]
    owner = register.party(owner_user.name, phone=owner_user.phone, user=owner_user)
    tenant = register.party(tenant_user.name, phone=tenant_user.phone, user=tenant_user)
    earlier: list[Party] = []
    for unit in register.units:
        if unit.state == OccupancyState.UNSOLD:
            unit.delivery_date = None
            continue
        since = DELIVERED if unit.state != OccupancyState.UNDELIVERED else date(first.year, 3, 15)
        if unit.state == OccupancyState.UNDELIVERED:
            unit.delivery_date = None
        if unit is owner_unit:
            party = owner
        elif earlier and rng.random() < 0.05:
            party = rng.choice(earlier)
        elif unit.kind == UnitKind.SHOP and rng.random() < 0.25:
            party = register.party(f"{register.names.shop()}有限公司", kind=PartyKind.ORGANISATION)
        else:
            party = register.party(register.names.person(), prepayment_agreed=rng.random() < 0.3)
            earlier.append(party)
        if unit.state not in (OccupancyState.UNDELIVERED,) and unit is not owner_unit and rng.random() < 0.02:
            _sold_lately(register, unit, party, first)
        elif unit.kind == UnitKind.RESIDENTIAL and rng.random() < 0.12:
            spouse = register.party(register.names.person())
            register.own(party, since, unit=unit, share=Decimal("0.5"))
            register.own(spouse, since, unit=unit, share=Decimal("0.5"))
        else:
            register.own(party, since, unit=unit)
        _occupants(register, unit, party, tenant if unit is tenant_unit else None)
    owner.prepayment_agreed = False
    return owner_unit, tenant_unit, owner, tenant


def _sold_lately(register: Register, unit: Unit, party: Party, first: Period) -> None:
    """The unit changed hands in the middle of a billed month: its bill is split by days."""
    day = first.plus(register.rng.randrange(2, 12)).first.replace(day=register.rng.randrange(5, 25))
    former = register.party(register.names.person(), note="已出售房屋")
    register.own(former, DELIVERED, unit=unit, until=day)
    register.own(party, day, unit=unit)


def _occupants(register: Register, unit: Unit, owner: Party, tenant: Party | None) -> None:
    rng, names = register.rng, register.names
    if unit.state == OccupancyState.OWNER_OCCUPIED:
        register.live(owner, unit, DELIVERED, OccupantKind.OWNER)
        if unit.kind == UnitKind.RESIDENTIAL and rng.random() < 0.35:
            register.live(register.party(names.person()), unit, DELIVERED, OccupantKind.FAMILY)
    elif unit.state == OccupancyState.LET:
        since = date(register.today.year - 1, rng.randrange(1, 13), rng.randrange(1, 28))
        if tenant is None and unit.kind == UnitKind.SHOP:
            tenant = register.party(names.shop(), kind=PartyKind.ORGANISATION)
        register.live(tenant or register.party(names.person()), unit, since, OccupantKind.TENANT)


def _parking(register: Register, operator: Party, owner: Party) -> tuple[CarPark, list[tuple[ParkingSpace, Party]]]:
    """The car park; who pays the management fee of a space: the permit's holder, the operator for temporary ones."""
    rng, estate = register.rng, register.estate
    car_park = create_car_park(estate=estate, code="P1", name="澜庭地下停车场", by=None)
    residents = [
        row.party
        for row in register.ownerships
        if row.unit is not None and row.unit.kind == UnitKind.RESIDENTIAL and row.until is None
    ]
    traders = [row.party for row in register.occupancies if row.unit.kind in (UnitKind.SHOP, UnitKind.APARTMENT)]
    rng.shuffle(residents)
    rng.shuffle(traders)
    residents.insert(0, owner)
    since, payers = date(register.today.year - 3, 4, 1), []
    for level, code, name, audience, sign, attendants, uses in ZONES:
        zone: ParkingZone = create_zone(
            estate=estate,
            car_park=car_park,
            level=level,
            code=code,
            name=name,
            audience=audience,
            guidance_sign=sign,
            attendants=attendants,
            by=None,
        )
        kinds = [use for use, count in uses for _n in range(count)]
        people = traders if audience == SpaceAudience.COMMERCIAL else residents
        for number, use in enumerate(kinds, 1):
            space = register.space(zone, f"{code}-{number:03d}", use)
            if use == SpaceUse.VACANT:
                continue
            if use == SpaceUse.TEMPORARY:
                payers.append((space, operator))
                continue
            party = people.pop(0)
            if use == SpaceUse.PRIVATE:
                register.own(party, DELIVERED, space=space)
            else:
                payers.append((space, party))
            plate = "辽BD12345" if party is owner else None
            register.vehicle(party, since, space=space, plate=plate)
    for party in residents[:60]:
        register.vehicle(party, since)
    return car_park, payers


def _common_parts(register: Register) -> None:
    estate = register.estate
    buildings = {unit.building.code: unit.building for unit in register.units}
    garden = create_place(estate=estate, code="YQ", name="园区", by=None)
    for code, name in (("YQ-01", "中心草坪"), ("YQ-02", "儿童活动区"), ("YQ-03", "北门岗亭"), ("YQ-04", "南门岗亭")):
        create_place(estate=estate, code=code, name=name, parent=garden, by=None)
    garage = create_place(estate=estate, code="CK", name="地下停车场", by=None)
    for code, name in (("CK-B1", "负一层巡查点"), ("CK-B2", "负二层巡查点"), ("CK-SB", "车库水泵间")):
        create_place(estate=estate, code=code, name=name, parent=garage, by=None)
    for code, building in buildings.items():
        create_place(estate=estate, code=f"L{code}-DT", name=f"{building.name}大堂", building=building, by=None)
        create_place(estate=estate, code=f"L{code}-TM", name=f"{building.name}天面", building=building, by=None)
    create_place(estate=estate, code="SB-01", name="二次供水泵房", by=None)
    create_place(estate=estate, code="SB-02", name="消防控制室", by=None)
    create_management_room(
        estate=estate, purpose=RoomPurpose.COMPANY, name="物业服务中心", area=Decimal("152.40"), by=None
    )
    create_management_room(
        estate=estate, purpose=RoomPurpose.COMMITTEE, name="业主委员会办公室", area=Decimal("34.60"), by=None
    )
