"""The cashier's desk as tests stand before it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from anju.kit import clock
from tests.world import World


def url(name: str, estate: str = "SPRING", **kwargs: Any) -> str:
    return reverse(f"billing:{name}", kwargs={"estate": estate} | kwargs)


class Till:
    """A cashier before the page of one payer."""

    def __init__(self, world: World, client: Any, payer: Any = None) -> None:
        self.world, self.client = world, client
        self.url = url("desk_payer", pk=(payer or world.owner_party).pk)
        self.page = client.get(self.url)
        assert self.page.status_code == 200

    def take(self, amount: str, bills: Any = (), **changes: Any) -> Any:
        data = {
            "_once": self.page.context["once"],
            "method": "cash",
            "amount": amount,
            "bills": [getattr(one, "pk", one) for one in bills],
            "late_fees": "on",
            "received_on": clock.today().isoformat(),
        }
        return self.client.post(self.url, data | changes)
