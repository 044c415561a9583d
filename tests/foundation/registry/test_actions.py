"""Writers of the register: what they write, what they refuse, and that a refusal changes nothing."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connections
from django_scopes import scope

from anju.foundation.registry import selectors
from anju.foundation.registry.actions import (
    assign_space,
    create_building,
    create_car_park,
    create_entrance,
    create_estate,
    create_party,
    create_place,
    create_space,
    create_unit,
    create_zone,
    edit_party,
    edit_unit,
    end_occupancy,
    register_vehicle,
    release_space,
    set_owners,
    start_occupancy,
    transfer_ownership,
)
from anju.foundation.registry.models import Estate, Occupancy, Ownership, ParkingSpace, Party, Unit, Vehicle
from anju.kit.errors import Refusal
from anju.kit.models import AuditEntry

D = Decimal
SOLD = date(2026, 11, 16)


@contextmanager
def refused(code):
    """A Refusal of this code, not another."""
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code
    assert str(caught.value)


def test_estate_is_created_and_its_code_is_unique(world):
    estate = create_estate(code="NEW", name="新苑", company=world.company, by=world.head_office)
    assert Estate.objects.get(code="NEW").company == world.company
    with refused("invalid"):
        create_estate(code="NEW", name="另一个", by=world.head_office)
    with refused("invalid"):
        create_estate(code="no spaces", name="另一个", by=world.head_office)
    assert Estate.objects.filter(name="另一个").count() == 0
    entry = AuditEntry.objects.filter(table="registry.estate", object_id=estate.pk).get()
    assert (entry.actor_id, entry.action) == (world.head_office.pk, "create_estate")


def test_tree_from_building_to_unit(in_spring):
    spring, by = in_spring.spring, in_spring.director
    building = create_building(estate=spring, code="７", name=" 7号楼 ", floors=6, by=by)
    assert (building.code, building.name) == ("7", "7号楼")
    entrance = create_entrance(estate=spring, building=building, code="2", by=by)
    unit = create_unit(
        estate=spring, building=building, entrance=entrance, number="301", exclusive_area=D("80"), floor=3, by=by
    )
    assert unit.code == "7-2-301"
    with refused("invalid"):
        create_unit(estate=spring, building=building, entrance=entrance, number="301", exclusive_area=D("80"), by=by)
    with refused("invalid"):
        create_unit(estate=spring, building=building, number="302", exclusive_area=D("0"), by=by)
    with refused("entrance_elsewhere"):
        create_unit(estate=spring, building=in_spring.shops, entrance=entrance, number="9", exclusive_area=D(9), by=by)
    assert Unit.objects.filter(building=building).count() == 1


@pytest.mark.parametrize("code", ["jobs", "Estates", " accounts "])
def test_an_estate_cannot_take_a_word_of_the_addresses(world, code):
    with pytest.raises(Refusal) as refused:
        create_estate(code=code, name="某小区", by=world.head_office)
    assert (refused.value.code, refused.value.field) == ("code_reserved", "code")
    assert not Estate.objects.filter(name="某小区").exists()


def test_another_estates_rows_cannot_be_used(in_spring):
    with refused("foreign_estate"):
        register_vehicle(estate=in_spring.spring, plate="辽B54321", party=in_spring.rival_party, by=in_spring.director)
    with refused("foreign_estate"):
        transfer_ownership(unit=in_spring.unit, owners=[(in_spring.rival_party, D(1))], on=SOLD, by=in_spring.director)
    assert not Vehicle.objects.filter(plate="辽B54321").exists()
    assert not Ownership.objects.filter(party=in_spring.rival_party).exists()
    assert [row.party for row in selectors.owners_on(in_spring.unit, SOLD)] == [in_spring.owner_party]


def test_party_is_found_by_sound_and_its_numbers_are_checked(in_spring):
    spring, by = in_spring.spring, in_spring.front_desk
    party = create_party(estate=spring, name="单小明", phone="+86 138-0013-8000", id_number="11010519491231002x", by=by)
    assert (party.pinyin, party.initials, party.phone) == ("shanxiaoming", "sxm", "13800138000")
    assert party.id_number == "11010519491231002X"
    edit_party(party=party, name="赵小明", by=by)
    party.refresh_from_db()
    assert (party.initials, party.phone) == ("zxm", "13800138000")
    with refused("phone_bad"):
        edit_party(party=party, phone="123", by=by)
    with refused("id_number_bad"):
        create_party(estate=spring, name="错证", id_number="110105194912310021", by=by)
    assert not Party.objects.filter(name="错证").exists()
    assert Party.objects.get(pk=party.pk).phone == "13800138000"


# --- ownership -----------------------------------------------------------------------------------------------------


def test_change_of_ownership_keeps_the_history(in_spring):
    unit, by = in_spring.unit, in_spring.front_desk
    created = transfer_ownership(
        unit=unit,
        owners=[(in_spring.neighbour_party, D(1) / 3), (in_spring.shopkeeper_party, D(2) / 3)],
        on=SOLD,
        by=by,
    )
    assert sum(row.share for row in created) == 1
    assert [row.party for row in selectors.owners_on(unit, date(2026, 11, 15))] == [in_spring.owner_party]
    assert {row.party for row in selectors.owners_on(unit, SOLD)} == {
        in_spring.neighbour_party,
        in_spring.shopkeeper_party,
    }
    assert selectors.payer_of(unit, SOLD) == in_spring.shopkeeper_party
    assert selectors.ownership_history(unit=unit).count() == 3
    stay = Occupancy.objects.get(unit=unit, party=in_spring.owner_party)
    assert stay.until == SOLD


@pytest.mark.parametrize(
    ("shares", "code"),
    [([D("0.5"), D("0.4")], "shares"), ([D(1), D(1)], "shares"), ([D("-1"), D(2)], "shares"), ([], "shares")],
)
def test_shares_must_be_a_whole(in_spring, shares, code):
    parties = [in_spring.neighbour_party, in_spring.shopkeeper_party]
    with refused(code):
        transfer_ownership(
            unit=in_spring.unit, owners=list(zip(parties, shares, strict=False)), on=SOLD, by=in_spring.director
        )
    assert [row.until for row in Ownership.objects.filter(unit=in_spring.unit)] == [None]


def test_transfer_refuses_what_contradicts_the_history(in_spring):
    unit, by, buyer = in_spring.unit, in_spring.director, in_spring.neighbour_party
    transfer_ownership(unit=unit, owners=[(buyer, D(1))], on=SOLD, by=by)
    with refused("same_day"):
        transfer_ownership(unit=unit, owners=[(in_spring.owner_party, D(1))], on=SOLD, by=by)
    with refused("later_transfer"):
        transfer_ownership(unit=unit, owners=[(in_spring.owner_party, D(1))], on=date(2026, 1, 1), by=by)
    with refused("has_owners"):
        set_owners(unit=unit, owners=[(in_spring.owner_party, D(1))], since=date(2026, 12, 1), by=by)
    with refused("owners_changed"):
        transfer_ownership(unit=unit, owners=[(buyer, D(1))], on=date(2027, 1, 1), seen=[0], by=by)
    assert selectors.ownership_history(unit=unit).count() == 2
    set_owners(unit=unit, owners=[(in_spring.shopkeeper_party, D(1))], since=SOLD, by=by)
    assert [row.party for row in selectors.owners_on(unit, SOLD)] == [in_spring.shopkeeper_party]


def test_unsold_unit_is_sold_by_its_first_owner(in_spring):
    unit = in_spring.unsold_unit
    assert selectors.payer_of(unit) == in_spring.developer_party
    set_owners(unit=unit, owners=[(in_spring.owner_party, D(1))], since=SOLD, by=in_spring.director)
    unit.refresh_from_db()
    assert unit.state == "undelivered"
    assert selectors.payer_of(unit, SOLD) == in_spring.developer_party
    edit_unit(unit=unit, state="vacant", delivery_date=SOLD, by=in_spring.director)
    assert selectors.payer_of(unit, SOLD) == in_spring.owner_party
    assert selectors.payer_of(unit, date(2026, 11, 15)) == in_spring.developer_party


@pytest.mark.django_db(transaction=True)
def test_two_transfers_at_once_leave_one_owner(world):
    with scope(estate=world.spring.pk):
        seen = [row.pk for row in selectors.owners_on(world.unit)]
    start, outcomes = Barrier(2), []

    def sell(buyer, day):
        try:
            with scope(estate=world.spring.pk):
                start.wait(10)
                transfer_ownership(unit=world.unit, owners=[(buyer, D(1))], on=day, seen=seen, by=world.director)
            outcomes.append("sold")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    buyers = (world.neighbour_party, SOLD), (world.shopkeeper_party, date(2026, 12, 1))
    threads = [Thread(target=sell, args=sale) for sale in buyers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes.count("sold") == 1
    assert set(outcomes) - {"sold"} <= {"owners_changed", "later_transfer"}
    with scope(estate=world.spring.pk):
        assert len(selectors.owners_on(world.unit, date(2027, 1, 1))) == 1
        assert Ownership.objects.filter(unit=world.unit).count() == 2


# --- occupancy -----------------------------------------------------------------------------------------------------


def test_occupants_decide_whether_a_unit_is_let_or_empty(in_spring):
    unit, by = in_spring.shared_unit, in_spring.front_desk
    stay = start_occupancy(unit=unit, party=in_spring.tenant_party, since=date(2026, 1, 1), by=by)
    unit.refresh_from_db()
    assert unit.state == "let"
    with refused("already_there"):
        start_occupancy(unit=unit, party=in_spring.tenant_party, since=date(2026, 2, 1), by=by)
    with refused("invalid"):
        end_occupancy(occupancy=stay, until=date(2025, 1, 1), by=by)
    stay.refresh_from_db()
    assert stay.until is None
    end_occupancy(occupancy=stay, until=date(2026, 3, 1), by=by)
    unit.refresh_from_db()
    assert unit.state == "vacant"


# --- parking -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("P01-17")
def test_shared_basement_has_zones_with_their_own_signs_and_staffing(in_spring):
    spring, by = in_spring.spring, in_spring.director
    park = create_car_park(estate=spring, code="B", name="地下车库", by=by)
    homes = create_zone(
        estate=spring, car_park=park, code="B1-R", name="负一层住宅区", level=-1, audience="residential",
        guidance_sign="绿色:住宅车位", attendants=2, by=by,
    )  # fmt: skip
    shops = create_zone(
        estate=spring, car_park=park, code="B1-C", name="负一层商业区", level=-1, audience="commercial",
        guidance_sign="橙色:商业车位", attendants=1, by=by,
    )  # fmt: skip
    below = create_zone(
        estate=spring, car_park=park, code="B2", name="负二层", level=-2, audience="residential", attendants=2, by=by
    )
    ParkingSpace.objects.bulk_create(
        ParkingSpace(estate=spring, zone=zone, code=f"{zone.code}-{number:03}")
        for zone, count in ((homes, 109), (shops, 100))
        for number in range(1, count + 1)
    )
    zones = selectors.zones_of_estate(spring).filter(car_park=park)
    first = zones.filter(level=-1)
    assert {zone.audience: zone.spaces.count() for zone in first} == {"residential": 109, "commercial": 100}
    assert len({zone.guidance_sign for zone in first}) == 2
    assert sum(zone.attendants for zone in first) == below.attendants + 1


def test_space_holds_the_vehicles_of_one_keeper(in_spring):
    spring, by, space = in_spring.spring, in_spring.front_desk, in_spring.free_space
    own = register_vehicle(estate=spring, plate="辽b·d54321", party=in_spring.owner_party, by=by)
    assert (own.plate, own.plate_tail) == ("辽BD54321", "BD54321")
    second = register_vehicle(estate=spring, plate="辽B00001", party=in_spring.owner_party, by=by)
    other = register_vehicle(estate=spring, plate="辽B00002", party=in_spring.tenant_party, by=by)
    assign_space(space=space, vehicle=own, by=by)
    assign_space(space=space, vehicle=second, by=by)
    space.refresh_from_db()
    assert space.use == "monthly"
    with refused("space_taken"):
        assign_space(space=space, vehicle=other, by=by)
    other.refresh_from_db()
    assert other.space is None
    release_space(vehicle=own, by=by)
    release_space(vehicle=second, by=by)
    space.refresh_from_db()
    assert space.use == "vacant"


def test_wrong_plates_are_refused(in_spring):
    for plate in ("B12345", "辽I12345", "辽B1234567"):
        with refused("plate_bad"):
            register_vehicle(estate=in_spring.spring, plate=plate, by=in_spring.front_desk)
    assert Vehicle.objects.count() == 1


def test_place_carries_a_token_that_stays(in_spring):
    place = create_place(estate=in_spring.spring, code="PUMP", name="水泵房", by=in_spring.director)
    assert place.token
    assert create_space(estate=in_spring.spring, zone=in_spring.zone, code="A-9", by=in_spring.director).use == "vacant"
