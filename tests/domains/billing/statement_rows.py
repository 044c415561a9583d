"""What stands behind the addresses of statements and publications when every role tries them."""

from __future__ import annotations

from collections.abc import Callable

from anju.domains.billing.models import Statement
from anju.engines.disclosure import content
from anju.engines.disclosure.actions import publish
from anju.kit.periods import Period
from tests.world import World


def _statement(world: World) -> int:
    return Statement.objects.create(
        estate=world.spring, kind="service", period=Period(2026, 9).first, content={"blocks": []}, by=world.cashier
    ).pk


def _publication(world: World) -> int:
    words = content.document(content.text("电梯已修复。"))
    return publish(estate=world.spring, kind="repairs", title="电梯维修", content=words, by=world.director).pk


ROWS: dict[str, Callable[[World], int]] = {"billing:statement_": _statement, "disclosure:publication_": _publication}
"""By the beginning of the address's name."""
