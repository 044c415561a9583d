"""Our own workbook: what it brings, and what is refused."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import pytest
import xlsxwriter
from django.utils import translation

from anju.foundation.registry import selectors
from anju.foundation.registry.actions.imports import (
    import_workbook,
)
from anju.foundation.registry.imports import dataset, workbooks
from anju.foundation.registry.imports import register_layouts as layouts
from anju.foundation.registry.models import (
    Building,
    Ownership,
    ParkingZone,
    Party,
    Unit,
    Vehicle,
)
from anju.kit.errors import Refusal
from anju.kit.models import AuditEntry
from anju.kit.sheets import open_book
from tests.foundation.registry.books import OWN, book, own


@pytest.fixture
def bring(in_spring):
    def run(sheets, **options):
        content = sheets if isinstance(sheets, bytes) else book(sheets)
        return import_workbook(
            estate=in_spring.spring, source=content, layout="register", by=in_spring.director, **options
        )

    return run


def codes(report):
    return [(problem.code, problem.sheet, problem.row) for problem in report.errors]


def test_own_workbook_brings_everything(bring):
    report = bring(own())
    assert report.errors == []
    assert report.created == {
        "building": 1, "entrance": 1, "party": 3, "unit": 2, "car_park": 1, "parking_zone": 1, "parking_space": 1,
        "vehicle": 1, "ownership": 4, "occupancy": 1,
    }  # fmt: skip
    unit = Unit.objects.get(code="5-1-102")
    assert (unit.exclusive_area, unit.delivery_date, unit.state) == (Decimal(88), datetime.date(2020, 1, 1), "let")
    shares = {row.party.name: row.share for row in selectors.owners_on(Unit.objects.get(code="5-1-101"))}
    assert shares == {"王大锤": Decimal("0.5"), "王小锤": Decimal("0.5")}
    zone = ParkingZone.objects.get(code="B")
    assert (zone.level, zone.audience, zone.guidance_sign, zone.attendants) == (-2, "residential", "蓝色箭头", 2)
    assert Party.objects.get(reference="Y1").prepayment_agreed
    assert Vehicle.objects.get(plate="辽BF12345").space.code == "B-01"


def test_own_workbook_again_changes_nothing(bring):
    bring(own())
    before = AuditEntry.objects.count()
    report = bring(own())
    assert (sum(report.created.values()), sum(report.changed.values())) == (0, 0)
    assert sum(report.unchanged.values()) == 16
    assert AuditEntry.objects.count() == before


def test_dry_run_tells_the_truth_and_changes_nothing(bring):
    before = AuditEntry.objects.count()
    foreseen = bring(own(), dry_run=True)
    assert AuditEntry.objects.count() == before
    assert not Building.objects.filter(code="5").exists()
    assert foreseen.created == bring(own()).created


def test_empty_cells_leave_what_is_on_the_register(bring):
    bring(own())
    sheets = own()
    sheets["房屋"] = [["楼栋", "单元", "房号", "专有面积"], ["5", "1", "101", 97]]
    report = bring(sheets)
    assert report.changed["unit"] == 1
    unit = Unit.objects.get(code="5-1-101")
    assert (unit.exclusive_area, unit.state, unit.floor) == (Decimal(97), "owner_occupied", 1)


def test_thirds_typed_with_four_decimals_make_a_whole(bring):
    sheets = own()
    sheets["产权"] = [OWN["产权"][0], *(["5-1-101", "", who, 0.3333, "2020-01-01"] for who in ("Y1", "Y2", "Z1"))]
    assert bring(sheets).errors == []
    assert sum(Ownership.objects.filter(unit__code="5-1-101").values_list("share", flat=True)) == 1
    assert bring(sheets).changed["ownership"] == 0


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "code"),
    [
        ("产权", 1, 3, 1.6, "too_large"),
        ("产权", 1, 2, "Y9", "unknown_owner"),
        ("产权", 1, 1, "B-01", "one_thing"),
        ("产权", 3, 0, "9-9-9", "unknown_unit"),
        ("入住", 1, 3, "去年", "not_a_date"),
        ("房屋", 2, 2, "101", "duplicate_unit"),
        ("房屋", 1, 5, -5, "too_small"),
        ("房屋", 1, 7, "住着", "not_a_choice"),
        ("车辆", 1, 0, "B12345", "plate.province"),
        ("车位", 1, 1, "Z", "unknown_zone"),
        ("业主住户", 2, 0, "Y1", "duplicate_party"),
        ("楼栋", 1, 2, 1.5, "not_whole"),
    ],
)
def test_wrong_cell_keeps_the_whole_file_out(bring, sheet, row, column, value, code):
    sheets = own()
    sheets[sheet][row][column] = value
    report = bring(sheets)
    found = [problem for problem in report.errors if problem.code == code]
    assert [problem.sheet for problem in found] == [sheet], codes(report)
    assert not report.applied
    assert not Building.objects.filter(code="5").exists()
    assert not Party.objects.filter(reference="Y1").exists()


def test_ownership_cannot_overlap_what_is_on_the_register(bring, in_spring):
    sheets = {"产权": [OWN["产权"][0], ["3-1-1201", "", "P2", 1, "2025-01-01"]]}
    assert codes(bring(sheets)) == [("shares", "产权", 2)]
    assert [row.party for row in selectors.owners_on(in_spring.unit)] == [in_spring.owner_party]


def test_good_rows_of_a_bad_file(bring):
    sheets = own()
    sheets["房屋"][1][5] = -5
    report = bring(sheets, good_rows=True)
    assert report.applied
    assert ("too_small", "房屋", 2) in codes(report)
    assert {row.unit.code for row in Ownership.objects.filter(party__reference="Y1", unit__isnull=False)} == {"5-1-102"}


def test_merged_empty_and_formula_cells(bring):
    buffer = io.BytesIO()
    out = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = out.add_worksheet("房屋")
    for position, title in enumerate(["楼栋", "单元", "房号", "专有面积"]):
        page.write(0, position, title)
    page.merge_range(1, 0, 2, 0, "5")  # one building for two rows
    page.merge_range(1, 3, 2, 3, 80)  # one area for two rows: of whom?
    for line, number in ((1, "101"), (2, "102"), (3, "103")):
        page.write(line, 1, "1")
        page.write(line, 2, number)
    page.write(3, 0, "5")
    page.write_formula(3, 3, "=40+50.5", value=90.5)
    page.write_blank(30_000, 3, None, out.add_format({"bold": True}))
    page = out.add_worksheet("楼栋")
    page.write_row(0, 0, ["楼栋", "楼栋名称"])
    page.write_row(1, 0, ["5", "五号楼"])
    page = out.add_worksheet("单元")
    page.write_row(0, 0, ["楼栋", "单元"])
    page.write_row(1, 0, ["5", "1"])
    out.close()
    report = bring(buffer.getvalue(), good_rows=True)
    assert codes(report) == [("merged_cells", "房屋", 3)]
    assert {unit.code: unit.exclusive_area for unit in Unit.objects.filter(building__code="5")} == {
        "5-1-101": Decimal(80), "5-1-103": Decimal("90.5"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet.empty"),
        (b"name,room\n", "sheet.not_a_workbook"),
        (b"PK\x03\x04 no archive", "sheet.damaged"),
        (b"<html><table></table></html>", "sheet.not_a_workbook"),
    ],
)
def test_file_that_is_no_workbook_is_refused(bring, content, code):
    with pytest.raises(Refusal) as caught:
        bring(content)
    assert caught.value.code == code


def test_too_many_rows_are_refused_before_they_are_held(bring, monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    with pytest.raises(Refusal) as caught:
        bring(own())
    assert caught.value.code == "sheet.too_many_rows"
    assert not Building.objects.filter(code="5").exists()


def test_a_workbook_with_too_many_errors_is_refused_as_a_whole_and_says_the_first(bring, monkeypatch):
    monkeypatch.setattr(dataset, "MOST_PROBLEMS", 3)
    sheets = own()
    sheets["房屋"] += [["5", "1", f"{number}", 2, "spaceship", 80, "", ""] for number in range(200, 205)]
    with pytest.raises(Refusal) as caught:
        bring(sheets, good_rows=True)
    assert caught.value.code == "sheet.too_many_problems"
    assert "spaceship" in str(caught.value)
    assert not Building.objects.filter(code="5").exists()


def test_warnings_are_kept_up_to_a_number_and_hold_nothing_back(bring, monkeypatch):
    monkeypatch.setattr(dataset, "MOST_PROBLEMS", 3)
    sheets = own()
    sheets["业主住户"] += [[f"W{number}", f"无名{number}", "person", "12"] for number in range(6)]
    report = bring(sheets)
    assert (report.applied, len(report.warnings)) == (True, 3)


def test_number_of_queries_does_not_grow_with_the_rows(bring, django_assert_max_num_queries):
    sheets = own()
    sheets["房屋"] += [["5", "1", f"{number}", 2, "residential", 80, "", ""] for number in range(200, 500)]
    sheets["产权"] += [[f"5-1-{number}", "", "Y1", 1, "2020-01-01"] for number in range(200, 500)]
    with django_assert_max_num_queries(60):
        assert bring(sheets).created["unit"] == 302


def test_template_is_read_back_as_our_workbook(bring):
    content = workbooks.template()
    assert workbooks.recognise(content) == "register"
    with open_book(content) as template:
        assert len(template.sheets) == 12
    assert bring(content).errors == []


def test_workbook_made_in_one_language_is_understood_in_another(bring):
    sheets = own()
    with translation.override("en"):
        titles = {layout.key: [column.title for column in layout.columns] for layout in layouts.LAYOUTS}
    sheets["房屋"] = [titles["units"], ["5", "1", "103", 1, "residence", 70, "", "", "owner-occupied", ""]]
    sheets["产权"] = [titles["ownership"], ["5-1-103", "", "Y1", 1, "2020-01-01", ""]]
    sheets["入住"] = None
    with translation.override("zh-hans"):
        report = bring({name: rows for name, rows in sheets.items() if rows})
    assert report.errors == []
    assert (report.created["unit"], report.created["ownership"]) == (1, 1)
