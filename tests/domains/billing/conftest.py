"""What several modules of tests stand before."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django_scopes import scope

from anju.domains.billing.models import Tariff
from anju.kit import clock
from tests.domains.billing.charging import charge, fee
from tests.domains.billing.collecting import bill, fee_item
from tests.domains.billing.desk import Till
from tests.world import World


@pytest.fixture
def till(world: World, client_as: Any) -> Any:
    """``till()``: the cashier before the page of the owner; ``till("second_cashier", payer)``."""
    return lambda person="cashier", payer=None: Till(world, client_as(getattr(world, person)), payer)


@pytest.fixture
def service(world) -> Tariff:
    """The service fee of 2.40 yuan per m2, charged to three homes."""
    with scope(estate=world.spring.pk):
        tariff = fee(
            world.spring, "2.40", vacancy_rate=Decimal("0.7"), late_daily_rate=Decimal("0.0005"), grace_days=10
        )
        for unit in (world.unit, world.let_unit, world.shared_unit):
            charge(tariff, unit)
        return tariff


@pytest.fixture
def director(world, client_as):
    return client_as(world.director)


@pytest.fixture
def arrears(world: World) -> Decimal:
    with scope(estate=world.spring.pk):
        bill(world, "231.60")
        bill(world, "50.00", item=fee_item(world, name="车位费"))
        bill(world, "80.00", payer=world.neighbour_party)
        bill(world, "99.00", payer=world.shopkeeper_party, due=clock.today() + timedelta(days=9))
    return Decimal("281.60")
