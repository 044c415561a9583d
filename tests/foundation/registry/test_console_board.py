"""The unit board: every unit of a building once, in its place, coloured and marked; at constant cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django_scopes import scope

from anju.foundation.registry import hooks
from anju.foundation.registry.models import Estate, Ownership, Unit
from anju.kit.testing import assert_same_queries
from tests.world import DELIVERED

BOARD = "/console/SPRING/registry/board/"


@pytest.fixture
def arrears(monkeypatch):
    monkeypatch.setattr(hooks, "_marks", [])
    owed: dict[int, Decimal] = {}
    hooks.register_unit_marks(
        lambda estate, ids: {key: hooks.Mark(owed[key]) for key in ids if key in owed}, "registry.view"
    )
    return owed


def board(client, **query):
    page = client.get(BOARD, query)
    assert page.status_code == 200
    return page


def shown(page) -> list[list[str]]:
    """The units shown, floor by floor from the top."""
    floors = page.context["board"].floors
    return [[tile.unit.code for _wide, cell in floor.cells for tile in cell] for floor in floors]


def test_units_stand_by_floor_from_the_top_with_their_owner(world, client_as):
    page = board(client_as(world.guard), building=world.building.pk)
    assert shown(page) == [["3-1-1501"], ["3-1-1201"], ["3-1-0902"], ["3-1-0101"]]
    html = page.content.decode()
    assert 'data-state="unsold"' in html
    assert "赵邻居、孙店主" in html
    assert [row.name for row in page.context["buildings"]] == ["3号楼", "沿街商铺"]


def test_state_narrows_the_tiles_and_leaves_the_counts(world, client_as):
    page = board(client_as(world.guard), building=world.building.pk, state="let")
    assert shown(page) == [["3-1-0902"]]
    assert page.context["board"].counts["unsold"] == 1
    assert board(client_as(world.guard), building=world.building.pk, state="nonsense").context["board"].shown == 4


def test_arrears_are_marked_summed_and_filtered(world, client_as, arrears):
    arrears[world.unit.pk] = Decimal("231.60")
    arrears[world.let_unit.pk] = Decimal("18.40")
    page = board(client_as(world.cashier), building=world.building.pk)
    assert (page.context["board"].owing, page.context["board"].owed) == (2, Decimal("250.00"))
    assert "¥231.60" in page.content.decode()
    narrowed = board(client_as(world.cashier), building=world.building.pk, owing="1")
    assert shown(narrowed) == [["3-1-1201"], ["3-1-0902"]]


def test_arrears_are_for_those_who_may_see_them(world, client_as, monkeypatch):
    monkeypatch.setattr(hooks, "_marks", [])
    hooks.register_unit_marks(lambda estate, ids: {ids[0]: hooks.Mark(Decimal(9))}, "registry.transfer")
    assert board(client_as(world.guard)).context["board"].owing == 0
    assert board(client_as(world.director)).context["board"].owing == 1


def test_marks_of_several_modules_add_up(world, client_as, arrears):
    arrears[world.unit.pk] = Decimal(10)
    hooks.register_unit_marks(lambda estate, ids: {key: hooks.Mark(Decimal(1)) for key in ids}, "registry.view")
    assert board(client_as(world.guard)).context["board"].owed == Decimal(14)


def test_board_of_600_units_costs_what_one_of_four_costs(world, client_as, arrears):
    client = client_as(world.director)

    def grow():
        with scope(estate=world.spring.pk):
            units = Unit.objects.bulk_create(
                Unit(
                    estate=world.spring, building=world.building, entrance=world.entrance, code=f"3-1-x{key}",
                    number=f"x{key}", floor=key % 30, exclusive_area=Decimal(80),
                )
                for key in range(600)
            )  # fmt: skip
            Ownership.objects.bulk_create(
                Ownership(estate=world.spring, unit=unit, party=world.neighbour_party, since=DELIVERED)
                for unit in units
            )
            arrears.update((unit.pk, Decimal(1)) for unit in units)

    assert_same_queries(lambda: board(client, building=world.building.pk), grow)
    assert board(client, building=world.building.pk).context["board"].shown == 604


def test_drawer_tells_who_owns_and_lives_there(world, client_as, arrears):
    arrears[world.let_unit.pk] = Decimal("88.80")
    drawer = client_as(world.guard).get(f"{BOARD}units/{world.let_unit.pk}/").content.decode()
    for part in ("3-1-0902", "赵邻居", "李租客", "139****0009", "¥88.80"):
        assert part in drawer, part
    assert client_as(world.director).get(f"{BOARD}units/{world.rival_unit.pk}/").status_code == 404


def test_building_of_another_estate_is_not_shown(world, client_as):
    page = client_as(world.rival_director).get("/console/RIVAL/registry/board/", {"building": world.building.pk})
    assert page.context["board"].building.estate_id == world.rival.pk


def test_estate_without_buildings_is_told_what_to_do_next(world, client_as):
    empty = Estate.objects.create(code="EMPTY", name="新小区", company=world.company)
    page = client_as(world.head_office).get(f"/console/{empty.code}/registry/board/")
    assert page.context["board"] is None
    assert "/console/EMPTY/registry/imports/" in page.content.decode()
