"""A process is the same table in code and database: no state can be changed past it, and no move is missing."""

from __future__ import annotations

import pgtrigger
import pytest

import anju.domains.billing.flow
import anju.foundation.registry.flow
from anju.kit.flow import FLOWS, Flow, pairs_of

assert anju.domains.billing.flow.CANCELLATION
assert anju.foundation.registry.flow.HOME_APPLICATION


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS.keys())
def test_the_database_holds_the_same_table(flow: Flow) -> None:
    tables = [
        trigger
        for model, trigger in pgtrigger.registered()
        if model is flow.model and isinstance(trigger, pgtrigger.FSM) and trigger.field == flow.field
    ]
    assert len(tables) == 1
    assert set(tables[0].transitions) == set(pairs_of(flow))
