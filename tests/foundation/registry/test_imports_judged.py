"""What is refused for the company it keeps: where the page says the fault is, and that nothing half stays."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from anju.domains.billing.models import FeeItem, RecurringCharge, Tariff
from anju.foundation.registry.actions.imports import apply_import, import_workbook, upload_import
from anju.foundation.registry.imports import register_layouts as layouts
from anju.foundation.registry.imports import workbooks
from anju.foundation.registry.models import Occupancy, Ownership, Party, Unit
from anju.kit.sheets import SheetReader, match_sheets, open_book
from tests.domains.billing.charging import run
from tests.foundation.registry.books import OWN, book, hc, own

FEES = [
    ["收费编号", "收费项目", "收费类别", "计费方式", "单价", "固定费用", "起始日期"],
    ["WY", "物业费", "物业费", "面积×单价", 2.4, 0, "2026-01-01"],
]
CHARGES = [["房屋", "车位", "收费编号", "起始日期", "终止日期"], ["5-1-101", "", "WY", "2026-01-01", ""]]


@pytest.fixture
def bring(in_spring):
    def run_import(sheets, layout="register", **options):
        return import_workbook(
            estate=in_spring.spring, source=book(sheets), layout=layout, by=in_spring.director, **options
        )

    return run_import


def places(report):
    return [(problem.code, problem.sheet, problem.row, problem.column) for problem in report.errors]


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "expected"),
    [
        ("车辆", 1, 1, "Y9", ("unknown_party", "车主编号")),
        ("车辆", 1, 2, "Z-1", ("unknown_space", "车位号")),
        ("入住", 1, 1, "Y9", ("unknown_party", "住户编号")),
        ("产权", 3, 2, "Y9", ("unknown_owner", "业主编号")),
        ("房屋", 2, 2, "101", ("duplicate_unit", "房号")),
        ("单元", 1, 0, "9", ("unknown_building", "楼栋")),
        ("业主住户", 2, 0, "Y1", ("duplicate_party", "编号")),
    ],
)
def test_a_refusal_names_the_column_of_its_own_sheet(bring, sheet, row, column, value, expected):
    sheets = own()
    sheets[sheet][row][column] = value
    found = [(problem.code, problem.column) for problem in bring(sheets).errors if problem.sheet == sheet]
    assert expected in found


def test_columns_are_named_as_the_file_names_them(bring):
    sheets = hc()
    sheets["房屋信息"][0][6:9] = ["业主号", "费用编号", "费用到期时间(文本)"]
    sheets["房屋信息"][1][6], sheets["房屋信息"][2][8] = 99, "去年"
    assert places(bring(sheets, layout="hc")) == [
        ("unknown_owner", "房屋信息", 2, "业主号"),
        ("not_a_date", "房屋信息", 3, "费用到期时间"),
    ]


def test_problems_come_in_the_order_of_sheets_and_rows(bring):
    sheets = own(收费项目=FEES)
    sheets["房屋"] += [["5", "1", "101", 1, "residential", 80], ["5", "1", "104", 1, "residential", -1]]
    sheets["楼栋"].append(["6", "", "x"])
    sheets["产权"][1][2] = "Y9"
    assert [(problem.sheet, problem.row) for problem in bring(sheets).errors] == [
        ("楼栋", 3), ("房屋", 4), ("房屋", 5), ("产权", 2),
    ]  # fmt: skip


def test_owners_whose_shares_are_too_much_are_all_refused_and_can_be_corrected_together(in_spring):
    sheets = own()
    sheets["产权"][1][3], sheets["产权"][2][3] = "", ""  # two sole owners of one home
    batch = upload_import(
        estate=in_spring.spring, file=ContentFile(book(sheets), "a.xlsx"), name="a.xlsx", by=in_spring.director
    )
    batch = apply_import(batch=batch, good_rows=True, by=in_spring.director)
    told = [
        (problem["code"], problem["row"], problem["column"], problem["value"]) for problem in batch.result["problems"]
    ]
    assert told == [("shares", 2, "份额", "1"), ("shares", 3, "份额", "1")]
    assert not Ownership.objects.filter(unit__code="5-1-101").exists()
    with open_book(workbooks.refused_workbook(batch)) as refused:
        [sheet] = refused.sheets
        assert [cells.get(2) for _number, cells in sheet.rows()] == ["业主编号", "Y1", "Y2"]
    corrected = {"产权": [OWN["产权"][0], *(["5-1-101", "", who, 0.5, "2020-01-01"] for who in ("Y1", "Y2"))]}
    report = import_workbook(estate=in_spring.spring, source=book(corrected), layout="register", by=in_spring.director)
    assert (report.errors, report.created["ownership"]) == ([], 2)


def test_charges_on_the_same_days_are_refused_and_later_ones_follow_each_other(bring):
    charges = [*CHARGES, ["5-1-101", "", "WY", "2026-06-01", ""]]
    report = bring(own(收费项目=FEES, 收费安排=charges), good_rows=True)
    assert places(report) == [
        ("charges_overlap", "收费安排", 2, "起始日期"), ("charges_overlap", "收费安排", 3, "起始日期"),
    ]  # fmt: skip
    assert not RecurringCharge.objects.exists()
    charges[1] = [*charges[1][:4], "2026-06-01"]
    for expected in (2, 0):  # in either order, and a second time nothing
        report = bring(own(收费项目=FEES, 收费安排=[charges[0], *reversed(charges[1:])]))
        assert (report.errors, report.created["recurring_charge"]) == ([], expected)
        assert report.changed["recurring_charge"] == 0


def test_a_fee_without_a_price_is_refused_in_its_place_and_the_others_are_imported(bring):
    fees = [*FEES, ["DT", "电梯费", "其他", "固定金额", "", "", "2026-01-01"]]
    charges = [*CHARGES, ["5-1-102", "", "DT", "2026-01-01", ""]]
    sheets = own(收费项目=fees, 收费安排=charges)
    assert not bring(sheets).applied
    report = bring(sheets, good_rows=True)
    assert places(report) == [
        ("no_price", "收费项目", 3, "固定费用"), ("unknown_fee", "收费安排", 3, "收费编号"),
    ]  # fmt: skip
    assert list(FeeItem.objects.filter(estate__code="SPRING", code__in=["WY", "DT"]).values_list("code")) == [("WY",)]
    assert Unit.objects.filter(code="5-1-102").exists()


def test_what_contradicts_the_books_is_refused_in_its_place(bring, in_spring):
    bring(own(收费项目=FEES, 收费安排=CHARGES))
    run(in_spring.spring, "2026-11")
    other_price = [FEES[0], ["WY", "物业费", "物业费", "面积×单价", 3, 0, "2026-01-01"]]
    assert places(bring({"收费项目": other_price})) == [("tariff_start", "收费项目", 2, "起始日期")]
    other_number = [FEES[0], ["W2", "物业费", "物业费", "面积×单价", 3, 0, "2026-01-01"]]
    assert places(bring({"收费项目": other_number})) == [("fee_item_name", "收费项目", 2, "收费项目")]
    later = [CHARGES[0], ["5-1-101", "", "WY", "2026-12-01", ""]]
    report = bring({"收费项目": FEES, "收费安排": later}, good_rows=True)
    assert places(report) == [("charge_billed", "收费安排", 2, "起始日期")]
    assert (report.applied, Tariff.objects.get(fee_item__code="WY").price) == (True, Decimal("2.4"))


def test_what_is_not_read_is_told_and_holds_nothing_back(bring):
    sheets = own()
    sheets["业主住户"] = [[*row, "13811112222"] for row in sheets["业主住户"]]
    sheets["业主住户"][0][-1] = "第二联系方式"
    sheets["6号楼"] = [["楼栋", "单元", "房号", "专有面积"], ["5", "1", "601", 90]]
    report = bring(sheets)
    assert (report.applied, report.errors, report.warnings) == (True, [], [])
    assert [("第二联系方式" in str(said), "6号楼" in str(said)) for said in report.unread] == [
        (False, True), (True, False),
    ]  # fmt: skip
    assert "“房屋”" in str(report.unread[0])
    assert "unread" not in report.as_dict()
    assert len(report.for_batch()["unread"]) == 2
    assert not bring(hc(), layout="hc").unread


def test_workbook_of_refused_rows_is_read_in_every_column(in_spring):
    titles = {layout.key: [column.title for column in layout.columns] for layout in layouts.LAYOUTS}
    sheets = {str(layout.title): [titles[layout.key], ["?"] * len(layout.columns)] for layout in layouts.LAYOUTS}
    batch = upload_import(
        estate=in_spring.spring, file=ContentFile(book(sheets), "a.xlsx"), name="a.xlsx", by=in_spring.director
    )
    with open_book(workbooks.refused_workbook(batch)) as again:
        matched = match_sheets(again, layouts.LAYOUTS)
        readers = [SheetReader(matched[layout.key], layout) for layout in layouts.LAYOUTS]
    assert [set(reader.positions) for reader in readers] == [
        {column.key for column in layout.columns} for layout in layouts.LAYOUTS
    ]
    assert not any(reader.unread for reader in readers)


def test_units_and_shares_are_understood_however_they_were_typed(bring):
    sheets = own()
    sheets["产权"][1:3] = [[" 5 - 1－101", "", "Y1", "1/3", "2020-01-01"], ["5—1—101", "", "Y2", "2/3", "2020-01-01"]]
    assert bring(sheets).errors == []
    shares = Ownership.objects.filter(unit__code="5-1-101").values_list("share", flat=True)
    assert sorted(shares) == [Decimal("0.33333333"), Decimal("0.66666667")]
    sheets["产权"][1][3] = "1/0"
    assert [place[:2] for place in places(bring(sheets))] == [("not_a_number", "产权")]


def test_what_people_write_for_our_choices_is_understood(bring):
    sheets = own()
    sheets["房屋"][1][4], sheets["房屋"][1][7] = "普通住宅", "自住"
    sheets["业主住户"][1][2], sheets["车位"][1][3] = "自然人", "已售"
    assert bring(sheets).errors == []
    unit = Unit.objects.get(code="5-1-101")
    assert (unit.kind, unit.state, Party.objects.get(reference="Y1").kind) == (
        "residential", "owner_occupied", "person",
    )  # fmt: skip


def test_empty_cells_undo_nothing_that_was_done_since(bring):
    sheets = own(收费项目=FEES, 收费安排=CHARGES)
    bring(sheets)
    Ownership.objects.filter(unit__code="5-1-102").update(until="2026-05-01")
    Occupancy.objects.update(until="2026-06-01")
    RecurringCharge.objects.update(until="2026-07-01")
    sheets["产权"][1][3] = sheets["产权"][2][3] = ""  # the register knows the halves
    report = bring(sheets)
    assert (report.errors, sum(report.created.values()), sum(report.changed.values())) == ([], 0, 0)
    assert Ownership.objects.filter(unit__code="5-1-102", until="2026-05-01").exists()
    assert Occupancy.objects.filter(until="2026-06-01").exists()
    assert RecurringCharge.objects.filter(until="2026-07-01").exists()


def test_preview_tells_which_values_change_and_covers_personal_data(bring):
    bring(own())
    sheets = own()
    sheets["房屋"][1][5], sheets["业主住户"][1][3] = 97, "13833330009"
    sheets["产权"][1][3], sheets["产权"][2][3] = 0.4, 0.6
    sheets["车辆"][1][1] = "Y2"
    told = bring(sheets, dry_run=True).for_batch()["differences"]
    assert [tuple(row.values()) for row in told] == [
        ("party", "Y1", "phone", "138****0001", "138****0009"),
        ("unit", "5-1-101", "exclusive_area", "96.5", "97"),
        ("vehicle", "辽BF12345", "party_id", "Y1", "Y2"),
        ("ownership", "5-1-101-Y1-2020-01-01", "share", "0.5", "0.4"),
        ("ownership", "5-1-101-Y2-2020-01-01", "share", "0.5", "0.6"),
    ]


def test_problems_that_are_kept_cover_personal_data(bring):
    sheets = own()
    sheets["业主住户"][1][3:5] = ["1381234567890", "11010519491231002Z"]
    sheets["业主住户"][2][4] = 110105194912310021.0
    report = bring(sheets)
    assert {problem.value for problem in report.errors + report.warnings} >= {"1381234567890", "11010519491231002Z"}
    kept = {problem["value"] for problem in report.for_batch()["problems"]}
    assert kept >= {"138******7890", "110*************2Z"}
    assert not any(value.startswith("110105") for value in kept)


def test_refused_rooms_of_a_take_over_come_back_with_their_fees_and_households(in_spring):
    sheets = hc()
    sheets["房屋信息"][1][5] = -1
    batch = upload_import(
        estate=in_spring.spring, file=ContentFile(book(sheets), "a.xlsx"), name="a.xlsx", by=in_spring.director
    )
    apply_import(batch=batch, good_rows=True, by=in_spring.director)
    with open_book(workbooks.refused_workbook(batch)) as again:
        found = {sheet.name: [list(cells.values())[:-1] for _n, cells in sheet.rows()][1:] for sheet in again.sheets}
        cells = {sheet.name: [dict(cells) for _n, cells in sheet.rows()] for sheet in again.sheets}
    assert {name: len(rows) for name, rows in found.items()} == {"业主信息": 2, "费用设置": 2, "房屋信息": 1}
    corrected = {name: [[row.get(i, "") for i in range(13)] for row in rows] for name, rows in cells.items()}
    area = corrected["房屋信息"][0].index("建筑面积")
    corrected["房屋信息"][1][area] = 94.56
    report = import_workbook(estate=in_spring.spring, source=book(corrected), layout="hc", by=in_spring.director)
    assert report.errors == []
    assert {kind: n for kind, n in report.created.items() if n} == {
        "unit": 1, "ownership": 1, "occupancy": 1, "recurring_charge": 2,
    }  # fmt: skip


def test_fees_on_the_register_are_charged_without_being_repeated(bring):
    bring(own(收费项目=FEES))
    report = bring({"收费安排": CHARGES})
    assert (report.errors, report.created["recurring_charge"]) == ([], 1)
    assert bring({"收费安排": CHARGES}).unchanged["recurring_charge"] == 1
    unknown = [CHARGES[0], ["5-1-101", "", "XX", "2026-01-01", ""]]
    assert places(bring({"收费安排": unknown})) == [("unknown_fee", "收费安排", 2, "收费编号")]
