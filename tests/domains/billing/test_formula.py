"""The language of formulas: one meaning in Python and in SQL, never evaluated as Python, errors that say where."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.domains.billing import formula
from anju.domains.billing.enums import Method, RunProblem
from anju.domains.billing.selectors.charges import tariff_example
from anju.kit.errors import Refusal
from tests.domains.billing.charging import amounts, charge, fee, run

D = Decimal
FACTS = {
    "area": D("96.50"), "inner_area": D("80.25"), "price": D("2.4000"), "fixed": D("20.00"), "floor": 12,
    "floors": 18, "lift": 1, "households": 5,
}  # fmt: skip


def value(text: str, **facts) -> Fraction | None:
    return formula.evaluate(formula.parse(text), FACTS | facts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("area * price", "231.6"),
        ("area*price+fixed", "251.6"),
        ("2 + 3 * 4 - -1", "15"),
        ("(2 + 3) * 4", "20"),
        ("10 / 4", "2.5"),
        ("1 / 3", "0.3333333333"),
        ("-1 / 3", "-0.3333333333"),
        ("2 / 3 * 3", "2.0000000001"),
        ("min(area, 90) * price", "216"),
        ("max(floor - 6, 0) * 0.5", "3"),
        ("round(area * 1.111, 1)", "107.2"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("area × price ＋ （fixed）", "251.6"),
    ],
)
def test_formula_has_the_value_of_its_arithmetic(text, expected):
    assert value(text) == Fraction(expected)


@pytest.mark.parametrize("text", ["1 / (floor - 12)", "min(1 / 0, 5)", "floors + 1", "round(1/0, 2)"])
def test_formula_without_a_value(text):
    assert value(text, floors=None) is None


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("area *", 7),
        ("area price", 6),
        ("area * preis", 8),
        ("area ** 2", 7),
        ("(area * price", 14),
        ("area)", 5),
        ("min(1)", 1),
        ("round(area, floor)", 1),
        ("round(area, 9)", 1),
        ("area; DROP TABLE billing_bill", 5),
        ("__import__('os')", 12),
        ("__import__", 1),
        ("area.price", 5),
        ("1234567890", 1),
        ("1e5", 2),
        ("((" * 50, 41),
        ("1+" * 400, 500),
    ],
)
def test_bad_formula_is_refused_with_its_position(text, position):
    with pytest.raises(Refusal) as refusal:
        formula.parse(text)
    assert (refusal.value.code, refusal.value.field) == ("bad_formula", "formula")
    assert refusal.value.details["position"] == position
    assert str(position) in str(refusal.value)


numbers = st.decimals("0", "9999", places=3).map(lambda number: f"{number:f}")
formulas = st.recursive(
    numbers | st.sampled_from(sorted(formula.VOCABULARY)),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})")
        | inner.map(lambda part: f"-({part})")
        | st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda p: f"{p[0]}({p[1]}, {p[2]})")
        | st.tuples(inner, st.integers(0, 6)).map(lambda p: f"round({p[0]}, {p[1]})")
    ),
    max_leaves=12,
)
facts = st.fixed_dictionaries(
    {
        "area": st.decimals("0.01", "99999", places=2),
        "inner_area": st.decimals("0.01", "99999", places=2),
        "price": st.decimals("0", "999", places=4),
        "fixed": st.decimals("0", "999", places=2),
        "floor": st.integers(-3, 99),
        "floors": st.none() | st.integers(1, 99),
        "lift": st.integers(0, 1),
        "households": st.integers(0, 500),
    }
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=formulas, known=facts)
def test_sql_and_python_agree_to_the_last_digit(db, text, known):
    tree = formula.parse(text) if len(text) <= formula.MOST_CHARACTERS else formula.parse("1")
    columns = {name: f"f.{name}" for name in formula.VOCABULARY}
    names = list(known)
    holders = ", ".join("%s::numeric" for _name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ({formula.to_sql(tree, columns)})::text FROM (VALUES ({holders})) f ({', '.join(names)})",
            [known[name] for name in names],
        )
        found = cursor.fetchone()[0]
    assert (None if found is None else Fraction(found)) == formula.evaluate(tree, known)


def test_formula_is_billed_and_its_example_tells_the_same(in_spring):
    world = in_spring
    tariff = fee(
        world.spring,
        "2.40",
        method=Method.FORMULA,
        formula="area * price + max(floor - 6, 0) * 0.5 * lift + fixed / households + floors * 0",
        fixed=D("10"),
    )
    charge(tariff, world.unit)
    charge(tariff, world.let_unit)
    run(world.spring, "2026-11")
    # 231.60 + 3 + 10 / 4 households in building 3
    assert amounts() == [D("237.10"), D("215.20")]
    assert [tariff_example(tariff, unit).per_bill for unit in (world.unit, world.let_unit)] == amounts()


def test_formula_is_rounded_once(in_spring):
    """0.004950 to four decimals first would make it 0.0050, and a cent of it."""
    world = in_spring
    charge(fee(world.spring, "0", method=Method.FORMULA, formula="100.004950"), world.unit)
    run(world.spring, "2026-11")
    assert amounts() == [D("100.00")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("area / (floor - 12)", RunProblem.NO_AMOUNT),
        ("area - 1000", RunProblem.NEGATIVE),
        ("999999999 * 999999999 * 999999999", RunProblem.NO_AMOUNT),
        ("area * 0", None),
    ],
)
def test_formula_without_usable_amount_is_an_exception_and_stops_nobody_else(in_spring, text, problem):
    world = in_spring
    charge(fee(world.spring, "0", method=Method.FORMULA, formula=text), world.unit)
    charge(fee(world.spring, "2.40", code="OTHER"), world.unit)
    done, _ = run(world.spring, "2026-11")
    assert amounts() == [D("231.60")]
    assert [row.problem for row in done.exceptions.all()] == ([problem] if problem else [])
