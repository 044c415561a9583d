"""Every address of the console, tried by every role: foreign estate 404, no right 403, own 200, nobody to sign-in."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django_scopes import scopes_disabled

from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import ApiToken, Membership, Organisation, User
from anju.foundation.accounts.permissions import CONSOLE, roles_with
from anju.foundation.registry.models import Estate
from anju.kit.models import AuditEntry, Job
from anju.kit.pages import SIGNED_IN
from anju.kit.testing import AccessMatrix
from tests.domains.billing import charging_rows as charging
from tests.domains.billing import matrix as collecting
from tests.domains.billing import statement_rows as statements
from tests.foundation.registry import matrix as register
from tests.world import DELIVERED, load_world, session_of


def _entry(world) -> int:
    return AuditEntry.objects.filter(estate_id=world.spring.pk).latest("pk").pk


def _job(world) -> int:
    return Job.objects.create(kind="sample", title="Sample", estate_id=world.spring.pk, requested_by=world.director).pk


def _membership(world) -> int:
    return world.cashier.memberships.get().pk


def _office(world) -> int:
    return world.street.pk


def _organisation(world) -> int:
    return Organisation.objects.create(
        kind=OrganisationKind.SUPPLIER, code="SUP", name="电梯维保公司", kept_by=world.spring
    ).pk


def _person(world) -> int:
    return world.cashier.pk


def _token(world) -> int:
    token = ApiToken.objects.create(name="Gate", digest="0" * 64, owner=world.director, permissions=[])
    token.estates.add(world.spring)
    return token.pk


ROWS = {"accounts:audit": _entry, "accounts:membership": _membership, "accounts:office": _office,
        "accounts:organisation": _organisation, "accounts:person": _person, "accounts:token": _token,
        "kit:job": _job}  # fmt: skip
"""What stands behind addresses across estates, whose pages have no rows without knowing who asks; by start of name."""
MATRIX = AccessMatrix(rows=ROWS | register.ROWS | collecting.ROWS | charging.ROWS | statements.ROWS, more=register.MORE)

ADDRESSES = {f"{address.name} {address.route}": address for address in MATRIX.addresses()}
FINE = {200, 204, 302, 405, 422}
"""What an address may answer to somebody who may be there: a page, somewhere else to go, "post to me", "fill me in"."""


def test_every_view_of_the_console_declares_its_right():
    assert [name for name, address in ADDRESSES.items() if address.permission is None] == []


def test_every_declared_right_exists():
    for address in ADDRESSES.values():
        if address.permission not in (None, SIGNED_IN):
            assert roles_with(address.permission), address.name


@pytest.fixture(scope="module")
def people(kept) -> dict[Role, str]:
    """One person of SPRING for each role that works in the console, by the key of their session."""
    with kept, scopes_disabled():
        world = load_world()
        organisations = {
            Role.COMMUNITY_OFFICER: world.community,
            Role.STREET_OFFICER: world.street,
            Role.DISTRICT_OFFICER: world.district,
            Role.COMMITTEE_MEMBER: Organisation.objects.create(
                kind=OrganisationKind.OWNERS_COMMITTEE, code="OC", name="春和苑业主委员会"
            ),
        }
        Estate.objects.filter(pk=world.spring.pk).update(committee=organisations[Role.COMMITTEE_MEMBER])
        users = User.objects.bulk_create(User(username=f"as_{role}", name=str(role), password="!") for role in CONSOLE)
        Membership.objects.bulk_create(
            Membership(user=user, organisation=organisations.get(role, world.company), role=role, since=DELIVERED)
            for user, role in zip(users, CONSOLE, strict=True)
        )
        return {role: session_of(user) for user, role in zip(users, CONSOLE, strict=True)}


def _client(session: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


@pytest.mark.usefixtures("plain_error_pages")
@pytest.mark.parametrize("address", sorted(ADDRESSES))
def test_address_answers_each_role_by_its_rights(address, world, people, client_as):
    address = ADDRESSES[address]
    arguments = MATRIX.arguments(address, world)
    assert arguments is not None, "no object to try it with: add one to the small world or to ROWS"
    url = reverse(address.name, kwargs=arguments)

    answer = client_as(None).get(url)
    assert (answer.status_code, "/accounts/" in answer.get("Location", "")) == (302, True)
    if "estate" in arguments:
        for person in (world.rival_director, world.stranger):
            client = client_as(person)
            assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)

    rights = MATRIX.permissions(address, arguments)
    for role, session in people.items():
        client = _client(session)
        status = client.get(url).status_code
        if all(role in roles_with(right) for right in rights):
            assert status in FINE, f"{role} may, but gets {status}"
        else:
            assert (status, client.post(url).status_code) == (403, 403), f"{role} may not, but gets {status}"
