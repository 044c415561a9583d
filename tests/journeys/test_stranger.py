"""A stranger guesses: every address of SPRING and every id behind it, as a page, as a form and through the API.

The answer is 404 as for what does not exist, nothing changes, and each try is on record.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse
from django_scopes import scope, scopes_disabled

from anju.foundation.accounts.actions import grant_membership
from anju.foundation.accounts.enums import Role
from anju.kit.models import AuditEntry, AuditOperation
from anju.kit.testing import AccessMatrix
from tests.contracts.test_access_matrix import MATRIX
from tests.domains.billing.collecting import bill, pay
from tests.site.calls import Caller, problem

pytestmark = pytest.mark.usefixtures("plain_error_pages")


@pytest.fixture
def addresses(world: Any) -> list[tuple[str, dict[str, Any]]]:
    """Every address of SPRING's console, with one object behind those that need one."""
    rows = {start: cache(make) for start, make in MATRIX.rows.items()}
    matrix = AccessMatrix(rows=rows, more=MATRIX.more)
    return [
        (address.name, arguments)
        for address in matrix.addresses()
        if "<str:estate>" in address.route and (arguments := matrix.arguments(address, world)) is not None
    ]


def everything() -> dict[str, int]:
    """How many rows every table of ours holds, but for the record of who was refused."""
    with scopes_disabled():  # looks at all estates, to see that nobody has changed any
        counted = {
            model._meta.label: model._base_manager.count()
            for model in apps.get_models()
            if model.__module__.startswith("anju.") and model is not AuditEntry
        }
        changes = AuditEntry._base_manager.exclude(operation=AuditOperation.DENIED)
        return counted | {"changes on record": changes.count()}


def refusals(person: models.Model) -> int:
    with scopes_disabled():  # a refusal at an estate's door belongs to no estate
        return AuditEntry._base_manager.filter(operation=AuditOperation.DENIED, actor=person).count()


@pytest.mark.parametrize("who", ["rival_director", "stranger"])
def test_addresses_of_another_estate_do_not_exist(world, client_as, addresses, who: str) -> None:
    person = getattr(world, who)
    client, before, tries = client_as(person), everything(), 0
    for name, arguments in addresses:
        url = reverse(name, kwargs=arguments)
        assert [client.get(url).status_code, client.post(url, {"name": "x"}).status_code] == [404, 404], url
        tries += 2
    assert tries > 200
    assert everything() == before
    assert refusals(person) == tries


def test_ids_of_another_estate_do_not_exist_below_ones_own(world, client_as, addresses) -> None:
    """Tried by somebody who lacks no right at home."""
    grant_membership(
        user=world.rival_director, role=Role.HEAD_OFFICE, organisation=world.rival_company, estates=[], by=None
    )
    client, before, tries = client_as(world.rival_director), everything(), 0
    for name, arguments in addresses:
        if "pk" not in arguments:
            continue
        url = reverse(name, kwargs=arguments | {"estate": "RIVAL"})
        assert [client.get(url).status_code, client.post(url, {"name": "x"}).status_code] == [404, 404], url
        tries += 2
    assert tries > 80
    assert everything() == before
    assert refusals(world.rival_director) == tries


def test_papers_of_another_home_do_not_exist_on_the_phone(world, client_as) -> None:
    with scope(estate=world.spring.pk):
        owed = bill(world)
        paid = pay(world, "231.60", [bill(world)])
    pages = {"bill": owed.pk, "payment": paid.pk, "receipt_pdf": paid.pk, "pay_how": world.owner_party.pk}
    assert client_as(world.owner).get(reverse("my:bill", kwargs={"pk": owed.pk})).status_code == 200
    before = everything()
    for person in (world.neighbour, world.stranger, world.rival_director):
        client = client_as(person)
        for name, pk in pages.items():
            for guess in (pk, pk + 1000):
                url = reverse(f"my:{name}", kwargs={"pk": guess})
                assert [client.get(url).status_code, client.post(url, {"bills": [owed.pk]}).status_code] in (
                    [404, 404],
                    [404, 405],
                ), url
        assert refusals(person) >= 2 * len(pages)
    assert everything() == before


def test_a_token_opens_its_own_estate_only(world) -> None:
    with scope(estate=world.spring.pk):
        owed = bill(world)
    caller = Caller(world.rival_director, [world.rival])
    problem(caller.get("/api/v1/estates/SPRING/bills"), 404, "not_found")
    problem(caller.get("/api/v1/estates/NOWHERE/bills"), 404, "not_found")
    problem(caller.get(f"/bills/{owed.pk}"), 404, "not_found")
    before = everything()
    payment = {"payer": world.owner_party.pk, "method": "cash", "amount": "231.60", "bills": [owed.pk]}
    problem(caller.send("/api/v1/estates/SPRING/payments", payment), 404, "not_found")
    assert caller.send("/payments", payment).status_code in (404, 409, 422)
    problem(caller.send(f"/bills/{owed.pk}/reverse", {"reason": "x"}), 404, "not_found")
    after = everything()
    kept = {"changes on record"} | {name for name in after if "Idempot" in name}
    assert {name: n for name, n in after.items() if name not in kept} == {
        name: n for name, n in before.items() if name not in kept
    }
    assert refusals(world.rival_director) >= 4
    assert Client().get("/api/v1/estates/SPRING/bills").status_code == 401
