"""What this module states to whoever is concerned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from anju.foundation.accounts.models import Organisation, User


@dataclass(frozen=True, slots=True)
class CommitteeEntered:
    """The managers of ``estate`` have entered an owners' or estate committee."""

    estate: Any
    committee: Organisation
    by: User | None
