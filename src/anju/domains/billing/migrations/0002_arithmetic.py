"""Exact arithmetic inside the database, indexes for bill runs, and the figures that law and plans prescribe."""

from datetime import date

from django.db import migrations, models

# Where a day stands on a scale with 377580 (= lcm of 28, 29, 30 and 31) marks to every month, so that each day of any month is
# a whole number of marks and a part month is exact.
_MONTH_POINT = """
CREATE FUNCTION billing_month_point(day date) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (extract(year FROM day)::bigint * 12 + extract(month FROM day)::bigint) * 377580
         + (extract(day FROM day)::bigint - 1) * (377580 / extract(
               day FROM date_trunc('month', day::timestamp) + interval '1 month' - interval '1 day')::bigint)
$$;
"""

# Division of a formula: to ten decimals, half away from zero, and nothing at all by zero. Numeric's own division keeps a number
# of decimals that depends on its operands, which no other program could follow.
_DIVIDE = """
CREATE FUNCTION billing_divide(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN b = 0 THEN NULL
           ELSE sign(a) * sign(b) * div(abs(a) * 20000000000 + abs(b), abs(b) * 2) * 0.0000000001 END
$$;
"""

# least() and greatest() overlook NULL; a formula without one of its values has no value.
_LEAST = """
CREATE FUNCTION billing_least(VARIADIC terms numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN array_position(terms, NULL) IS NULL THEN (SELECT min(t) FROM unnest(terms) t) END
$$;
"""
_GREATEST = """
CREATE FUNCTION billing_greatest(VARIADIC terms numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN array_position(terms, NULL) IS NULL THEN (SELECT max(t) FROM unnest(terms) t) END
$$;
"""

_PARAMETERS = [
    ("billing.limitation_years", 3, "years", date(2021, 1, 1), "Civil Code 188"),
    ("billing.collection_rate.target", "0.98", "", date(2000, 1, 1), "P15-05"),
    ("billing.late_fee.litigation_yearly_rate", "0.045", "per year", date(2025, 5, 20),
     "Courts reduce to about 1-1.5 x LPR: 1.5 x the one-year LPR of 3.0 %"),
]  # fmt: skip


def load_parameters(apps, schema_editor):
    parameter = apps.get_model("kit", "Parameter")
    for key, value, unit, since, source in _PARAMETERS:
        parameter.objects.get_or_create(
            key=key,
            profile="",
            estate_id=None,
            effective_from=since,
            defaults={"value": value, "unit": unit, "source": source},
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("kit", "0001_initial")]

    operations = [
        migrations.RunSQL(_MONTH_POINT, "DROP FUNCTION billing_month_point(date)"),
        migrations.RunSQL(_DIVIDE, "DROP FUNCTION billing_divide(numeric, numeric)"),
        migrations.RunSQL(_LEAST, "DROP FUNCTION billing_least(numeric[])"),
        migrations.RunSQL(_GREATEST, "DROP FUNCTION billing_greatest(numeric[])"),
        migrations.RunPython(load_parameters, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="billrunexception",
            name="problem",
            field=models.CharField(
                choices=[
                    ("no_payer", "nobody to bill: no owner and no developer"),
                    ("no_tariff", "no approved tariff in force"),
                    ("no_reading", "no meter reading for the month"),
                    ("negative", "the amount would be negative"),
                    ("no_amount", "the formula gives no usable amount"),
                ],
                max_length=12,
                verbose_name="problem",
            ),
        ),
        migrations.AddIndex(
            model_name="recurringcharge", index=models.Index(fields=["estate", "id"], name="charge_chunk")
        ),
        migrations.AddIndex(
            model_name="recurringcharge",
            index=models.Index(
                condition=models.Q(("unit__isnull", False)), fields=["estate", "unit"], name="charge_unit"
            ),
        ),
    ]
