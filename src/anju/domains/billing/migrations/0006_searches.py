import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from anju.kit.operations import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_approved_tariffs"),
        ("registry", "0006_searches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(fields=["estate", "payer", "period"], name="bill_payer"),
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(
                condition=models.Q(("space__isnull", False)), fields=["estate", "space"], name="bill_space"
            ),
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(
                condition=models.Q(("vehicle__isnull", False)), fields=["estate", "vehicle"], name="bill_vehicle"
            ),
        ),
        migrations.AddIndex(
            model_name="meter",
            index=models.Index(
                models.F("estate"),
                django.contrib.postgres.indexes.OpClass("code", name="varchar_pattern_ops"),
                name="meter_code_prefix",
            ),
        ),
        migrations.AddIndex(
            model_name="meter",
            index=models.Index(
                models.F("estate"),
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Reverse("code"), name="text_pattern_ops"
                ),
                name="meter_code_tail",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True),
                fields=["estate", "reference"],
                name="payment_reference",
            ),
        ),
        migrations.AddIndex(
            model_name="recurringcharge",
            index=models.Index(
                condition=models.Q(("space__isnull", False)), fields=["estate", "space"], name="charge_space"
            ),
        ),
        migrations.AddIndex(
            model_name="recurringcharge",
            index=models.Index(
                condition=models.Q(("vehicle__isnull", False)), fields=["estate", "vehicle"], name="charge_vehicle"
            ),
        ),
    ]
    # One by one each of these would let all models be rendered again.
    operations = at_once(operations)
