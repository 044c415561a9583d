"""The waiting times of dunning; an estate's own contract may name others."""

from datetime import date

from django.db import migrations

_SOURCE = "Civil Code 944: demand payment, grant a reasonable period"
_PARAMETERS = [
    ("billing.dunning.letter_after_days", 15, "days", _SOURCE),
    ("billing.dunning.lawyer_after_days", 30, "days", _SOURCE),
    ("billing.dunning.days_to_pay", 15, "days", _SOURCE),
]


def load_parameters(apps, schema_editor):
    parameter = apps.get_model("kit", "Parameter")
    for key, value, unit, source in _PARAMETERS:
        parameter.objects.get_or_create(
            key=key,
            profile="",
            estate_id=None,
            effective_from=date(2021, 1, 1),
            defaults={"value": value, "unit": unit, "source": source},
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_arithmetic"), ("kit", "0001_initial")]

    operations = [migrations.RunPython(load_parameters, migrations.RunPython.noop)]
