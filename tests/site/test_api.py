"""The HTTP API: tokens, rights, estates, errors, pages, and writes that happen once."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django_scopes import scope, scopes_disabled

from anju.domains.billing.models import Payment, Receipt
from anju.foundation.registry.models import ImportBatch, Party, Unit
from anju.kit.models import AuditEntry, AuditOperation, IdempotencyRecord
from anju.kit.testing import assert_same_queries
from tests.domains.billing.collecting import bill
from tests.site.calls import Caller, problem

PARTY = {"name": "新业主", "phone": "13900000099"}


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world.director, [world.spring])


def parties(name: str = "新业主") -> int:
    with scopes_disabled():
        return Party.objects.filter(name=name).count()


# --- Who and where ----------------------------------------------------------------------------------------------------


def test_every_request_needs_a_token(world):
    for client in (Client(), Client(headers={"Authorization": "Bearer anju_wrong"})):
        told = client.get("/api/v1/estates/SPRING/units")
        problem(told, 401, "unauthenticated")
        assert told.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_sees_its_own_estates_only(world, caller):
    assert [row["code"] for row in caller.get("/api/v1/estates").json()["items"]] == ["SPRING"]
    assert caller.get("").json()["name"] == "春和苑"
    problem(caller.get("/api/v1/estates/RIVAL/units"), 404, "not_found")
    problem(caller.get("/api/v1/estates/NOWHERE/units"), 404, "not_found")
    response = caller.send("/api/v1/estates/RIVAL/parties", PARTY)
    problem(response, 404, "not_found")
    assert parties() == 0


def test_foreign_object_is_not_found_and_on_record(world, caller):
    with scopes_disabled():
        stranger = world.rival_unit
    problem(caller.get(f"/units/{stranger.pk}"), 404, "not_found")
    problem(caller.send(f"/units/{stranger.pk}", {"note": "x"}, method="PATCH"), 404, "not_found")
    with scopes_disabled():
        assert not Unit.objects.filter(note="x").exists()
    denied = AuditEntry.objects.filter(operation=AuditOperation.DENIED)
    assert [row.after["reason"] for row in denied] == ["not_found", "not_found"]
    assert caller.get(f"/units/{world.unit.pk}").json()["code"] == "3-1-1201"


def test_a_token_has_the_rights_it_was_given(world):
    weak = Caller(world.director, [world.spring], ["registry.view"])
    assert weak.get("/parties").status_code == 200
    problem(weak.send("/parties", PARTY), 403, "forbidden")
    assert parties() == 0
    strong = Caller(world.director, [world.spring], ["registry.view", "registry.change"])
    assert strong.send("/parties", PARTY).status_code == 201
    assert parties() == 1


# --- Errors -----------------------------------------------------------------------------------------------------------


def test_unknown_addresses_and_methods_are_problems(caller):
    nothing = caller.get("/nothing")
    problem(nothing, 404, "not_found")
    assert nothing.templates == []  # no page is drawn that no program sees
    problem(caller.get("/api/v2/estates"), 404, "not_found")
    problem(caller.get("/units/99999999999999999999999"), 404, "not_found")
    response = caller.send("/units", method="DELETE")
    problem(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}


def test_body_that_is_no_json_or_of_another_kind(caller):
    problem(caller.send("/parties", "{"), 400, "bad_json")
    problem(caller.send("/parties", '{"name": NaN}'), 400, "bad_json")
    problem(caller.send("/parties", "[" * 100_000), 400, "bad_json")
    problem(caller.send("/parties", "name=x", content_type="text/plain"), 415, "unsupported_media_type")
    problem(caller.send("/imports", {"file": 1}), 415, "unsupported_media_type")


def test_a_file_that_is_no_workbook_is_the_value_at_fault(caller):
    file = SimpleUploadedFile("register.xlsx", b"not a workbook")
    headers = {"Idempotency-Key": "file-1"}
    answer = caller.client.post(f"{caller.base}/imports", {"file": file}, headers=headers)
    told = problem(answer, 422, "sheet.not_a_workbook")
    assert [fault["pointer"] for fault in told["errors"]] == ["#/file"]
    with scopes_disabled():
        assert not ImportBatch.objects.exists()


def test_body_that_is_too_large(caller, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem(caller.send("/parties", PARTY | {"note": "x" * 2000}), 413, "too_large")


def test_errors_name_the_fields_at_fault(caller):
    told = problem(caller.send("/parties", {"nmae": "x", "phone": 5}), 422, "invalid")
    assert {fault["pointer"] for fault in told["errors"]} == {"#/name", "#/nmae", "#/phone"}
    told = problem(caller.get("/units", limit=201), 422, "invalid")
    assert [(fault["in"], fault["parameter"]) for fault in told["errors"]] == [("query", "limit")]
    told = problem(caller.send("/parties", PARTY | {"phone": "12"}), 422, "phone_bad")
    assert told["errors"][0]["pointer"] == "#/phone"


def test_every_fault_is_told_in_the_language_asked_for(caller, world):
    bodies = [
        ({"name": 5}, "#/name", "此处应为文本。"),
        ({"name": ""}, "#/name", "过短：至少 1 个字符。"),
        ({"name": "x" * 101}, "#/name", "过长：最多 100 个字符。"),
        ({"name": "x", "kind": "dog"}, "#/kind", "只能是其中之一：person, organisation。"),
        ({"name": "x", "prepayment_agreed": 1}, "#/prepayment_agreed", "此处应为 true 或 false。"),
        ([], "#", "此处应为对象。"),
        ({"name": "x", "a/b~c": 1}, "#/a~1b~0c", "没有这个字段。"),
    ]
    for body, pointer, words in bodies:
        (fault,) = problem(caller.send("/parties", body), 422, "invalid")["errors"]
        assert (fault["pointer"], fault["detail"]) == (pointer, words)
    for query, words in (
        ({"limit": 0}, "最小为 1。"),
        ({"limit": 201}, "最大为 200。"),
        ({"limit": "x"}, "此处应为整数。"),
    ):
        (fault,) = problem(caller.get("/units", **query), 422, "invalid")["errors"]
        assert (fault["parameter"], fault["detail"]) == ("limit", words)
    english = caller.client.get(f"{caller.base}/units?limit=0", headers={"Accept-Language": "en"}).json()
    assert (english["title"], english["errors"][0]["detail"]) == (
        "Unprocessable Content",
        "The smallest value allowed is 1.",
    )


def test_a_filter_written_wrong_is_refused_instead_of_answered_with_everything(caller):
    (fault,) = problem(caller.get("/units", bulding="3"), 422, "invalid")["errors"]
    assert (fault["in"], fault["parameter"], fault["code"]) == ("query", "bulding", "extra_forbidden")


def test_head_asks_for_what_get_is_answered(caller):
    answer = caller.client.head(f"{caller.base}/units")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert caller.client.head(f"{caller.base}/units/{2**40}").status_code == 404


def test_characters_that_cannot_be_kept_are_refused(caller):
    for bad in ("\\u0000", "\\ud800"):
        told = problem(caller.send("/parties", f'{{"name": "a{bad}b"}}'), 422, "invalid")
        assert told["errors"][0]["pointer"] == "#/name"
    problem(caller.get("/parties?name=%00"), 400, "bad_request")
    problem(caller.get("/%00"), 400, "bad_request")
    problem(caller.client.get("/api/v1/estates/%00/units"), 400, "bad_request")
    assert caller.get("/parties?name=%ff%fe").status_code == 200


def test_numbers_and_days_beyond_all_bounds_are_refused(caller, world):
    for body in (
        {"payer_id": 2**63, "method": "cash", "amount": "1.00"},
        {"payer_id": world.owner_party.pk, "method": "cash", "amount": "9" * 30},
        {"payer_id": world.owner_party.pk, "method": "cash", "amount": "1.001"},
        {"payer_id": world.owner_party.pk, "method": "cash", "amount": 1.5},
        {"payer_id": world.owner_party.pk, "method": "cash", "amount": "1.00", "received_on": "0000-01-01"},
        {"payer_id": world.owner_party.pk, "method": "cash", "amount": "1.00", "received_on": "9999-12-31"},
    ):
        problem(caller.send("/payments", body), 422, "invalid")
    problem(caller.get("/bill-runs/preview", period="0000-01"), 422, "invalid")
    problem(caller.get("/receipts", number=2**40), 422, "invalid")
    with scopes_disabled():
        assert not Payment.objects.exists()


def test_messages_come_in_the_language_asked_for(caller):
    chinese = caller.get("/nothing").json()["detail"]
    english = caller.client.get("/api/v1/nothing", headers={"Accept-Language": "en"}).json()["detail"]
    assert english == "There is nothing at this address."
    assert chinese != english


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_pages_are_walked_to_the_end_while_rows_are_added(caller, world):
    seen, address = [], "/api/v1/estates/SPRING/units?limit=2"
    while address:
        page = caller.client.get(address).json()
        seen += [row["id"] for row in page["items"]]
        assert len(page["items"]) <= 2
        if len(seen) == 2:
            with scope(estate=world.spring.pk):
                Unit.objects.create(
                    estate=world.spring, building=world.shops, code="S-102", number="102", exclusive_area=Decimal(60)
                )
        address = page["next"]
    with scope(estate=world.spring.pk):
        assert seen == list(Unit.objects.order_by("pk").values_list("pk", flat=True))


def test_a_cursor_of_another_list_is_refused(caller):
    cursor = caller.get("/units", limit=2).json()["cursor"]
    assert caller.get("/units", limit=2, cursor=cursor).status_code == 200
    for query in ({"cursor": "made-up"}, {"cursor": cursor, "state": "let"}):
        told = problem(caller.get("/units", limit=2, **query), 422, "invalid")
        assert told["errors"][0]["code"] == "bad_cursor"
    problem(caller.get("/parties", cursor=cursor), 422, "invalid")


@pytest.mark.parametrize("path", ["/units", "/parties", "/bills", "/payments", "/receipts"])
def test_lists_cost_the_same_however_many_rows(path, caller, world):
    def grow() -> None:
        with scope(estate=world.spring.pk):
            for number in range(4):
                code = f"S-2{number}"
                Unit.objects.create(
                    estate=world.spring, building=world.shops, code=code, number="2", exclusive_area=Decimal(6)
                )
                party = Party.objects.create(estate=world.spring, name=f"人{number}")
                made = bill(world, payer=party)
                pay(caller, party.pk, made.pk)

    with scope(estate=world.spring.pk):
        made = bill(world)
    pay(caller, world.owner_party.pk, made.pk)
    assert caller.get(path).json()["items"]
    assert_same_queries(lambda: caller.get(path), grow)


def test_pages_hold_two_hundred_rows_at_most(caller):
    problem(caller.get("/units", limit=201), 422, "invalid")
    problem(caller.get("/units", limit=0), 422, "invalid")
    assert caller.get("/units", limit=200).status_code == 200


# --- Writes happen once -----------------------------------------------------------------------------------------------


def test_a_write_needs_a_key(caller):
    problem(caller.send("/parties", PARTY, key=None), 400, "idempotency_key_required")
    problem(caller.send("/parties", PARTY, key="x" * 201), 400, "idempotency_key_bad")
    assert parties() == 0


def test_a_repeated_write_gets_the_first_answer(caller):
    first = caller.send("/parties", PARTY, key="once")
    again = caller.send("/parties", PARTY, key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (first.headers.get("Idempotent-Replay"), again.headers["Idempotent-Replay"]) == (None, "true")
    assert parties() == 1
    assert caller.send("/parties", PARTY, key="twice").status_code == 201
    assert parties() == 2


def test_a_key_with_other_content_is_refused(caller):
    caller.send("/parties", PARTY, key="once")
    problem(caller.send("/parties", PARTY | {"phone": "13900000098"}, key="once"), 422, "idempotency_key_reused")
    problem(caller.send("/bill-runs", {"period": "2026-11"}, key="once"), 422, "idempotency_key_reused")
    reordered = '{"phone": "13900000099",  "name": "新业主"}'
    assert caller.send("/parties", reordered, key="once").headers["Idempotent-Replay"] == "true"
    assert parties() == 1


def test_keys_of_two_applications_do_not_meet(world, caller):
    other = Caller(world.director, [world.spring])
    assert caller.send("/parties", PARTY, key="same").status_code == 201
    assert other.send("/parties", PARTY, key="same").headers.get("Idempotent-Replay") is None
    assert parties() == 2


def test_a_malformed_request_may_be_corrected_under_its_key(caller):
    problem(caller.send("/parties", {}, key="once"), 422, "invalid")
    assert not IdempotencyRecord.objects.exists()
    assert caller.send("/parties", PARTY, key="once").status_code == 201


def test_a_refusal_is_kept_like_an_answer(caller, world):
    body = {"payer_id": world.owner_party.pk, "method": "prepayment", "amount": "5.00"}
    first = caller.send("/payments", body, key="once")
    problem(first, 422, "prepayment_short")
    again = caller.send("/payments", body, key="once")
    assert (again.content, again.headers["Idempotent-Replay"]) == (first.content, "true")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_waits_and_gets_the_same_answer(world):
    caller = Caller(world.director, [world.spring])
    answers = []

    def send() -> None:
        try:
            answers.append(caller.send("/parties", PARTY, key="race"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(answer.headers.get("Idempotent-Replay", "") for answer in answers) == ["", "true", "true", "true"]
    assert parties() == 1


def pay(caller: Caller, payer: int, *bills: int, amount: str = "231.60", **more: object) -> dict:
    body = {"payer_id": payer, "method": "cash", "amount": amount, "bills": [{"id": one} for one in bills]}
    response = caller.send("/payments", body | more)
    assert response.status_code == 201, response.content
    return response.json()


def test_the_same_payment_posted_twice_is_taken_once(caller, world):
    with scope(estate=world.spring.pk):
        made = bill(world)
    body = {
        "payer_id": world.owner_party.pk, "method": "transfer", "amount": "300.00", "bills": [{"id": made.pk}],
        "received_on": "2026-10-05",
    }  # fmt: skip
    first = caller.send("/payments", body, key="bank-4711").json()
    assert (first["amount"], first["prepaid"], first["receipt_number"]) == ("300.00", "68.40", "000001")
    assert [row["amount"] for row in first["allocations"]] == ["231.60"]
    assert caller.send("/payments", body, key="bank-4711").json() == first
    with scopes_disabled():
        assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)
        assert Payment.objects.get().received_on == date(2026, 10, 5)


def test_a_payment_names_exact_parts_and_the_rest_goes_to_the_oldest(caller, world):
    with scope(estate=world.spring.pk):
        older, newer = bill(world, "100.00", due=date(2026, 1, 31)), bill(world, "80.00")
    body = {
        "payer_id": world.owner_party.pk, "method": "transfer", "amount": "120.00",
        "bills": [{"id": older.pk}, {"id": newer.pk, "amount": "50.00"}],
    }  # fmt: skip
    refused = caller.send("/payments", body | {"bills": [{"id": newer.pk}, {"id": newer.pk, "amount": "50.00"}]})
    problem(refused, 422, "invalid")
    problem(caller.send("/payments", body | {"amount": "49.00"}), 422, "amount_too_small")
    with scopes_disabled():
        assert Payment.objects.count() == 0
    taken = caller.send("/payments", body).json()
    assert {row["bill_id"]: row["amount"] for row in taken["allocations"]} == {older.pk: "70.00", newer.pk: "50.00"}


# --- Personal data ----------------------------------------------------------------------------------------------------


def test_personal_data_is_masked_unless_revealed_on_record(world, caller):
    shown = caller.get(f"/parties/{world.owner_party.pk}").json()
    assert world.owner.phone not in str(shown)
    assert "11010519491231002X" not in str(shown)
    weak = Caller(world.director, [world.spring], ["registry.view"])
    address = f"/parties/{world.owner_party.pk}/personal-data"
    problem(weak.get(address), 403, "forbidden")
    views = AuditEntry.objects.filter(operation=AuditOperation.VIEW)
    assert not views.exists()
    assert caller.get(address).json()["id_number"] == "11010519491231002X"
    assert [(row.actor_id, row.object_id) for row in views] == [(world.director.pk, world.owner_party.pk)]


def test_no_page_of_the_site_breaks_on_the_character_nul(world, client_as):
    client = client_as(world.director)
    client.raise_request_exception = False
    for address in ("/console/%00/", "/console/SPRING/registry/units/?q=%00", "/my/%00/", "/verify/%00/", "/?x=%00"):
        assert client.get(address).status_code == 400
