"""The check that nothing in the books refers to what is not there, or is another estate's.

The database refuses that by itself; this proves it, also after a restore or after somebody who may switch its
constraints off.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import ForeignKey, Model
from django.utils.translation import gettext as _

from anju.engines.ledger.checks import Difference, EstateIds, Outcome, differences, find, within
from anju.kit.models import EstateModel

_watched: dict[str, type[Model]] = {}


def watch(*models: type[Model]) -> None:
    """Let the audit look at these tables of books; watching one twice changes nothing."""
    _watched.update((model._meta.db_table, model) for model in models)


def orphans(estate_ids: EstateIds) -> Outcome:
    """Whatever the rows of the watched tables refer to exists, in the same estate."""
    found: list[Difference] = []
    for model in _watched.values():
        found += _of_table(model, estate_ids)
    counts = " + ".join(f"(SELECT count(*) FROM {table} WHERE {within()})" for table in _watched)
    return Outcome(find(f"SELECT {counts}", estate_ids)[0][0], found)


def _links(model: type[Model]) -> Iterator[tuple[str, str, str]]:
    """Column, table and label of whatever of an estate the rows of ``model`` refer to."""
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and issubclass(field.related_model, EstateModel):
            target = field.related_model._meta
            yield field.column, target.db_table, target.label_lower


def _of_table(model: type[Model], estate_ids: EstateIds) -> list[Difference]:
    """One pass over the table, however many columns refer to something."""
    joins, cases = [], []
    for number, (column, table, label) in enumerate(_links(model)):
        joins.append(f"LEFT JOIN {table} x{number} ON (x{number}.id, x{number}.estate_id) = (t.{column}, t.estate_id)")
        cases.append(f"WHEN t.{column} IS NOT NULL AND x{number}.id IS NULL THEN '{label}:' || t.{column}")
    if not cases:
        return []
    sql = f"""
        SELECT code, id, missing FROM (
            SELECT e.code, t.id, CASE {" ".join(cases)} END AS missing
            FROM {model._meta.db_table} t JOIN registry_estate e ON e.id = t.estate_id {" ".join(joins)}
            WHERE {within("t")}
        ) o WHERE missing IS NOT NULL ORDER BY id
    """
    name = model._meta.label_lower
    return differences(
        sql,
        estate_ids,
        lambda pk, missing: (
            f"{name}:{pk}",
            missing,
            "",
            _("%(object)s refers to %(missing)s, which is not there.") % {"object": f"{name}:{pk}", "missing": missing},
        ),
    )
