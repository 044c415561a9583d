"""Shares, ownership over time, and the rooms that management must have."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from anju.foundation.registry import rules, selectors
from anju.foundation.registry.actions import create_management_room, edit_estate
from anju.foundation.registry.rules import Finding, Holding
from anju.kit.models import Parameter

D = Decimal


@given(some.integers(min_value=1, max_value=40))
def test_equal_shares_sum_to_exactly_one(count):
    assert sum(rules.whole_shares([D(1) / count] * count)) == 1


@pytest.mark.parametrize(
    "shares", [[], [D("0.5"), D("0.4")], [D("0.6"), D("0.5")], [D(1), D(0)], [D("1.5"), D("-0.5")]]
)
def test_shares_that_are_no_whole_are_refused(shares):
    with pytest.raises(ValueError, match="share"):
        rules.whole_shares(shares)


def test_ownership_that_overlaps_is_found_on_its_first_day():
    half, whole = D("0.5"), D(1)
    bought, sold = date(2020, 1, 1), date(2024, 7, 1)
    assert rules.first_day_overowned([Holding(half, bought), Holding(half, bought)]) is None
    assert rules.first_day_overowned([Holding(whole, bought, sold), Holding(whole, sold)]) is None
    assert rules.first_day_overowned([Holding(whole, bought), Holding(half, sold)]) == sold


def room(world, purpose="company", area="100", **details):
    create_management_room(
        estate=world.spring, purpose=purpose, name="用房", area=D(area), by=world.director, **details
    )


def finding(world, purpose="company"):
    return next(found for found in selectors.room_findings(world.spring) if found.purpose == purpose)


@pytest.mark.clause("P11-09")
@pytest.mark.parametrize(
    ("floor_area", "room_area", "required", "expected"),
    [
        ("12000", "99.99", "100", Finding.TOO_SMALL),
        ("12000", "100", "100", Finding.MET),
        ("49999.99", "100", "100", Finding.MET),
        ("50000", "100", "100", Finding.MET),
        ("60000", "119.99", "120", Finding.TOO_SMALL),
        ("60000", "120", "120", Finding.MET),
    ],
)
def test_company_rooms_take_a_share_of_the_floor_area(in_spring, floor_area, room_area, required, expected):
    edit_estate(estate=in_spring.spring, total_floor_area=D(floor_area), by=in_spring.head_office)
    room(in_spring, area=room_area)
    found = finding(in_spring)
    assert (found.required, found.actual, found.finding) == (D(required), D(room_area), expected)
    assert found.is_met == (expected is Finding.MET)


@pytest.mark.clause("P11-10")
def test_committee_room_has_thirty_square_metres(in_spring):
    assert finding(in_spring, "committee").finding is Finding.MISSING
    room(in_spring, "committee", "29.99")
    assert finding(in_spring, "committee").finding is Finding.TOO_SMALL
    room(in_spring, "committee", "0.01")
    found = finding(in_spring, "committee")
    assert (found.required, found.finding) == (D(30), Finding.MET)


@pytest.mark.clause("P11-11")
@pytest.mark.parametrize("lack", ["above_ground", "self_contained", "has_water", "has_electricity"])
def test_unusable_rooms_do_not_count(in_spring, lack):
    room(in_spring, area="120", **{lack: False})
    found = finding(in_spring)
    assert (found.actual, found.finding) == (D(0), Finding.UNUSABLE)


@pytest.mark.clause("P11-11")
def test_temporary_rooms_are_measured_against_the_first_phase(in_spring):
    edit_estate(
        estate=in_spring.spring,
        total_floor_area=D(200_000),
        first_phase_floor_area=D(60_000),
        by=in_spring.head_office,
    )
    room(in_spring, area="120", temporary=True)
    assert (finding(in_spring).required, finding(in_spring).is_met) == (D(120), True)
    room(in_spring, area="10", temporary=False)
    assert (finding(in_spring).required, finding(in_spring).is_met) == (D(400), False)


def test_thresholds_are_parameters_that_an_estate_may_override(in_spring):
    room(in_spring, area="100")
    assert finding(in_spring).is_met
    Parameter.objects.create(
        key="registry.company_room.min_area", estate_id=in_spring.spring.pk, value="150",
        effective_from=date(2020, 1, 1), source="city rule",
    )  # fmt: skip
    assert (finding(in_spring).required, finding(in_spring).is_met) == (D(150), False)


def test_unknown_floor_area_is_said_and_not_passed(in_spring):
    edit_estate(estate=in_spring.spring, total_floor_area=None, by=in_spring.head_office)
    room(in_spring)
    assert finding(in_spring).finding is Finding.AREA_UNKNOWN
