"""Operations of migrations: what adds to models without changing their columns, done with the models rendered once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddIndex
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

ADDS_ONLY = (AddIndex, AddConstraint, AddTrigger)


class AtOnce(Operation):
    """Indexes, constraints and triggers in one step.

    Each of them alone lets Django render half of all models again, which takes ten times as long as the statement.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered anew by the first one that asks
        for operation in self.operations:
            operation.state_forwards(app_label, state)

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
        return f"Add {len(self.operations)} indexes, constraints and triggers"


def at_once(operations: Sequence[Operation]) -> list[Operation]:
    """``operations`` of a migration, with those at its end that only add to models gathered into one."""
    first = len(operations)
    while first and isinstance(operations[first - 1], ADDS_ONLY):
        first -= 1
    return [*operations[:first], AtOnce(operations[first:])]
