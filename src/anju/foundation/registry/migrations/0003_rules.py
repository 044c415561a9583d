"""The figures of the rules on management rooms (P11-09, P11-10), as parameters that an estate or a city may override."""

from datetime import date

from django.db import migrations

FIGURES = (
    ("registry.company_room.min_share", "0.002", "of the total floor area", "P11-09"),
    ("registry.company_room.min_area", "100", "m2", "P11-09"),
    ("registry.company_room.small_estate_area", "50000", "m2", "P11-09"),
    ("registry.committee_room.min_area", "30", "m2", "P11-10"),
)


def load(apps, schema_editor):
    parameter = apps.get_model("kit", "Parameter")
    parameter.objects.bulk_create(
        parameter(key=key, value=value, unit=unit, effective_from=date(2000, 1, 1), source=source)
        for key, value, unit, source in FIGURES
    )


def unload(apps, schema_editor):
    apps.get_model("kit", "Parameter").objects.filter(
        key__in=[figure[0] for figure in FIGURES], estate_id=None
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_search_indexes"), ("kit", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
