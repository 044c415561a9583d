"""Who may see which estate, and what happens to those who may not."""

from datetime import timedelta

import pytest

from anju.foundation.accounts.access import Access
from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.models import Membership
from anju.foundation.registry.models import Unit
from anju.kit import clock


def visible(user) -> set[str]:
    return {estate.code for estate in Access(user).estates}


def test_membership_reaches_estates_of_its_organisation(world):
    assert visible(world.head_office) == {"SPRING"}
    assert visible(world.director) == {"SPRING"}
    assert visible(world.street_officer) == {"SPRING", "RIVAL"}
    assert visible(world.rival_director) == {"RIVAL"}
    assert visible(world.stranger) == set()
