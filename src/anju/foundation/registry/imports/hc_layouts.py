"""The sheets of the take-over workbook of HC小区, as its releases since 2019 have shipped it.

Sheets and columns came and went between the releases (fees and charges are absent from the oldest, owners had no type,
the start of a charge was called 费用到期时间), so little is required; one release has but one sheet, 资产信息.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.enums import OccupancyState, OccupantKind, UnitKind, VehicleKind
from anju.kit.sheets import Boolean, Choice, Column, Date, Integer, Layout, Number, Text
from anju.kit.sheets.values import Cell, to_date

NO_PHONE = ("18999999999", "-", "无")
# The second is what a spreadsheet makes of the first when it takes it for a number.
NO_ID = ("111111111111111111", "111111111111111000", "-", "无")

UNIT_KINDS = {
    "110": UnitKind.RESIDENTIAL,
    "住宅": UnitKind.RESIDENTIAL,
    "120": UnitKind.OFFICE,
    "办公室": UnitKind.OFFICE,
    "119": UnitKind.APARTMENT,
    "宿舍": UnitKind.APARTMENT,
    "商铺": UnitKind.SHOP,
}
ROOM_STATES = {
    "2001": OccupancyState.OWNER_OCCUPIED,
    "已入住": OccupancyState.OWNER_OCCUPIED,
    "2002": OccupancyState.UNSOLD,
    "未销售": OccupancyState.UNSOLD,
    "2003": OccupancyState.VACANT,
    "已交房": OccupancyState.VACANT,
    "2004": OccupancyState.VACANT,
    "未入住": OccupancyState.VACANT,
    "2005": OccupancyState.VACANT,
    "已装修": OccupancyState.VACANT,
    "2006": OccupancyState.LET,
    "已出租": OccupancyState.LET,
    "2007": OccupancyState.OWNER_OCCUPIED,
    "已出售": OccupancyState.OWNER_OCCUPIED,
    "2008": OccupancyState.VACANT,
    "空闲": OccupancyState.VACANT,
    "2009": OccupancyState.VACANT,
    "装修中": OccupancyState.VACANT,
}

_OWNER_TYPE = Choice(
    {
        OccupantKind.OWNER: ("1001", "业主"),
        OccupantKind.FAMILY: ("1002", "家庭成员"),
        OccupantKind.TENANT: ("1003", "房屋租客", "租客", "租户"),
        OccupantKind.TEMPORARY: ("1004", "临时人员"),
    }
)
_VEHICLE_TYPE = Choice(
    {
        VehicleKind.CAR: ("9901", "家用小汽车", "小汽车"),
        VehicleKind.BUS: ("9902", "客车"),
        VehicleKind.TRUCK: ("9903", "货车"),
    }
)


@dataclass(frozen=True, slots=True)
class _Days(Text):
    """Days joined by #; of a single one the spreadsheet makes a date as soon as somebody types it."""

    def convert(self, cell: Cell) -> str:
        return to_date(cell).isoformat() if isinstance(cell, datetime) else Text.convert(self, cell)


_AREA = Number(min=Decimal("0.01"), max=100_000)

BUILDINGS = Layout(
    "hc_buildings",
    ("楼栋单元",),
    (
        Column("building", ("楼栋号", "楼栋编号", "楼号"), Text(30), required=True),
        Column("entrance", ("单元编号", "单元号", "单元"), Text(30), required=True),
        Column("floors", ("总层数", "层数"), Integer(min=1, max=200)),
        Column("has_lift", ("是否有电梯", "电梯"), Boolean()),
    ),
    optional=True,
)
OWNERS = Layout(
    "hc_owners",
    ("业主信息",),
    (
        Column("owner", ("业主编号", "业主号"), Text(30)),
        Column("number", ("编号", "序号"), Text(30)),
        Column("name", ("业主名称", "业主姓名", "姓名"), Text(100), required=True),
        Column("phone", ("手机号", "手机号码", "联系电话", "电话"), Text(30), empty=NO_PHONE, personal="phone"),
        Column("id_number", ("身份证号", "身份证", "证件号码"), Text(30), empty=NO_ID, personal="id"),
        Column("type", ("业主类型", "人员类型"), _OWNER_TYPE),
    ),
    optional=True,
    passed_over=("性别", "年龄"),
)
FEES = Layout(
    "hc_fees",
    ("费用设置",),
    (
        Column("code", ("费用编号",), Text(30), required=True),
        Column("type", ("费用类型",), Text(30)),
        Column("name", ("收费项目", "费用名称"), Text(60), required=True),
        Column("mark", ("费用标识",), Text(30)),
        Column("timing", ("付费类型",), Choice({"advance": ("预付费",), "arrears": ("后付费",)})),
        Column("minimum", ("缴费周期",), Integer(min=0, max=1200)),
        Column("issue", ("出账类型",), Text(30)),
        Column("since", ("计费起始时间", "计费开始时间"), Date()),
        Column("until", ("计费结束时间", "计费终止时间"), Date()),
        Column("formula", ("计算公式",), Text(30), required=True),
        Column("price", ("计费单价", "单价"), Number(places=4, min=0, max=1_000_000)),
        Column("fixed", ("固定费用", "附加费", "附加费用"), Number(min=0, max=10_000_000)),
    ),
    optional=True,
)
UNITS = Layout(
    "hc_units",
    ("房屋信息",),
    (
        Column("number", ("房屋编号", "房屋号", "房号"), Text(30), required=True),
        Column("building", ("楼栋编号", "楼栋号", "楼号"), Text(30), required=True),
        Column("entrance", ("单元编号", "单元号", "单元"), Text(30)),
        Column("floor", ("房屋楼层", "楼层"), Integer(min=-9, max=200)),
        Column("area", ("建筑面积",), _AREA, required=True),
        Column("inner_area", ("室内面积", "套内面积"), Number(min=0, max=100_000)),
        Column("owner", ("业主编号", "业主号"), Text(30), empty=("0", "-", "无")),
        Column("fees", ("房屋费用", "费用编号"), Text(200), empty=("0", "-", "无")),
        Column("starts", ("费用开始时间", "费用到期时间"), _Days(200), empty=("0", "-", "无")),
        Column("type", ("房屋类型",), Text(30)),
    ),
    optional=True,
    passed_over=("房屋户型", "租金"),
)
SPACES = Layout(
    "hc_spaces",
    ("车位信息",),
    (
        Column("car_park", ("停车场编号", "停车场"), Text(30), required=True),
        Column("space", ("车位编码", "车位编号", "车位号"), Text(30), required=True),
        Column("type", ("停车场类型", "车位类型"), Text(30)),
        Column("area", ("面积", "车位面积"), Number(min=0, max=1000)),
        Column("owner", ("业主编号", "业主号"), Text(30), empty=("0", "-", "无")),
        Column("plate", ("车牌号", "车牌"), Text(20), empty=("-", "无")),
        Column("brand", ("车品牌", "品牌"), Text(40)),
        Column("vehicle_type", ("车类型", "车辆类型"), _VEHICLE_TYPE),
        Column("colour", ("颜色", "车颜色"), Text(20)),
        Column("deal", ("出租还是出售", "租售"), Choice({"let": ("H", "出租"), "sold": ("S", "出售")})),
        Column("since", ("开始时间", "起租时间"), Date()),
        Column("until", ("结束时间", "截止时间"), Date()),
    ),
    optional=True,
)
ASSETS = Layout(
    "hc_assets",
    ("资产信息",),
    (
        Column("building", ("楼号", "楼栋号", "楼栋编号"), Text(30), required=True),
        Column("entrance", ("单元", "单元编号", "单元号"), Text(30)),
        Column("number", ("房间", "房屋编号", "房号"), Text(30), required=True),
        Column("floor", ("楼层", "房屋楼层"), Integer(min=-9, max=200)),
        Column("floors", ("总层数",), Integer(min=1, max=200)),
        Column("has_lift", ("是否有电梯",), Boolean()),
        Column("type", ("房屋类型",), Text(30)),
        Column("area", ("建筑面积",), _AREA, required=True),
        Column("inner_area", ("室内面积",), Number(min=0, max=100_000)),
        Column("state", ("房屋状态",), Text(30)),
        Column("name", ("业主名称", "业主姓名"), Text(100)),
        Column("phone", ("手机号",), Text(30), empty=NO_PHONE, personal="phone"),
        Column("id_number", ("身份证号",), Text(30), empty=NO_ID, personal="id"),
        Column("owner_type", ("业主类型",), _OWNER_TYPE),
    ),
    optional=True,
    help=_("One row for each person of a home; the data of the home are repeated."),
)

LAYOUTS = (BUILDINGS, OWNERS, FEES, UNITS, SPACES, ASSETS)
