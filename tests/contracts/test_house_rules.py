"""The house rules that a machine can hold: who may write, what a state change needs, what every row carries."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pgtrigger
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

import anju
from anju.foundation.accounts.permissions import all_permissions
from anju.kit.flow import FLOWS, Flow, pairs_of
from anju.kit.models import EstateModel
from anju.kit.operations import ADDS_ONLY

ROOT = Path(__file__).parents[2]
PACKAGE = Path(anju.__file__).parent
MIGRATIONS = sorted(PACKAGE.rglob("migrations/0*.py"))
OWN_MODELS = [model for model in apps.get_models() if model.__module__.startswith("anju.")]
KEYWORDS = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
ESTATE_MODELS = [model for model in OWN_MODELS if issubclass(model, EstateModel)]


def modules(name: str) -> Iterator[ModuleType]:
    """Every module of the product called ``name``, and every module inside packages of that name."""
    for found in pkgutil.walk_packages(anju.__path__, "anju."):
        if name in found.name.split(".")[2:] and ".migrations" not in found.name:
            yield importlib.import_module(found.name)


def public_functions(module: ModuleType) -> Iterator[FunctionType]:
    for name, value in vars(module).items():
        if not name.startswith("_") and inspect.isfunction(value) and value.__module__ == module.__name__:
            yield value


def flows() -> list[Flow]:
    for _ in modules("flow"):
        pass  # declaring a flow puts it on the list
    own = [flow for flow in FLOWS.values() if flow.name.partition(".")[0] == flow.model._meta.app_label]
    return sorted(own, key=lambda flow: flow.name)


def test_writers_say_who_acts() -> None:
    """House rule 1: an action takes keywords only, among them ``by``."""
    found = [function for module in modules("actions") for function in public_functions(module)]
    actions = [function for function in found if getattr(function, "is_action", False)]
    assert len(actions) > 40
    for function in actions:
        parameters = inspect.signature(function).parameters
        assert "by" in parameters, f"{function.__module__}.{function.__name__} does not say who acts"
        assert {parameter.kind for parameter in parameters.values()} <= KEYWORDS, (
            f"{function.__module__}.{function.__name__} takes positional arguments"
        )


@pytest.mark.parametrize("flow", flows(), ids=lambda flow: flow.name)
def test_the_database_holds_the_same_table_as_the_flow(flow: Flow) -> None:
    """House rule 6: what the flow allows is exactly what the trigger on its table allows."""
    triggers = [
        trigger
        for model, trigger in pgtrigger.registered()
        if model is flow.model and isinstance(trigger, pgtrigger.FSM) and trigger.field == flow.field
    ]
    assert len(triggers) == 1, f"{flow.name} has no trigger that guards its states"
    assert set(map(tuple, triggers[0].transitions)) == set(pairs_of(flow))


@pytest.mark.parametrize("flow", flows(), ids=lambda flow: flow.name)
def test_every_transition_needs_a_declared_right(flow: Flow) -> None:
    declared = {permission.code for permission in all_permissions()}
    assert {transition.permission for transition in flow.transitions} <= declared


def test_objects_enter_flows_that_exist() -> None:
    entered = {name for file in PACKAGE.rglob("*.py") for name in re.findall(r'\benter\("([^"]+)"', file.read_text())}
    assert entered == {flow.name for flow in flows()}


def test_every_right_is_held_by_somebody() -> None:
    assert all_permissions()
    assert [permission.code for permission in all_permissions() if not permission.roles] == []


@pytest.mark.parametrize("model", ESTATE_MODELS, ids=lambda model: model._meta.label)
def test_rows_of_an_estate_can_be_found_by_their_estate(model: type[models.Model]) -> None:
    """``estate_id`` leads an index, or the row is reached through a parent that it belongs to."""
    leading = {index.fields[0] for index in model._meta.indexes if index.fields}
    leading |= {
        str(expression.name)
        for index in model._meta.indexes
        for expression in index.expressions[:1]
        if isinstance(expression, models.F)
    }
    parents = {
        constraint.fields[0]
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields
    }
    parents |= {
        field.name
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey)
        and field.db_index
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, EstateModel)
    }
    assert "estate" in leading | parents or parents


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_every_change_is_on_record_or_impossible(model: type[models.Model]) -> None:
    """House rule 2: a table is audited by trigger, append-only, guarded column by column, or only scratch paper."""
    guards = {trigger.name for registered, trigger in pgtrigger.registered() if registered is model}
    working_tables = {
        "kit.Job", "kit.SavedView", "kit.IdempotencyRecord",
        "accounts.SignInFailure", "registry.ImportBatch", "billing.BillRunException",
    }  # fmt: skip
    through_tables = model._meta.auto_created
    audited = {"audit_insert", "audit_update", "audit_delete"} <= guards
    immutable = {"append_only", "never_emptied"} <= guards or {"immutable", "never_deleted"} <= guards
    assert audited or immutable or through_tables or model._meta.label in working_tables


def test_the_floors_hold() -> None:
    """Layers and arrows between modules, as written down for import-linter."""
    done = subprocess.run(
        [sys.executable, "tools/check.py", "layers"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}.{path.stem}")
def test_what_only_adds_to_models_is_migrated_at_once(path: Path) -> None:
    """Else an empty database takes three times as long: see ``anju.kit.operations``."""
    module = importlib.import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
    one_by_one = [operation for operation in module.Migration.operations if isinstance(operation, ADDS_ONLY)]
    assert len(one_by_one) <= 10


def test_no_migration_is_missing(db: None) -> None:
    said = io.StringIO()
    with contextlib.suppress(SystemExit):  # the code says less than the words
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=said)
    assert said.getvalue() == "No changes detected\n"
