import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0009_earlier_rates"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="waiver",
            name="moves_state",
        ),
        migrations.AlterField(
            model_name="waiver",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "requested"),
                    ("approved", "approved"),
                    ("rejected", "rejected"),
                    ("revoked", "revoked"),
                ],
                default="requested",
                max_length=10,
                verbose_name="state",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waiver",
            trigger=pgtrigger.compiler.Trigger(
                name="moves_state",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{requested:approved,requested:rejected,approved:revoked}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="a2475fc04946722c22154f6c559680c09487524f",
                    operation="UPDATE",
                    pgid="pgtrigger_moves_state_1bd25",
                    table="billing_waiver",
                    when="BEFORE",
                ),
            ),
        ),
    ]
