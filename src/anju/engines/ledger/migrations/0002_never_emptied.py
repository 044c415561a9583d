import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from anju.kit.operations import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
                    hash="83005cbc3d541141421ac33a0aaeb8405ffe6b86",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_0f489",
                    table="ledger_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="line",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
                    hash="0ebf9a1e2e46b8744d04f7fdf1da33f0ef69317e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_a72a4",
                    table="ledger_line",
                    when="BEFORE",
                ),
            ),
        ),
    ]
    # One by one each of these would let all models be rendered again.
    operations = at_once(operations)
