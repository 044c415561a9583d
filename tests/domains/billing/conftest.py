"""What several modules of tests stand before."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domains.billing.desk import Till
from tests.world import World


@pytest.fixture
def till(world: World, client_as: Any) -> Any:
    """``till()``: the cashier before the page of the owner; ``till("second_cashier", payer)``."""
    return lambda person="cashier", payer=None: Till(world, client_as(getattr(world, person)), payer)
