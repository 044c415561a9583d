"""Every address of the site that is not meant for everybody is closed to whoever has not signed in.

The console is tried role by role in ``test_access_matrix``, the API operation by operation in ``test_openapi``; here
stand the residents' pages and whatever a module may add anywhere else.
"""

from __future__ import annotations

import re
from uuid import UUID

from django.urls import reverse

from anju.kit.models import AuditEntry, AuditOperation
from anju.kit.testing import AccessMatrix, Address
from tests.world import World

OPEN = {
    "api:openapi-json", "api:openapi-view",
    "account_login", "account_logout", "account_inactive", "mfa_authenticate",
    "public:publication", "public:publication_pdf", "public:verify",
    "set_language", "site:start", "health",
}  # fmt: skip
"""What anybody may open: the way in, what has been published, the description of the API, the sign of life."""
SAMPLES = {"int": 1, "str": "SPRING", "slug": "x", "uuid": UUID(int=7), "estatecode": "SPRING"}
ADDRESSES = {f"{address.name} {address.route}": address for address in AccessMatrix(prefix="").addresses()}
RESIDENT = [address for address in ADDRESSES.values() if address.route.startswith("my/")]


def url_of(address: Address) -> str:
    kinds = re.findall(r"<(?:(\w+):)?(\w+)>", address.route)
    return reverse(address.name, kwargs={name: SAMPLES[kind or "str"] for kind, name in kinds})


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
