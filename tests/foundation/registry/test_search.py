"""The one search box: what it finds, what it never finds, and that every part of it is an index scan."""

from __future__ import annotations

import pytest
from django.db import connection

from anju.foundation.registry.models import Party, Unit
from anju.foundation.registry.search import _branches, search


def found(world, text):
    return [(hit.kind, hit.label) for hit in search(world.spring, text)]


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("3-1-1201", "unit", "3-1-1201"),
        ("3-1-12", "unit", "3-1-1201"),
        ("1201", "unit", "3-1-1201"),
        ("３号楼1单元1201室", "unit", "3-1-1201"),
        ("3栋1单元 1201", "unit", "3-1-1201"),
        ("3#1#1201", "unit", "3-1-1201"),
        ("3-1-902", "unit", "3-1-0902"),
        ("902室", "unit", "3-1-0902"),
        ("3-1-01201", "unit", "3-1-1201"),
        ("s-101", "unit", "S-101"),
        ("王小", "party", "王小明"),
        ("王 小明", "party", "王小明"),
        ("wangxiao", "party", "王小明"),
        ("WXM", "party", "王小明"),
        ("1390000", "party", "王小明"),
        ("0008", "party", "王小明"),
        ("139 0000 0008", "party", "王小明"),
        ("辽B12345", "vehicle", "辽B12345"),
        ("辽b·123", "vehicle", "辽B12345"),
        ("b12345", "vehicle", "辽B12345"),
        ("a-001", "space", "A-001"),
    ],
)
def test_box_finds(in_spring, text, kind, label):
    assert (kind, label) in found(in_spring, text)


def test_exact_match_comes_first(in_spring):
    Unit.objects.bulk_create(
        Unit(
            estate=in_spring.spring, building=in_spring.building, code=f"3-9-12{number}", number=f"12{number}",
            exclusive_area=50,
        )
        for number in range(100, 140)
    )  # fmt: skip
    Unit.objects.create(
        estate=in_spring.spring, building=in_spring.building, code="3-9-12", number="12", exclusive_area=50
    )
    hits = found(in_spring, "12")
    assert hits[0] == ("unit", "3-9-12")
    assert len(hits) == 12


def test_hits_say_who_and_where_with_masked_phones(in_spring):
    details = {hit.label: hit.detail for hit in search(in_spring.spring, "王小明")}
    assert details == {"王小明": "3-1-1201 · 139****0008"}
    assert search(in_spring.spring, "3-1-0101")[0].detail == "赵邻居、孙店主"
    assert search(in_spring.spring, "A-001")[0].detail.startswith("负一层A区")


@pytest.mark.parametrize("text", ["", " ", "周业主", "13900000030", "1-1-101", "%", "_", "\\", "没有这个人"])
def test_box_does_not_find(in_spring, text):
    assert found(in_spring, text) == []


def test_number_of_queries_is_fixed(in_spring, django_assert_max_num_queries):
    Party.objects.bulk_create(
        Party(estate=in_spring.spring, name=f"王小{number}", pinyin="wangxiao", initials="wx") for number in range(50)
    )
    with django_assert_max_num_queries(6):
        assert len(search(in_spring.spring, "wangxiao")) == 12


@pytest.mark.parametrize("text", ["1201", "wxm", "辽B1", "王小明"])
def test_every_branch_walks_an_index_in_its_order(in_spring, text):
    with connection.cursor() as cursor:
        # What is asked is whether there is such a way at all: which way is shorter over a dozen rows is chance.
        for other_way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{other_way} = off")
        for branch in _branches(text):
            statement, values = branch.sql(in_spring.spring.pk, 12)
            cursor.execute(f"EXPLAIN {statement}", values)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index Scan" in plan, plan
            assert "~>=~" in plan, plan
            assert "Sort" not in plan, plan
