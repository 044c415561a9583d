"""Workbooks written in the test: several sheets at once, and a take-over workbook of HC小区 that can be varied."""

from __future__ import annotations

import copy
import datetime
import io
from pathlib import Path
from typing import Any

import xlsxwriter

Sheets = dict[str, list[list[Any]]]

SAMPLE = Path(__file__).resolve().parents[3].parent / "shared/data/hc-community.xlsx"
"""The workbook as HC小区 ships it; it lies beside the project on some machines only."""

HC: Sheets = {
    "楼栋单元": [["楼栋号", "单元编号", "总层数", "是否有电梯"], [1, 1, 33, "有"], [1, 2, 33, "有"], [2, 1, 6, "无"]],
    "业主信息": [
        ["编号", "业主名称", "性别", "年龄", "手机号", "身份证号", "业主类型", "业主编号"],
        [1, "吴学文", "男", 28, 18999999999, "111111111111111111", 1001, 1],
        [2, "张三", "男", 18, 13811110002, "11010519491231002X", 1001, 2],
        [3, "张小三", "男", 8, 18999999999, "111111111111111111", 1002, 2],
        [4, "李租客", "男", 30, 13811110004, "111111111111111111", 1003, 1],
        [5, "大海商贸有限公司", "男", 1, 18999999999, "111111111111111111", 1001, 5],
    ],
    "费用设置": [
        ["费用编号", "费用类型", "收费项目", "费用标识", "付费类型", "缴费周期", "出账类型", "计费起始时间",
         "计费结束时间", "计算公式", "计费单价", "固定费用"],
        [1, "物业费", "物业服务费", "周期性费用", "预付费", 6, "每月1日", "2020-6-10", "2037-1-1", 1001, 1.3, 20],
        [2, "物业费", "电梯费", "周期性费用", "后付费", 3, "每年1月1日", "2020-6-10", "2036-12-31", 2002, 0, 15],
    ],
    "房屋信息": [
        ["房屋编号", "楼栋编号", "单元编号", "房屋楼层", "房屋户型", "建筑面积", "业主编号", "房屋费用", "费用开始时间",
         "房屋类型", "室内面积", "租金"],
        [1011, 1, 1, 1, "10102", 94.56, 1, "1#2", "2020-06-10#2020-07-10", 110, 94.56, 0],
        [1012, 1, 1, 1, "10102", 88, 2, 1, "2020-06-10", 110, 80, 0],
        [101, 2, 1, 1, "10102", 60.5, 5, 0, "", 120, 60, 0],
        [102, 2, 1, 1, "10102", 60.5, "", 0, "", 119, 60, 0],
    ],
    "车位信息": [
        ["停车场编号", "车位编码", "停车场类型", "面积", "业主编号", "车牌号", "车品牌",
         "车类型（9901 家用小汽车 9902 客车 9903 货车）", "颜色", "出租还是出售（H出租S出售）", "开始时间", "结束时间"],
        [1, "C0001", "地上停车位", 98.32],
        [1, "C0002", "地下停车位", 1, 1, "辽b·12345", "大众", 9901, "白", "S", "2021-01-01", "2037-1-1"],
        [1, "C0003", "地下停车位", 12.5, 2, "辽BD12345", "", "", "", "H", "2021-01-01", "2026-12-31"],
    ],
}  # fmt: skip


def hc(**changes: list[list[Any]] | None) -> Sheets:
    """The workbook above with some sheets replaced, or left out where None is given."""
    sheets = copy.deepcopy(HC) | changes
    return {name: rows for name, rows in sheets.items() if rows is not None}


def book(sheets: Sheets) -> bytes:
    """Write the sheets as a spreadsheet does: numbers as floats, texts as texts, dates as dates."""
    buffer = io.BytesIO()
    out = xlsxwriter.Workbook(buffer, {"in_memory": True})
    day = out.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        page = out.add_worksheet(name)
        for line, row in enumerate(rows):
            for position, value in enumerate(row):
                if isinstance(value, datetime.date):
                    page.write_datetime(line, position, datetime.datetime.combine(value, datetime.time()), day)
                elif isinstance(value, str):
                    page.write_string(line, position, value)
                elif value is not None:
                    page.write_number(line, position, value)
    out.close()
    return buffer.getvalue()


OWN: Sheets = {
    "楼栋": [["楼栋", "楼栋名称", "总层数"], ["5", "五号楼", 6]],
    "单元": [["楼栋", "单元", "电梯"], ["5", "1", "是"]],
    "房屋": [
        ["楼栋", "单元", "房号", "楼层", "房屋类型", "专有面积", "交付日期", "入住状态"],
        ["5", "1", "101", 1, "residential", 96.5, datetime.date(2020, 1, 1), "owner_occupied"],
        ["5", "1", "102", 1, "residential", "８８．００", "2020年1月1日", "let"],
    ],
    "业主住户": [
        ["编号", "姓名", "类别", "电话", "证件号码", "同意预存抵扣"],
        ["Y1", "王大锤", "person", "13822220001", "11010519491231002X", "是"],
        ["Y2", "王小锤", "person", "13822220002", "", ""],
        ["Z1", "赵租客", "person", "13822220003", "", ""],
    ],
    "产权": [
        ["房屋", "车位", "业主编号", "份额", "起始日期"],
        ["5-1-101", "", "Y1", 0.5, "2020-01-01"],
        ["5-1-101", "", "Y2", "50%", "2020-01-01"],
        ["5-1-102", "", "Y1", "", "2020-01-01"],
        ["", "B-01", "Y1", "", "2021-05-01"],
    ],
    "入住": [["房屋", "住户编号", "身份", "入住日期"], ["5-1-102", "Z1", "tenant", "2024-03-01"]],
    "停车区": [["停车场", "停车场名称", "停车区", "停车区名称", "层", "使用对象", "引导标识", "每班人数"],
            ["P5", "五号楼车库", "B", "负二层B区", -2, "residential", "蓝色箭头", 2]],
    "车位": [["停车场", "停车区", "车位号", "使用方式", "面积"], ["P5", "B", "B-01", "private", 13.2]],
    "车辆": [["车牌号", "车主编号", "车位号"], ["辽BF12345", "Y1", "B-01"]],
}  # fmt: skip


def own(**changes: list[list[Any]] | None) -> Sheets:
    """Our own workbook with some sheets replaced, or left out where None is given."""
    sheets = copy.deepcopy(OWN) | changes
    return {name: rows for name, rows in sheets.items() if rows is not None}
