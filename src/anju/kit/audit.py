"""The audit trail: database triggers that nobody can forget to call, and the two things only code can know.

``@audited()`` on a model writes one :class:`~anju.kit.models.AuditEntry` per changed row, in the transaction of the
change, with one set-based statement per statement (a run over 100,000 rows costs one extra INSERT … SELECT).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pgtrigger
from django.db import models

from anju.kit import clock
from anju.kit.models import AuditEntry, AuditOperation, Parameter

Model = TypeVar("Model", bound=type[models.Model])

_INTO = 'INSERT INTO kit_auditentry (at, actor_id, action, operation, "table", object_id, estate_id, before, after)'
_WHO = (
    "clock_timestamp(), nullif(current_setting('anju.actor', true), '')::bigint, "
    "coalesce(current_setting('anju.action', true), '')"
)


def audited(*, exclude: tuple[str, ...] = (), estate: str = "estate_id") -> Callable[[Model], Model]:
    """Class decorator that puts every insert, update and delete of the table on record.

    ``exclude`` names columns that must not be copied (secrets) or whose change alone is not worth a row; ``estate`` is
    the column that says whose estate the row belongs to (``id`` for the estate itself, empty when it has none).
    """

    def decorate(model: Model) -> Model:
        label = f"{model._meta.app_label}.{model._meta.model_name}"
        minus = "".join(f" - '{column}'" for column in exclude)
        return pgtrigger.register(
            _trigger(
                "insert",
                pgtrigger.Insert,
                f"""
                {_INTO} SELECT {_WHO}, 'insert', '{label}', r.id, {_estate("r", estate)}, NULL, to_jsonb(r){minus}
                FROM new_rows r;""",
                new="new_rows",
            ),
            _trigger(
                "delete",
                pgtrigger.Delete,
                f"""
                {_INTO} SELECT {_WHO}, 'delete', '{label}', r.id, {_estate("r", estate)}, to_jsonb(r){minus}, NULL
                FROM old_rows r;""",
                old="old_rows",
            ),
            _trigger(
                "update",
                pgtrigger.Update,
                f"""
                {_INTO} SELECT {_WHO}, 'update', '{label}', n.id, {_estate("n", estate)}, diff.before, diff.after
                FROM new_rows n JOIN old_rows o USING (id) CROSS JOIN LATERAL (
                    SELECT jsonb_object_agg(a.key, b.value) AS before, jsonb_object_agg(a.key, a.value) AS after
                    FROM jsonb_each(to_jsonb(n){minus}) a JOIN jsonb_each(to_jsonb(o){minus}) b USING (key)
                    WHERE a.value IS DISTINCT FROM b.value
                ) diff WHERE diff.after IS NOT NULL;""",
                old="old_rows",
                new="new_rows",
            ),
        )(model)

    return decorate


def _trigger(name: str, operation: Any, sql: str, **referencing: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"audit_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**referencing),
        func=f"{sql} RETURN NULL;",
    )


def _estate(row: str, column: str) -> str:
    return f"{row}.{column}" if column else "NULL::bigint"


def record_view(*, by: models.Model, obj: models.Model, fields: list[str]) -> None:
    """Put on record that ``by`` looked at personal data of ``obj`` in full (PIPL; rule book 7)."""
    _record(AuditOperation.VIEW, by, "view_personal_data", obj, after={"fields": fields})


def record_change(
    *, by: models.Model | None, obj: models.Model, action: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Put on record a change of ``obj`` that is kept in a table of a library, which has no triggers of ours."""
    _record(AuditOperation.UPDATE, by, action, obj, before=before, after=after)


def record_denial(*, by: models.Model | None, estate_id: int | None, path: str, reason: str) -> None:
    """Put on record that somebody reached for what they may not see."""
    AuditEntry.objects.create(
        at=clock.now(),
        actor_id=by.pk if by else None,
        action="access",
        operation=AuditOperation.DENIED,
        table="",
        estate_id=estate_id,
        after={"path": path[:500], "reason": reason},
    )


def _record(
    operation: AuditOperation, by: models.Model | None, action: str, obj: models.Model, **values: dict[str, Any]
) -> None:
    AuditEntry.objects.create(
        at=clock.now(),
        actor_id=by.pk if by else None,
        action=action,
        operation=operation,
        table=obj._meta.label_lower,
        object_id=obj.pk,
        estate_id=getattr(obj, "estate_id", None),
        **values,
    )


audited()(Parameter)  # here and not at the class, for this module stands on that one
