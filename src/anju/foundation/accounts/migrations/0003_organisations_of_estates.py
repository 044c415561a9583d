import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from anju.kit.operations import at_once


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_initial"),
        ("registry", "0006_searches"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="audit_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="audit_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="audit_update",
        ),
        migrations.AddField(
            model_name="organisation",
            name="kept_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="organisations",
                to="registry.estate",
                verbose_name="entered by",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="audit_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                INSERT INTO kit_auditentry (at, actor_id, action, operation, \"table\", object_id, estate_id, before, after) SELECT clock_timestamp(), nullif(current_setting('anju.actor', true), '')::bigint, coalesce(current_setting('anju.action', true), ''), 'insert', 'accounts.organisation', r.id, r.kept_by_id, NULL, to_jsonb(r)\n                FROM new_rows r; RETURN NULL;",
                    hash="bfe34708de220a6b189c4ffd1889aec4861db6d6",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_audit_insert_3e805",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="audit_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                INSERT INTO kit_auditentry (at, actor_id, action, operation, \"table\", object_id, estate_id, before, after) SELECT clock_timestamp(), nullif(current_setting('anju.actor', true), '')::bigint, coalesce(current_setting('anju.action', true), ''), 'delete', 'accounts.organisation', r.id, r.kept_by_id, to_jsonb(r), NULL\n                FROM old_rows r; RETURN NULL;",
                    hash="789a0be9c251a59df0a060dedaa684591ebf12d1",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_audit_delete_7ef77",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="audit_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                INSERT INTO kit_auditentry (at, actor_id, action, operation, \"table\", object_id, estate_id, before, after) SELECT clock_timestamp(), nullif(current_setting('anju.actor', true), '')::bigint, coalesce(current_setting('anju.action', true), ''), 'update', 'accounts.organisation', n.id, n.kept_by_id, diff.before, diff.after\n                FROM new_rows n JOIN old_rows o USING (id) CROSS JOIN LATERAL (\n                    SELECT jsonb_object_agg(a.key, b.value) AS before, jsonb_object_agg(a.key, a.value) AS after\n                    FROM jsonb_each(to_jsonb(n)) a JOIN jsonb_each(to_jsonb(o)) b USING (key)\n                    WHERE a.value IS DISTINCT FROM b.value\n                ) diff WHERE diff.after IS NOT NULL; RETURN NULL;",
                    hash="fcc8b812c104433727296a7a7dc0f97a48f6d867",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_audit_update_035c5",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
    ]
    # One by one each of these would let all models be rendered again.
    operations = at_once(operations)
