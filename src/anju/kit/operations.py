"""Operations of migrations that need no look at each other's result, done with the models rendered once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

ADDS_ONLY = (AddIndex, AddConstraint, AddTrigger)


class AtOnce(Operation):
    """Several operations in one step.

    Each of them alone lets Django render half of all models again, which takes ten times as long as the statement.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        rendered = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        # Indexes and the like change nothing that rendered models can do; after all else they are rendered anew by
        # the first one that asks.
        if rendered is not None and all(isinstance(operation, ADDS_ONLY) for operation in self.operations):
            state.__dict__["apps"] = rendered

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)


def at_once(operations: Sequence[Operation]) -> list[Operation]:
    """``operations`` of a migration, with neighbours that create models, or only add to them, gathered into one."""
    gathered: list[Operation] = []
    for kind, group in groupby(operations, _kind):
        together = list(group)
        gathered += [AtOnce(together)] if kind and len(together) > 1 else together
    return gathered


def _kind(operation: Operation) -> str:
    if isinstance(operation, ADDS_ONLY):
        return "adds"
    return "creates" if isinstance(operation, CreateModel) else ""
