"""The rates that courts allowed before, and the limitation before the Civil Code: a payment may be recorded for any day
since October 2017."""

from datetime import date

from django.db import migrations

_KEY = "billing.late_fee.litigation_yearly_rate"
_BENCHMARK = "Courts reduced to about 1.5 x the benchmark rate of the central bank for loans of one year, 4.35 %"
_LPR = "Courts reduce to about 1-1.5 x LPR: 1.5 x the one-year LPR of %s %%"
_RATES = [
    ("0.06525", date(2015, 10, 24), _BENCHMARK),
    ("0.06375", date(2019, 8, 20), _LPR % "4.25"),
    ("0.063", date(2019, 9, 20), _LPR % "4.20"),
    ("0.06225", date(2019, 11, 20), _LPR % "4.15"),
    ("0.06075", date(2020, 2, 20), _LPR % "4.05"),
    ("0.05775", date(2020, 4, 20), _LPR % "3.85"),
    ("0.057", date(2021, 12, 20), _LPR % "3.80"),
    ("0.0555", date(2022, 1, 20), _LPR % "3.70"),
    ("0.05475", date(2022, 8, 22), _LPR % "3.65"),
    ("0.05325", date(2023, 6, 20), _LPR % "3.55"),
    ("0.05175", date(2023, 8, 21), _LPR % "3.45"),
    ("0.05025", date(2024, 7, 22), _LPR % "3.35"),
    ("0.0465", date(2024, 10, 21), _LPR % "3.10"),
]
_LIMITATION = (
    "billing.limitation_years", "years", 3, date(2017, 10, 1), "General Provisions of the Civil Law 188"
)  # fmt: skip


def load_parameters(apps, schema_editor):
    parameter = apps.get_model("kit", "Parameter")
    rates = [(_KEY, "per year", *rate) for rate in _RATES]
    for key, unit, value, since, source in [*rates, _LIMITATION]:
        parameter.objects.get_or_create(
            key=key,
            profile="",
            estate_id=None,
            effective_from=since,
            defaults={"value": value, "unit": unit, "source": source},
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_never_emptied"), ("kit", "0001_initial")]

    operations = [migrations.RunPython(load_parameters, migrations.RunPython.noop)]
