import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_rooms_by_estate"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="party",
            index=models.Index(
                models.F("estate"),
                django.contrib.postgres.indexes.OpClass("reference", name="varchar_pattern_ops"),
                condition=models.Q(("reference", ""), _negated=True),
                name="party_reference_prefix",
            ),
        ),
    ]
