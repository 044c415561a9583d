"""Books that are open."""

from __future__ import annotations

import pytest

from anju.engines.ledger.actions import open_books
from tests.world import World


@pytest.fixture
def books(in_spring: World) -> World:
    open_books(estate=in_spring.spring, by=None)
    return in_spring
