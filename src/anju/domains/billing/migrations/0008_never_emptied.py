import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from anju.kit.operations import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_other_bills"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
                    hash="75b758abade37f747f24b563ed6dba8fedbf7eb9",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_079c2",
                    table="billing_allocation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cashcount",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
                    hash="ad663066adb9ebf2f71f6fea5cb349f66c46c0bb",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_3bd52",
                    table="billing_cashcount",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="demand",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
                    hash="90a8406d20c64672b0e2f29e2a3f1c8b29d4e78b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_e5acf",
                    table="billing_demand",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="demandline",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
                    hash="72c6aaa5374204ac72b1e0f84efbd2e2c59e96db",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_7d856",
                    table="billing_demandline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="prepaymentmovement",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
                    hash="a4e6a4306b549bf69375e8cbcf56e63cc41110ad",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_b4c9c",
                    table="billing_prepaymentmovement",
                    when="BEFORE",
                ),
            ),
        ),
    ]
    # One by one each of these would let all models be rendered again.
    operations = at_once(operations)
