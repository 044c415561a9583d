"""Every address of the site that is not meant for everybody is closed to whoever has not signed in or has no right.

The console is tried role by role in ``test_access_matrix``; here stand the rest: residents' pages, API, and whatever a
module may add anywhere else.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from anju.foundation.accounts.models import ApiToken, User
from anju.foundation.accounts.permissions import all_permissions
from anju.foundation.registry.models import Estate
from anju.kit.models import AuditEntry, AuditOperation
from anju.kit.testing import AccessMatrix, Address
from anju.site.api.interface import api
from tests.world import World

OPEN = {
    "api:openapi-json", "api:openapi-view",
    "account_login", "account_logout", "account_inactive", "mfa_authenticate",
    "public:publication", "public:publication_pdf", "public:verify",
    "set_language", "site:start",
}  # fmt: skip
"""What anybody may open: the way in, what has been published, the description of the API."""
SAMPLES = {"int": 1, "str": "SPRING", "slug": "x", "uuid": UUID(int=7), "estatecode": "SPRING"}
ADDRESSES = {f"{address.name} {address.route}": address for address in AccessMatrix(prefix="").addresses()}
RESIDENT = [address for address in ADDRESSES.values() if address.route.startswith("my/")]
OPERATIONS = [
    (method, re.sub(r"\{[^}]*\}", "1", path.replace("{estate}", "SPRING")))
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method in methods
]
IN_AN_ESTATE = [(method, path) for method, path in OPERATIONS if "/SPRING/" in path]


def url_of(address: Address) -> str:
    kinds = re.findall(r"<(?:(\w+):)?(\w+)>", address.route)
    return reverse(address.name, kwargs={name: SAMPLES[kind or "str"] for kind, name in kinds})


def token(owner: User, estate: Estate, rights: list[str]) -> str:
    secret = f"{owner.username}-{len(rights)}"
    made = ApiToken.objects.create(
        name="Gate", digest=hashlib.sha256(secret.encode()).hexdigest(), owner=owner, permissions=rights
    )
    made.estates.add(estate)
    return secret


def call(method: str, path: str, secret: str = "") -> Any:
    headers = {"Idempotency-Key": f"{method}-{path}"} | ({"Authorization": f"Bearer {secret}"} if secret else {})
    given = {"data": json.dumps({}), "content_type": "application/json"} if method != "get" else {}
    return getattr(Client(headers=headers), method)(path, **given)


def denials() -> int:
    return AuditEntry.objects.filter(operation=AuditOperation.DENIED).count()


def test_address_is_open_by_intent_or_closed(world: World, client_as) -> None:
    wrong = {}
    for key, address in ADDRESSES.items():
        answer = client_as(None).get(url_of(address))
        if address.name in OPEN:
            good = answer.status_code in (200, 302, 404, 405)
        elif address.route.startswith("api/"):
            good = (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
        else:
            good = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
        if not good:
            wrong[key] = answer.status_code
    assert wrong == {}


def test_a_residents_page_of_something_that_is_not_theirs_is_not_found(world: World, client_as) -> None:
    pages = [url_of(address) for address in RESIDENT if ":pk>" in address.route]
    assert len(pages) > 5
    before = denials()
    for person in (world.stranger, world.rival_director):
        client = client_as(person)
        answers = {url: (client.get(url).status_code, client.post(url).status_code) for url in pages}
        assert {url: codes for url, codes in answers.items() if set(codes) - {404, 405}} == {}
    assert denials() >= before + 2 * len(pages)


def test_operation_needs_a_token(world: World) -> None:
    answers = {
        (method, path, secret): call(method, path, secret) for method, path in OPERATIONS for secret in ("", "x")
    }
    assert len(answers) > 100
    assert {key: one.status_code for key, one in answers.items() if one.status_code != 401} == {}


def test_operation_in_another_estate_is_not_found_and_on_record(world: World) -> None:
    secret = token(world.rival_director, world.rival, [permission.code for permission in all_permissions()])
    before = denials()
    answers = {(method, path): call(method, path, secret) for method, path in IN_AN_ESTATE}
    assert {key: one.content for key, one in answers.items() if one.status_code != 404} == {}
    assert denials() == before + len(answers)


def test_operation_without_the_right_is_refused_and_on_record(world: World) -> None:
    secret = token(world.director, world.spring, [])
    before = denials()
    answers = {(method, path): call(method, path, secret) for method, path in IN_AN_ESTATE}
    assert {key: one.content for key, one in answers.items() if one.status_code != 403} == {}
    assert denials() == before + len(answers)
