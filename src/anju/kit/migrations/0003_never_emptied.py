import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from anju.kit.operations import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("kit", "0002_parameters_on_record"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="auditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
                    hash="16dadd16d7f23a4fff42fe6c941a5b2e6baa7b7e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_d7221",
                    table="kit_auditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flowstep",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
                    hash="44cd5831bcc3a41032c615e41ae8003789b135d3",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_3e2d6",
                    table="kit_flowstep",
                    when="BEFORE",
                ),
            ),
        ),
    ]
    # One by one each of these would let all models be rendered again.
    operations = at_once(operations)
