"""The promises of the HTTP API over its whole description: documented, guarded, and never a fault whatever is sent."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django_scopes import scope, scopes_disabled
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of

from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.models import Bill, Meter, Receipt
from anju.engines.disclosure.actions import publish_words
from anju.foundation.accounts.permissions import roles_with
from anju.kit import jobs
from anju.kit.flow import FLOWS
from anju.site.api.interface import api
from anju.site.api.openapi import METHODS
from tests.domains.billing import charging
from tests.domains.billing.collecting import bill, pay
from tests.site.calls import Caller, problem
from tests.world import load_world

HOSTILE = [
    b"", b"\x00", b"\xff\xfe", b"null", b"[]", b'"x"', b"1", b"{}", b"[" * 50_000, b"1" * 10_000, b'{"a": 1e999}',
    json.dumps({"name": "a\x00b", "reason": "\x00", "number": "\x00"}).encode(),
    b'{"name": "\\ud800", "reason": "\\ud800"}',
    json.dumps({"payer_id": 2**80, "building_id": 2**63, "amount": "9" * 40, "period": "0000-00"}).encode(),
    json.dumps({"period": "9999-12", "kind": "service", "received_on": "0000-00-00"}).encode(),
    json.dumps({"period": "2199-12", "readings": [{"meter_id": 2**63 - 1, "value": "999999999.9999"}]}).encode(),
    json.dumps({"name": "x" * 200_000, "reason": "x" * 200_000}).encode(),
    json.dumps({"name": "㍿", "phone": "１３９", "id_number": "\u202e" * 30, "note": "\x7f"}).encode(),
]  # fmt: skip
_numbers = itertools.count(1)
QUERIES = [
    {"limit": "0"}, {"limit": str(2**70)}, {"limit": "x"}, {"cursor": "é\n"}, {"cursor": "a:b:c"}, {"state": "'"},
    {"period": "0001-01"}, {"period": "2000-01"}, {"period": "2199-12"}, {"on": "1900-01-01"}, {"on": "2199-12-31"},
    {"on": "0000-00-00"}, {"by": "month"}, {"payer": str(2**63)}, {"unit": "-1"}, {"number": str(2**31)},
    {"received_from": "9999-12-31"}, {"name": "%"}, {"name": "\\"}, {"layout": "a3"},
]  # fmt: skip


def schema() -> dict:
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def operations() -> list[tuple[str, str, dict]]:
    return [
        (path, method, item[method]) for path, item in schema()["paths"].items() for method in METHODS if method in item
    ]


OPERATIONS = {f"{method.upper()} {path}": (path, method, operation) for path, method, operation in operations()}
FIRST_AT = {path: name for name, (path, _method, _operation) in reversed(OPERATIONS.items())}
"""One operation for each path, to try what is about the path alone."""
OTHER = "accounts.view_audit"
"""A right that no operation needs."""


@pytest.fixture(scope="module")
def caller(kept) -> Caller:
    """Everything there is to see in SPRING, so that operations find what they are about."""
    world = load_world()
    with kept, scope(estate=world.spring.pk):
        tariff = charging.fee(world.spring)
        charging.charge(tariff, world.unit)
        made = bill(world)
        bill(world)
        payment = pay(world, "231.60", [made])
        Meter.objects.create(estate=world.spring, fee_item=tariff.fee_item, unit=world.unit, code="W-1")
        request_cancellation(receipt=payment.receipt, reason="typing error", by=world.cashier)
        publish_words(estate=world.spring, kind="notice", title="通知", text="停水。", by=world.director)
        jobs.start("registry.check_import", estate=world.spring, by=world.director, title="Sample", batch=0)
        return Caller(world.director, [world.spring])


@pytest.fixture(scope="module")
def callers_without(kept, caller) -> dict[frozenset[str], Caller]:
    """Applications by the rights they hold: for each right of each operation one that lacks nothing else."""
    world = load_world()
    with kept:
        return {rights: Caller(world.director, [world.spring], sorted(rights)) for rights in set(_one_less())}


def _one_less() -> Iterator[frozenset[str]]:
    for _path, _method, operation in OPERATIONS.values():
        for missing in operation["x-permission"]:
            yield _without(missing, operation)


def _without(missing: str, operation: dict) -> frozenset[str]:
    return frozenset(operation["x-permission"]) - {missing} | {OTHER}


def address(path: str, world, estate: str = "SPRING") -> str:
    """``path`` about something that exists where the small world has it."""
    noun = path.split("/")[5] if "{id}" in path else ""
    found = {"units": world.unit, "parties": world.owner_party}.get(noun)
    with scopes_disabled():
        if noun == "receipts":
            found = Receipt.objects.first()
        elif noun == "bills":
            found = Bill.objects.filter(settled=0).first()
    return path.replace("{estate}", estate).replace("{id}", str(getattr(found, "pk", 1)))


# --- The description --------------------------------------------------------------------------------------------------


def test_the_description_is_openapi_3_1_and_open_to_everybody():
    response = Client().get("/api/v1/openapi.json")
    assert (response.status_code, response.json()["openapi"]) == (200, "3.1.0")


def test_the_description_is_what_generators_of_clients_expect():
    """Valid by the schema of OpenAPI 3.1 itself, with defaults that the fields would take."""
    from jsonschema_rs import validator_for
    from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

    description = schema()
    assert [
        f"{error.instance_path}: {error.message[:200]}" for error in OPENAPI_31_VALIDATOR.iter_errors(description)
    ] == []
    for name, shape in description["components"]["schemas"].items():
        for field, details in shape.get("properties", {}).items():
            if "default" in details:
                checked = validator_for({**details, "components": description["components"]})
                assert checked.is_valid(details["default"]), f"{name}.{field}"


def test_a_change_has_no_defaults_that_a_generated_client_would_write_over_what_is_there():
    changes = [item["patch"] for item in schema()["paths"].values() if "patch" in item]
    assert changes
    for change in changes:
        name = change["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        fields = schema()["components"]["schemas"][name]["properties"]
        assert fields
        assert not [field for field, details in fields.items() if "default" in details]


def test_a_right_is_named_once():
    for _path, _method, operation in OPERATIONS.values():
        assert len(set(operation["x-permission"])) == len(operation["x-permission"])


@pytest.mark.django_db
def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere():
    response = Client().get("/api/v1/docs")
    page = response.content.decode()
    assert response.status_code == 200
    for _path, _method, operation in operations():
        assert f'id="{operation["operationId"]}"' in page
    assert "//cdn" not in page
    assert 'src="http' not in page


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_says_what_it_needs(name):
    path, method, operation = OPERATIONS[name]
    assert operation["x-permission"], "an operation without a right"
    for right in operation["x-permission"]:
        assert roles_with(right)
    assert {"400", "401", "403", "404", "405", "422"} <= operation["responses"].keys()
    headers = [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"]
    assert headers == ([] if method == "get" else ["Idempotency-Key"])
    assert ("{estate}" in path) == any(parameter["name"] == "estate" for parameter in operation["parameters"])
    assert operation["description"]


def test_resources_of_the_product_are_there():
    paths = set(schema()["paths"])
    nouns = ("units", "parties", "bills", "payments", "receipts", "bill-runs", "imports", "statements", "publications")
    assert "/api/v1/estates" in paths
    assert {f"/api/v1/estates/{{estate}}/{noun}" for noun in nouns} <= paths


def test_every_transition_of_every_flow_is_an_operation():
    known = {path.rpartition("/")[2] for path in schema()["paths"]}
    for flow in FLOWS.values():
        if flow.model.__module__.startswith("anju."):
            assert {transition.name for transition in flow.transitions} <= known, flow.name


def test_lists_have_pages():
    for path, item in schema()["paths"].items():
        answer = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        reference = str(answer)
        if "Page_" in reference:
            names = {parameter["name"] for parameter in item["get"]["parameters"]}
            assert {"limit", "cursor"} <= names, path


# --- Rights -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_is_guarded(name, world, caller, callers_without):
    """No token 401, foreign estate 404, no right 403; the same call with the right is let in."""
    path, method, operation = OPERATIONS[name]
    body = {} if method != "get" else None
    with scope(estate=world.spring.pk):
        before = _counts()

    def call(who: Caller | Client, estate: str = "SPRING"):
        url = address(path, world, estate)
        if isinstance(who, Client):
            return who.generic(method.upper(), url)
        kind = "multipart/form-data; boundary=x" if "imports" in path and "{id}" not in path else "application/json"
        return who.send(url, body, method=method.upper(), content_type=kind)

    problem(call(Client()), 401, "unauthenticated")
    if "{estate}" in path:
        problem(call(caller, "RIVAL"), 404, "not_found")
    for missing in operation["x-permission"]:
        problem(call(callers_without[_without(missing, operation)]), 403, "forbidden")
    with scope(estate=world.spring.pk):
        assert _counts() == before
    assert call(caller).status_code not in (401, 403)


def _counts() -> tuple[int, list[tuple[int, str]]]:
    return (Bill.objects.count(), list(Receipt.objects.order_by("pk").values_list("pk", "state")))


# --- Whatever is sent -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_hostile_requests_are_answered_without_a_fault(name, world, caller):
    path, method, operation = OPERATIONS[name]
    url = address(path, world)
    if method == "get":
        answers = [caller.client.get(url, query) for query in _queries(operation)]
    else:
        kinds = ("multipart/form-data; boundary=x", "text/plain", "")
        bodies = [(content, "application/json") for content in HOSTILE] + [(HOSTILE[7], kind) for kind in kinds]
        answers = [caller.send(url, content, method=method.upper(), content_type=kind) for content, kind in bodies]
        # the last shape of a name that only a loose parser would read
        answers.append(caller.send(url, b"--x\r\nContent-Disposition: form-data\r\n\r\n", content_type=kinds[0]))
    if name == FIRST_AT[path]:
        answers += [caller.client.generic(verb, url) for verb in ("PUT", "TRACE", "DELETE", "HEAD")]
        answers += [caller.client.get(f"{url}/{odd}") for odd in ("%00", "%ff", "-1", str(2**70), "../..", "%2e%2e")]
    for answer in answers:
        assert answer.status_code < 500, answer.content[:500]
        if answer.status_code >= 400 and answer.request["REQUEST_METHOD"] != "HEAD":
            problem(answer, answer.status_code, answer.json()["code"])


def _queries(operation: dict) -> list[dict[str, str]]:
    """Each of QUERIES that the operation takes by itself; those that it does not know, and has no eye for, together."""
    known = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
    together: list[dict[str, str]] = []
    for query in QUERIES:
        if not query.keys() <= known:
            fitting = next((others for others in together if not query.keys() & others.keys()), None)
            if fitting is None:
                together.append(fitting := {})
            fitting |= query
    return [query for query in QUERIES if query.keys() <= known] + together


def test_uploaded_files_of_every_kind_are_answered_without_a_fault(world, caller):
    for name, content in (
        ("x.xlsx", b"not a workbook"), ("x\x00.xlsx", b""), ("../../x.xlsx", b"PK\x03\x04"),
        ("名" * 300 + ".xlsx", b"x"), ("x", b"\x00" * 100),
    ):  # fmt: skip
        file = io.BytesIO(content)
        file.name = name
        for layout in ("", "register", "nothing", "\x00"):
            file.seek(0)
            headers = {"Idempotency-Key": f"file-{next(_numbers)}"}
            answer = caller.client.post(f"{caller.base}/imports", {"file": file, "layout": layout}, headers=headers)
            assert answer.status_code < 500, answer.content[:500]


@pytest.fixture
def keep_connection():
    """Requests through WSGI would hang up the connection of the test, which has not committed."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache
def made_up() -> Any:
    """The description as schemathesis reads it, to make up requests from."""
    import schemathesis  # takes long, also where somebody only wants to know what tests there are

    description = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    description.config.generation.update(with_security_parameters=False)  # the test's own token goes into every request
    return description


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_answer_is_as_described(name, world, caller, keep_connection):
    """Schemathesis over the whole description, with what it makes up put at addresses that exist."""
    from schemathesis.checks import not_a_server_error  # for the same reason
    from schemathesis.specs.openapi import checks

    path, method, _operation = OPERATIONS[name]
    operation = made_up()[path][method]
    right_and_wrong = made_up().config.generation_for(operation=operation, phase="fuzzing").modes
    # What the test puts into every request itself need not be made up first.
    given_values = {
        "path_parameters": {"estate": "SPRING"} if "{estate}" in path else None,
        "headers": {"Idempotency-Key": "made-up"} if method != "get" else None,
    }
    expected = (
        not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
        checks.response_schema_conformance, checks.response_headers_conformance,
    )  # fmt: skip

    @given(case=one_of([operation.as_strategy(mode, **given_values) for mode in right_and_wrong]))
    @settings(
        max_examples=10,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        derandomize=True,
    )
    def answers(case):
        number = next(_numbers)
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {caller.secret}"}
        if case.method != "GET":
            case.headers["Idempotency-Key"] = f"made-up-{number}"
        if "{id}" in case.path and number % 3:
            case.path_parameters["id"] = int(address(case.path, world).split("/")[6])
        case.call_and_validate(checks=expected)

    answers()
