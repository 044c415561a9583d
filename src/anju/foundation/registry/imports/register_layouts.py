"""Our own workbook: the sheets of the template that estates fill in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.enums import (
    OccupancyState,
    OccupantKind,
    PartyKind,
    SpaceAudience,
    SpaceUse,
    UnitKind,
    VehicleKind,
)
from anju.foundation.registry.rules import SHARE_PLACES
from anju.kit.chinese import normalise
from anju.kit.sheets import Boolean, Choice, Column, Date, Integer, Layout, Number, Text
from anju.kit.sheets.values import Cell

_ALSO: dict[type[models.TextChoices], dict[str, tuple[str, ...]]] = {
    UnitKind: {
        UnitKind.RESIDENTIAL: ("普通住宅", "住房"),
        UnitKind.SHOP: ("商业", "商用", "店铺", "门面", "底商"),
        UnitKind.OFFICE: ("办公", "办公室", "写字楼"),
        UnitKind.STORAGE: ("储藏室", "仓储", "地下室"),
    },
    OccupancyState: {
        OccupancyState.UNSOLD: ("未出售", "未销售"),
        OccupancyState.UNDELIVERED: ("未交付", "未交房"),
        OccupancyState.VACANT: ("空房", "空关", "未入住"),
        OccupancyState.OWNER_OCCUPIED: ("自住", "已入住"),
        OccupancyState.LET: ("已出租", "出租中"),
    },
    PartyKind: {
        PartyKind.PERSON: ("自然人",),
        PartyKind.ORGANISATION: ("单位", "公司", "企业", "法人"),
    },
    OccupantKind: {
        OccupantKind.TENANT: ("租客", "承租人"),
        OccupantKind.FAMILY: ("家属", "亲属"),
    },
    SpaceUse: {
        SpaceUse.PRIVATE: ("已售", "私家", "产权车位"),
        SpaceUse.MONTHLY: ("出租", "已出租", "月租车位"),
    },
}


def _choice(kind: type[models.TextChoices]) -> Choice:
    """A column of one of our own lists; what else people write for its members is understood as well."""
    return Choice({member.value: (member.label, *_ALSO.get(kind, {}).get(member, ())) for member in kind})


def _address(text: str) -> str:
    """A unit however its parts were joined: 3 - 1 - 1201 and 3—1—1201 are 3-1-1201."""
    return _JOINTS.sub("-", text)


@dataclass(frozen=True, slots=True)
class _Share(Number):
    """A share as a number, in per cent, or as a fraction such as 1/3."""

    def convert(self, cell: Cell) -> Decimal:
        fraction = _FRACTION.fullmatch(normalise(cell)) if isinstance(cell, str) else None
        if fraction and int(fraction[2]):
            cell = (Decimal(fraction[1]) / Decimal(fraction[2])).quantize(SHARE_PLACES)
        return Number.convert(self, cell)


_JOINTS = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_FRACTION = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})")
_ADDRESS = Text(60, check=_address)
_SHARE = _Share(places=8, min=SHARE_PLACES, max=1)
_AREA = Number(min=Decimal("0.01"), max=100_000)
_MONEY = Number(min=0, max=10_000_000)
_UNIT = _("As on the sheet of units: building-entrance-room, for example 3-1-1201.")
_PARTY = _("Its number on the sheet of owners and residents.")

BUILDINGS = Layout(
    "buildings",
    (_("Buildings"), "楼栋", "buildings"),
    (
        Column("code", (_("Building"), "楼栋", "building"), Text(30), required=True, example="3"),
        Column("name", (_("Building name"), "楼栋名称", "building name"), Text(60), example="3号楼"),
        Column("floors", (_("Floors"), "总层数", "floors"), Integer(min=1, max=200), example=18),
    ),
    optional=True,
)
ENTRANCES = Layout(
    "entrances",
    (_("Entrances"), "单元", "entrances"),
    (
        Column("building", (_("Building"), "楼栋", "building"), Text(30), required=True, example="3"),
        Column("code", (_("Entrance"), "单元", "entrance"), Text(30), required=True, example="1"),
        Column("floors", (_("Floors"), "总层数", "floors"), Integer(min=1, max=200), example=18),
        Column("has_lift", (_("Lift"), "电梯", "lift"), Boolean(), example="是"),
    ),
    optional=True,
)
UNITS = Layout(
    "units",
    (_("Units"), "房屋", "units"),
    (
        Column("building", (_("Building"), "楼栋", "building"), Text(30), required=True, example="3"),
        Column("entrance", (_("Entrance"), "单元", "entrance"), Text(30), example="1",
               help=_("Empty where a building has no entrances.")),
        Column("number", (_("Room number"), "房号", "room number"), Text(30), required=True, example="1201"),
        Column("floor", (_("Floor"), "楼层", "floor"), Integer(min=-9, max=200), example=12),
        Column("kind", (_("Kind of room"), "房屋类型", "kind of room"), _choice(UnitKind),
               example=UnitKind.RESIDENTIAL.label),
        Column("area", (_("Exclusive area (m2)"), "专有面积", "建筑面积", "exclusive area"), _AREA, required=True,
               example=Decimal("96.50"), help=_("What fees and votes are computed from.")),
        Column("inner_area", (_("Inner area (m2)"), "套内面积", "inner area"), _AREA, example=Decimal("82.10")),
        Column("delivered", (_("Delivery date"), "交付日期", "delivery date"), Date(), example="2020-01-01",
               help=_("Before that day the developer pays.")),
        Column("state", (_("Occupancy"), "入住状态", "occupancy"), _choice(OccupancyState),
               example=OccupancyState.OWNER_OCCUPIED.label),
        Column("note", (_("Note"), "备注", "note"), Text(200)),
    ),
    optional=True,
)  # fmt: skip
PARTIES = Layout(
    "parties",
    (_("Owners and residents"), "业主住户", "parties"),
    (
        Column("reference", (_("Number"), "编号", "number"), Text(40), required=True, example="Y0001",
               help=_("Different for everybody; other sheets refer to it.")),
        Column("name", (_("Name"), "姓名", "名称", "name"), Text(100), required=True, example="王小明"),
        Column("kind", (_("Person or organisation"), "类别", "person or organisation"), _choice(PartyKind),
               example=PartyKind.PERSON.label),
        Column("phone", (_("Phone"), "电话", "手机号", "phone"), Text(30), empty=("-", "无"), example="13800138000",
               personal="phone"),
        Column("id_number", (_("ID number"), "证件号码", "身份证号", "id number"), Text(30), empty=("-", "无"),
               personal="id",
               help=_("Resident ID, or the credit code of an organisation. Format the cell as text.")),
        Column("address", (_("Mailing address"), "通讯地址", "mailing address"), Text(200)),
        Column("prepay", (_("Prepayment may settle new bills"), "同意预存抵扣", "prepayment agreed"), Boolean()),
        Column("note", (_("Note"), "备注", "note"), Text(200)),
    ),
    optional=True,
)  # fmt: skip
OWNERSHIP = Layout(
    "ownership",
    (_("Ownership"), "产权", "ownership"),
    (
        Column("unit", (_("Unit"), "房屋", "unit"), _ADDRESS, help=_UNIT, example="3-1-1201"),
        Column("space", (_("Parking space"), "车位", "space"), Text(40), example="A-001",
               help=_("Fill in either the unit or the parking space.")),
        Column("party", (_("Owner number"), "业主编号", "owner number"), Text(40), required=True, help=_PARTY,
               example="Y0001"),
        Column("share", (_("Share"), "份额", "share"), _SHARE, example=1,
               help=_("Empty for a sole owner; two halves as 0.5 or 50%.")),
        Column("since", (_("Owner since"), "起始日期", "since"), Date(), required=True, example="2020-01-01"),
        Column("until", (_("Owner until (first day of the next owner)"), "终止日期", "until"), Date(),
               help=_("Empty while it holds.")),
    ),
    optional=True,
)  # fmt: skip
OCCUPANCIES = Layout(
    "occupancies",
    (_("Occupants"), "入住", "occupancies"),
    (
        Column("unit", (_("Unit"), "房屋", "unit"), _ADDRESS, required=True, help=_UNIT, example="3-1-1201"),
        Column("party", (_("Occupant number"), "住户编号", "occupant number"), Text(40), required=True, help=_PARTY,
               example="Y0001"),
        Column("kind", (_("Lives there as"), "身份", "as"), _choice(OccupantKind), required=True,
               example=OccupantKind.OWNER.label),
        Column("since", (_("Moved in on"), "入住日期", "moved in"), Date(), required=True, example="2020-03-01"),
        Column("until", (_("Moved out on (first day without)"), "搬离日期", "moved out"), Date()),
    ),
    optional=True,
)  # fmt: skip
ZONES = Layout(
    "zones",
    (_("Parking zones"), "停车区", "zones"),
    (
        Column("car_park", (_("Car park"), "停车场", "car park"), Text(30), required=True, example="P1"),
        Column("car_park_name", (_("Car park name"), "停车场名称", "car park name"), Text(60), example="地下车库"),
        Column("code", (_("Zone"), "停车区", "zone"), Text(30), required=True, example="A"),
        Column("name", (_("Zone name"), "停车区名称", "zone name"), Text(60), example="负一层A区"),
        Column("level", (_("Level"), "层", "level"), Integer(min=-9, max=50), example=-1,
               help=_("-1 is the first basement, 0 the ground.")),
        Column("audience", (_("For whom"), "使用对象", "for"), _choice(SpaceAudience),
               example=SpaceAudience.RESIDENTIAL.label),
        Column("guidance_sign", (_("Guidance sign"), "引导标识", "guidance sign"), Text(100)),
        Column("attendants", (_("Attendants per shift"), "每班人数", "attendants"), Integer(min=0, max=1000),
               example=2),
    ),
    optional=True,
)  # fmt: skip
SPACES = Layout(
    "spaces",
    (_("Parking spaces"), "车位", "spaces"),
    (
        Column("car_park", (_("Car park"), "停车场", "car park"), Text(30), required=True, example="P1"),
        Column("zone", (_("Zone"), "停车区", "zone"), Text(30), required=True, example="A"),
        Column("code", (_("Space number"), "车位号", "space number"), Text(40), required=True, example="A-001"),
        Column("use", (_("Use"), "使用方式", "use"), _choice(SpaceUse), example=SpaceUse.PRIVATE.label),
        Column(
            "area", (_("Area (m2)"), "面积", "area"), Number(min=Decimal("0.01"), max=1000), example=Decimal("13.20")
        ),
    ),
    optional=True,
)
VEHICLES = Layout(
    "vehicles",
    (_("Vehicles"), "车辆", "vehicles"),
    (
        Column("plate", (_("Plate"), "车牌号", "plate"), Text(20), required=True, example="辽B12345"),
        Column("party", (_("Keeper number"), "车主编号", "keeper number"), Text(40), help=_PARTY, example="Y0001"),
        Column("space", (_("Space number"), "车位号", "space number"), Text(40), example="A-001"),
        Column("kind", (_("Kind of vehicle"), "车辆类型", "kind of vehicle"), _choice(VehicleKind),
               example=VehicleKind.CAR.label),
        Column("brand", (_("Make"), "品牌", "make"), Text(40)),
        Column("colour", (_("Colour"), "颜色", "colour"), Text(20)),
        Column("since", (_("Since"), "开始日期", "since"), Date()),
        Column("until", (_("Until (first day without)"), "结束日期", "until"), Date()),
    ),
    optional=True,
)  # fmt: skip
FEES = Layout(
    "fees",
    (_("Fees"), "收费项目", "fees"),
    (
        Column("code", (_("Fee number"), "收费编号", "fee number"), Text(30), required=True, example="WY"),
        Column("name", (_("Fee"), "收费项目", "fee"), Text(60), required=True, example="物业费"),
        Column("kind", (_("Kind of fee"), "收费类别", "kind of fee"),
               Choice({"service": (_("service fee"), "物业服务费", "物业费"), "parking": (_("parking fee"), "停车费"),
                       "utility": (_("utility collected for a supplier"), "代收水电费"),
                       "other": (_("other fee"), "其他")}),
               required=True),
        Column("method", (_("Method"), "计费方式", "method"), required=True,
               type=Choice({"area": (_("area x price"), "面积×单价", "面积*单价", "面积x单价", "单价×面积"),
                            "flat": (_("flat amount"), "固定金额", "固定", "固定费用")})),
        Column("price", (_("Price per m2 and month"), "单价", "price"), Number(places=4, min=0, max=1_000_000),
               example=Decimal("2.40")),
        Column("fixed", (_("Fixed part per month"), "固定费用", "fixed part"), _MONEY, example=Decimal("0.00")),
        Column("cycle", (_("Months per bill"), "出账周期(月)", "months per bill"), Integer(min=1, max=12), example=1,
               help=_("1, 3, 6 or 12.")),
        Column("timing", (_("When billed"), "付费方式", "when billed"),
               Choice({"advance": (_("in advance"), "预付"), "arrears": (_("in arrears"), "后付")})),
        Column("since", (_("In force since"), "起始日期", "since"), Date(), required=True, example="2026-01-01"),
    ),
    optional=True,
)  # fmt: skip
CHARGES = Layout(
    "charges",
    (_("Regular charges"), "收费安排", "charges"),
    (
        Column("unit", (_("Unit"), "房屋", "unit"), _ADDRESS, help=_UNIT, example="3-1-1201"),
        Column("space", (_("Parking space"), "车位", "space"), Text(40),
               help=_("Fill in either the unit or the parking space.")),
        Column("fee", (_("Fee number"), "收费编号", "fee number"), Text(30), required=True, example="WY"),
        Column("since", (_("Charged since"), "起始日期", "since"), Date(), required=True, example="2026-01-01"),
        Column("until", (_("Charged until (first day without)"), "终止日期", "until"), Date()),
    ),
    optional=True,
)  # fmt: skip

LAYOUTS = (
    BUILDINGS, ENTRANCES, UNITS, PARTIES, OWNERSHIP, OCCUPANCIES, ZONES, SPACES, VEHICLES, FEES, CHARGES,
)  # fmt: skip
