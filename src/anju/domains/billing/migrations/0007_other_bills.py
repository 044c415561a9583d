from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_searches"),
    ]

    operations = [
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
                    ("other_bill", "other bills stand for these days: reverse them and run again"),
                ],
                max_length=12,
                verbose_name="problem",
            ),
        ),
    ]
