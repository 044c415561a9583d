"""The take-over workbook of HC小区: what it brings, what it refuses, and that it can be imported again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django_scopes import scope

from anju.foundation.registry.actions.imports import import_workbook
from anju.foundation.registry.imports import fees
from anju.foundation.registry.models import (
    Building,
    Entrance,
    Occupancy,
    Ownership,
    ParkingSpace,
    ParkingZone,
    Party,
    Unit,
    Vehicle,
)
from anju.kit.models import AuditEntry
from tests.foundation.registry.books import HC, SAMPLE, book, hc

NOTHING = {"created": 0, "changed": 0}


@pytest.fixture
def taken(monkeypatch):
    """What the register hands over to charging, kept instead of charged."""
    seen = {}

    def take(**given):
        seen.update(given)
        return {"created": {"fee_item": len(given["fees"])}, "changed": {}, "unchanged": {}}

    monkeypatch.setattr(fees, "_taker", [take])
    return seen


@pytest.fixture
def bring(world, taken):
    """``bring(sheets)`` imports a workbook into the empty part of RIVAL."""
    with scope(estate=world.rival.pk):

        def run(sheets, **options):
            content = sheets if isinstance(sheets, bytes) else book(sheets)
            return import_workbook(estate=world.rival, source=content, layout="hc", by=world.rival_director, **options)

        yield run


def codes(report):
    return [(problem.code, problem.sheet, problem.row) for problem in report.errors]


def test_whole_workbook_is_brought_in(bring, taken):
    report = bring(hc())
    assert report.errors == []
    assert report.created == {
        "building": 1,
        "entrance": 3,
        "party": 5,
        "unit": 4,
        "car_park": 1,
        "parking_zone": 2,
        "parking_space": 3,
        "vehicle": 2,
        "ownership": 4,
        "occupancy": 2,
        "fee_item": 2,
    }  # fmt: skip -- building 1 is on the register already
    unit = Unit.objects.select_related("entrance").get(code="1-1-1011")
    assert (unit.number, unit.floor, unit.kind, unit.exclusive_area) == ("1011", 1, "residential", Decimal("94.56"))
    assert (unit.entrance.floors, unit.entrance.has_lift, unit.state) == (33, True, "owner_occupied")
    assert Unit.objects.get(code="2-1-101").kind == "office"
    assert (Unit.objects.get(code="2-1-102").kind, Unit.objects.get(code="2-1-102").state) == ("apartment", "unsold")
    assert Entrance.objects.get(building__code="2").has_lift is False


def test_placeholders_mean_that_nothing_is_known(bring):
    bring(hc())
    first, second = Party.objects.get(reference="1"), Party.objects.get(reference="2")
    assert (first.name, first.phone, first.id_number, first.initials) == ("吴学文", "", "", "wxw")
    assert (second.phone, second.id_number) == ("13811110002", "11010519491231002X")
    assert Party.objects.get(reference="5").kind == "organisation"


def test_household_and_tenants_live_in_the_owners_home(bring):
    bring(hc())
    stays = {(stay.unit.code, stay.party.name, stay.kind) for stay in Occupancy.objects.select_related("unit", "party")}
    assert stays == {("1-1-1012", "张小三", "family"), ("1-1-1011", "李租客", "tenant")}


def test_fees_reach_charging_as_the_notes_explain_them(bring, taken):
    bring(hc())
    service, lift = taken["fees"]
    assert (service.code, service.name, service.kind, service.method) == ("1", "物业服务费", "service", "area")
    assert (service.price, service.fixed, service.cycle_months, service.timing) == (
        Decimal("1.3"), Decimal(20), 1, "advance",
    )  # fmt: skip
    assert (service.since, service.until) == (date(2020, 6, 10), None)
    assert (lift.method, lift.price, lift.fixed, lift.cycle_months, lift.timing) == ("flat", 0, 15, 12, "arrears")
    assert lift.until == date(2037, 1, 1)
    units = {unit.pk: unit.code for unit in Unit.objects.all()}
    assert {(units[row.unit_id], row.fee_code, row.since) for row in taken["unit_fees"]} == {
        ("1-1-1011", "1", date(2020, 6, 10)),
        ("1-1-1011", "2", date(2020, 7, 10)),
        ("1-1-1012", "1", date(2020, 6, 10)),
    }


def test_owners_own_since_the_first_charge(bring):
    bring(hc())
    since = {row.unit.code: row.since for row in Ownership.objects.filter(unit__isnull=False).select_related("unit")}
    assert since["1-1-1011"] == date(2020, 6, 10)
    assert since["2-1-101"] == date(2020, 6, 10)  # no charge of its own: the earliest day the workbook knows


def test_spaces_are_sold_let_or_vacant(bring):
    bring(hc())
    spaces = {space.code: space for space in ParkingSpace.objects.select_related("zone")}
    assert {code: space.use for code, space in spaces.items()} == {
        "C0001": "vacant", "C0002": "private", "C0003": "monthly",
    }  # fmt: skip
    assert {code: (space.zone.level, space.area) for code, space in spaces.items()} == {
        "C0001": (0, Decimal("98.32")), "C0002": (-1, None), "C0003": (-1, Decimal("12.50")),
    }  # fmt: skip
    owned = Ownership.objects.get(space__isnull=False)
    assert (owned.space.code, owned.party.name, owned.since) == ("C0002", "吴学文", date(2021, 1, 1))
    let = Vehicle.objects.get(plate="辽BD12345")
    assert (let.space.code, let.since, let.until) == ("C0003", date(2021, 1, 1), date(2027, 1, 1))
    sold = Vehicle.objects.get(plate="辽B12345")
    assert (sold.kind, sold.brand, sold.colour, sold.until) == ("car", "大众", "白", None)


def test_second_import_changes_nothing(bring):
    bring(hc())
    before = AuditEntry.objects.count()
    report = bring(hc())
    assert (sum(report.created.values()) - report.created["fee_item"], sum(report.changed.values())) == (0, 0)
    assert report.unchanged["unit"] == 4
    assert AuditEntry.objects.count() == before


def test_changed_cells_change_their_rows_alone(bring):
    bring(hc())
    sheets = hc()
    sheets["房屋信息"][1][5] = 99.5
    sheets["业主信息"][2][1] = "张三丰"
    report = bring(sheets)
    assert {kind: n for kind, n in report.changed.items() if n} == {"unit": 1, "party": 1}
    assert Unit.objects.get(code="1-1-1011").exclusive_area == Decimal("99.50")
    assert Party.objects.get(reference="2").initials == "zsf"


def test_what_the_desk_has_corrected_is_not_guessed_away(bring):
    bring(hc())
    Unit.objects.filter(code="1-1-1011").update(state="vacant")
    Party.objects.filter(reference="1").update(phone="13900001111")
    report = bring(hc())
    assert sum(report.changed.values()) == 0
    assert Unit.objects.get(code="1-1-1011").state == "vacant"
    assert Party.objects.get(reference="1").phone == "13900001111"


def test_columns_and_sheets_may_stand_in_any_order(bring):
    turned = {name: [row[::-1] for row in _square(rows)] for name, rows in reversed(list(hc().items()))}
    assert bring(turned).errors == []
    assert Unit.objects.filter(code__startswith="1-1-10").count() == 3  # two of the workbook, one of the world


def _square(rows):
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def test_oldest_release_has_neither_fees_nor_types_of_person(bring, taken):
    sheets = hc(费用设置=None, 楼栋单元=None)
    head = ["业主编号", "业主名称", "性别", "年龄", "手机号", "身份证号"]
    sheets["业主信息"] = [head, [1, "吴学文", "男", 1, 18999999999, "1" * 18]]
    sheets["房屋信息"] = [HC["房屋信息"][0][:7], [1011, 1, 1, 1, "1010", 94.56, 1], [12, 1, 0, 1, "1010", 40, ""]]
    sheets["车位信息"] = [HC["车位信息"][0][:10]]
    report = bring(sheets)
    assert report.errors == []
    assert Unit.objects.get(code="1-1-1011").ownerships.get().party.name == "吴学文"
    shop = Unit.objects.get(code="1-12")
    assert (shop.kind, shop.entrance, shop.state) == ("shop", None, "unsold")
    assert taken == {}


def test_older_name_of_the_start_of_a_charge(bring, taken):
    sheets = hc()
    sheets["房屋信息"][0][8] = "费用到期时间"
    assert bring(sheets).errors == []
    assert {row.since for row in taken["unit_fees"]} == {date(2020, 6, 10), date(2020, 7, 10)}


def test_one_sheet_with_everything(bring):
    head = ["楼号", "单元", "房间", "楼层", "总层数", "是否有电梯", "房屋类型", "房屋户型", "建筑面积", "室内面积"]
    head += ["租金", "房屋状态", "业主名称", "性别", "手机号", "身份证号", "业主类型"]
    home = [8, 2, 1001, 10, 33, "有", 110, 10102, 94.56, 94.56, 0]
    rows = [
        [*home, 2006, "王一", "男", 13811112222, "1" * 18, 1001],
        [*home, 2006, "王二", "女", 13811113333, "1" * 18, 1001],
        [*home, 2006, "租客", "女", 18999999999, "1" * 18, 1003],
        [8, 0, 3, 1, 33, "有", 110, 10102, 50, 50, 0, 2002, "", "", "", "", ""],
    ]
    report = bring({"资产信息": [head, *rows]})
    assert report.errors == []
    unit = Unit.objects.get(code="8-2-1001")
    assert unit.state == "let"
    assert {(row.party.name, row.share) for row in unit.ownerships.all()} == {
        ("王一", Decimal("0.5")), ("王二", Decimal("0.5")),
    }  # fmt: skip
    assert unit.occupancies.get().party.name == "租客"
    assert Unit.objects.get(code="8-3").state == "unsold"
    assert sum(bring({"资产信息": [head, *rows]}).created.values()) == 0


# --- errors --------------------------------------------------------------------------------------------------------


def test_unknown_owner_keeps_everything_out_unless_good_rows_are_asked_for(bring, taken):
    sheets = hc()
    sheets["房屋信息"].append([103, 2, 1, 1, "10102", 60, 77, 1, "2020-06-10", 110, 60, 0])
    report = bring(sheets)
    assert codes(report) == [("unknown_owner", "房屋信息", 6)]
    problem = report.as_dict()["problems"][0]
    assert (problem["column"], problem["value"]) == ("业主编号", "77")
    assert not report.applied
    assert set(report.created.values()) == {0}
    assert (Building.objects.count(), Party.objects.count(), taken) == (1, 1, {})
    report = bring(sheets, good_rows=True)
    assert report.applied
    assert report.created["unit"] == 4
    assert not Unit.objects.filter(code="2-1-103").exists()
    assert len(taken["unit_fees"]) == 3


def test_refused_row_takes_along_what_refers_to_it(bring, taken):
    sheets = hc()
    sheets["业主信息"][1][6] = 9999  # no such type: owner 1 is refused
    report = bring(sheets, good_rows=True)
    assert ("not_a_choice", "业主信息", 2) in codes(report)
    assert ("unknown_owner", "房屋信息", 2) in codes(report)
    assert ("unknown_owner", "车位信息", 3) in codes(report)
    assert not Unit.objects.filter(code="1-1-1011").exists()
    assert not ParkingSpace.objects.filter(code="C0002").exists()
    assert {row.fee_code for row in taken["unit_fees"]} == {"1"}


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "code"),
    [
        ("房屋信息", 1, 5, -3, "too_small"),
        ("房屋信息", 1, 5, 0, "too_small"),
        ("房屋信息", 1, 5, "九十", "not_a_number"),
        ("房屋信息", 1, 5, None, "required"),
        ("房屋信息", 1, 0, 1012, "duplicate_unit"),
        ("房屋信息", 1, 1, 77, "unknown_building"),
        ("房屋信息", 1, 2, 9, "unknown_entrance"),
        ("房屋信息", 1, 7, "1#9", "unknown_fee"),
        ("房屋信息", 1, 8, "2020-02-30#2020-07-10", "no_such_day"),
        ("房屋信息", 1, 8, "2020-01-01#2020-02-01#2020-03-01", "fee_starts"),
        ("业主信息", 2, 7, 1, "duplicate_party"),
        ("费用设置", 2, 9, 3003, "unknown_formula"),
        ("房屋信息", 1, 7, "1#1", "fee_twice"),
        ("费用设置", 2, 2, "物业服务费", "duplicate_fee"),
        ("费用设置", 2, 10, -1, "too_small"),
        ("车位信息", 2, 5, "辽I12345", "plate.letters"),
        ("车位信息", 2, 4, None, "required"),
        ("楼栋单元", 1, 2, "三十三", "not_a_number"),
    ],
)
def test_wrong_cell_is_named_and_nothing_is_changed(bring, sheet, row, column, value, code):
    sheets = hc()
    sheets[sheet][row][column] = value
    report = bring(sheets)
    found = [problem for problem in report.errors if problem.code == code]
    assert found, codes(report)
    assert found[0].sheet == sheet
    assert f"“{sheet}”" in str(found[0].message)
    assert not report.applied
    assert Building.objects.count() == 1


def test_doubtful_numbers_are_warned_of_and_imported(bring):
    sheets = hc()
    sheets["业主信息"][1][4:6] = [13811110002, "110105194912310021"]
    sheets["业主信息"][5][4] = "12345"
    report = bring(sheets)
    assert report.errors == []
    assert {problem.code for problem in report.warnings} == {"duplicate_number", "id_card.check", "phone.format"}
    assert all(problem["severity"] == "warning" for problem in report.as_dict()["problems"])
    assert Party.objects.get(reference="1").id_number == "110105194912310021"


def test_notes_beside_and_below_the_data_are_no_data(bring):
    sheets = hc()
    for rows in sheets.values():
        rows[1] = rows[1] + [""] * (14 - len(rows[1])) + ["说明", "请看下面"]
        rows += [[""] * 14 + ["业主编号", "必须为唯一值"], [""] * 14 + [1001, "面积*单价+附加费"]]
    assert bring(sheets).errors == []


def test_fee_charged_once_is_set_up_but_not_charged_regularly(bring, taken):
    sheets = hc()
    sheets["费用设置"][2][3] = "一次性费用"
    report = bring(sheets)
    assert [problem.code for problem in report.warnings] == ["one_off_fee"]
    assert {row.fee_code for row in taken["unit_fees"]} == {"1"}


def test_present_owner_is_not_replaced_by_an_import(bring, world):
    bring(hc())
    sheets = hc()
    sheets["房屋信息"][1][6] = 2
    report = bring(sheets)
    assert codes(report) == [("other_owner", "房屋信息", 2)]
    assert Unit.objects.get(code="1-1-1011").ownerships.get().party.reference == "1"


def test_same_space_number_in_two_car_parks(bring):
    sheets = hc()
    sheets["车位信息"].append([2, "C0001", "地上停车位", 1])
    assert bring(sheets).errors == []
    assert set(ParkingSpace.objects.values_list("code", flat=True)) == {"1-C0001", "2-C0001", "C0002", "C0003"}
    assert ParkingZone.objects.count() == 3


@pytest.mark.skipif(not SAMPLE.exists(), reason="the workbook as HC小区 ships it is not on this machine")
def test_workbook_as_it_ships(bring, taken):
    content = SAMPLE.read_bytes()
    report = bring(content)
    assert codes(report) == [("unknown_owner", "房屋信息", row) for row in (7, 8, 9)]
    assert not report.applied
    report = bring(content, good_rows=True)
    assert {kind: n for kind, n in report.created.items() if n} == {
        "building": 12, "entrance": 26, "party": 5, "unit": 5, "car_park": 1, "parking_zone": 1, "parking_space": 1,
        "ownership": 5, "fee_item": 2,
    }  # fmt: skip
    assert len(taken["unit_fees"]) == 7
    assert Party.objects.get(reference="1").phone == ""
    again = bring(content, good_rows=True)
    assert sum(again.created.values()) - again.created["fee_item"] == 0


def test_start_of_a_charge_may_be_a_date_of_the_spreadsheet(bring, taken):
    sheets = hc()
    sheets["房屋信息"][2][8] = date(2020, 6, 10)
    sheets["房屋信息"][1][7:9] = ["1#1", "2020-06-10"]  # twice the same is once
    assert bring(sheets).errors == []
    assert [(row.fee_code, row.since) for row in taken["unit_fees"]] == [("1", date(2020, 6, 10))] * 2
