"""The scope of a request, and what a stranger gets: 404 as if there were nothing, on record, nothing changed."""

import re
from datetime import timedelta
from importlib.util import find_spec
from runpy import run_path

import pytest
from django.test import Client
from django_scopes import scopes_disabled
from django_scopes.exceptions import ScopeError

from anju.foundation.accounts import actions
from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.models import ApiToken, Membership
from anju.foundation.registry.models import Unit
from anju.kit import clock
from anju.kit.models import AuditEntry, AuditOperation

pytestmark = pytest.mark.urls("tests.foundation.accounts.pages")


def denials() -> list[tuple]:
    rows = AuditEntry.objects.filter(operation=AuditOperation.DENIED).order_by("pk")
    return [(row.actor_id, row.estate_id, row.after["path"], row.after["reason"]) for row in rows]


def units_of(client: Client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200, response.content
    return response.json()["units"]


def test_page_of_an_estate_sees_that_estate_only(world, client_as):
    assert "3-1-1201" in units_of(client_as(world.director), "/console/SPRING/units/")
    assert units_of(client_as(world.street_officer), "/console/RIVAL/units/") == ["1-1-101"]
    assert denials() == []


def test_page_across_estates_sees_every_visible_one(world, client_as):
    assert "1-1-101" not in units_of(client_as(world.director), "/console/units/")
    assert {"1-1-101", "3-1-1201"} <= set(units_of(client_as(world.street_officer), "/console/units/"))
    assert units_of(client_as(world.stranger), "/console/units/") == []


def test_console_shows_a_resident_nothing_of_their_estate(world, client_as):
    assert units_of(client_as(world.owner), "/console/units/") == []
    assert "3-1-1201" in units_of(client_as(world.owner), "/my/units/")


def test_foreign_estate_answers_like_an_unknown_one(world, client_as):
    client = client_as(world.rival_director)
    foreign = client.get("/console/SPRING/staff/")
    unknown = client.get("/console/NOWHERE/staff/")
    assert foreign.status_code == unknown.status_code == 404
    assert _without_secrets(foreign.content, b"SPRING") == _without_secrets(unknown.content, b"NOWHERE")
    assert denials() == [
        (world.rival_director.pk, None, "GET /console/SPRING/staff/", "not_found"),
        (world.rival_director.pk, None, "GET /console/NOWHERE/staff/", "not_found"),
    ]
    with scopes_disabled():
        assert not Unit.objects.filter(note="changed").exists()
    assert client_as(world.director).get("/console/SPRING/staff/").status_code == 200
    with scopes_disabled():
        assert set(Unit.objects.filter(note="changed").values_list("estate__code", flat=True)) == {"SPRING"}


def _without_secrets(page: bytes, code: bytes) -> bytes:
    """A page without what differs on every request (the form's token) and without the address that was asked for."""
    return re.sub(rb"[A-Za-z0-9]{64}", b"", page).replace(code, b"")


def test_foreign_object_in_an_own_estate_is_not_found_and_on_record(world, client_as):
    client = client_as(world.director)
    assert client.get(f"/console/SPRING/units/{world.unit.pk}/").content == b"3-1-1201"
    path = f"/console/SPRING/units/{world.rival_unit.pk}/"
    assert client.get(path).status_code == 404
    assert denials() == [(world.director.pk, world.spring.pk, f"GET {path}", "not_found")]


def test_missing_right_is_forbidden_and_on_record(world, client_as):
    assert client_as(world.guard).get("/console/SPRING/staff/").status_code == 403
    assert denials() == [(world.guard.pk, world.spring.pk, "GET /console/SPRING/staff/", "forbidden")]
    with scopes_disabled():
        assert not Unit.objects.filter(note="changed").exists()


def test_resident_has_no_right_in_the_console_of_their_estate(world, client_as):
    assert client_as(world.owner).get("/console/SPRING/staff/").status_code == 403


def test_streamed_answer_stays_in_the_scope(world, client_as):
    response = client_as(world.director).get("/console/SPRING/stream/")
    lines = b"".join(response.streaming_content).decode().split()
    assert "3-1-1201" in lines
    assert "1-1-101" not in lines
    with pytest.raises(ScopeError):
        Unit.objects.count()


def test_query_without_scope_raises(world, client_as):
    with pytest.raises(ScopeError):
        client_as(world.director).get("/public/")


@pytest.mark.parametrize("path", ["/console/", "/console/SPRING/units/", "/my/units/"])
def test_anonymous_is_sent_to_sign_in_and_back(world, client_as, path):
    response = client_as(None).get(f"{path}?a=1")
    assert response.status_code == 302
    assert response.url == f"/accounts/login/?next={path}%3Fa%3D1"


def test_anonymous_post_leads_back_to_the_page_with_the_form(world, client_as):
    form = "http://testserver/console/SPRING/units/1/"
    response = client_as(None).post("/console/SPRING/staff/", headers={"Referer": form})
    assert response.url == "/accounts/login/?next=/console/SPRING/units/1/"
    assert client_as(None).post("/console/SPRING/staff/").url == "/accounts/login/?next=/"
    with scopes_disabled():
        assert not Unit.objects.filter(note="changed").exists()


def test_anonymous_fragment_moves_the_whole_window(world, client_as):
    response = client_as(None).get(
        "/console/SPRING/units/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/console/SPRING/"}
    )
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/console/SPRING/"


def test_deactivated_person_is_out_at_once(world, client_as):
    client = client_as(world.guard)
    assert client.get("/console/SPRING/units/").status_code == 200
    actions.deactivate_user(user=world.guard, by=world.director)
    assert client.get("/console/SPRING/units/").status_code == 302


def test_second_factor_is_asked_of_the_roles_that_need_one(world, client_as, settings):
    settings.TWO_FACTOR_ROLES = ["director"]
    response = client_as(world.director).get("/console/SPRING/units/")
    assert response.status_code == 302
    assert response.url == "/accounts/2fa/totp/activate/"
    assert client_as(world.guard).get("/console/SPRING/units/").status_code == 200


def test_administrators_need_a_second_factor_wherever_strangers_can_reach_the_installation(monkeypatch):
    path = find_spec("anju.site.settings").origin
    for address, roles in (("https://anju.example", ["head_office", "director"]), ("http://127.0.0.1:8000", [])):
        monkeypatch.setenv("ANJU_BASE_URL", address)
        assert run_path(path)["TWO_FACTOR_ROLES"] == roles


# --- API --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(world) -> tuple[ApiToken, str]:
    return actions.create_token(
        name="收费系统", owner=world.director, estates=[world.spring], rights=["accounts.view"], by=world.head_office
    )


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_api_needs_a_token(world, token, client_as):
    for client in (client_as(world.director), bearer("anju_wrong"), Client(headers={"Authorization": "Basic x"})):
        response = client.get("/api/v1/SPRING/units/")
        assert response.status_code == 401
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "unauthenticated"
    assert "3-1-1201" in units_of(bearer(token[1]), "/api/v1/SPRING/units/")
    assert ApiToken.objects.get().last_used_at is not None


def test_use_of_a_token_is_noted_once_a_minute(world, token):
    now = clock.now()
    for before, noted in ((timedelta(seconds=30), False), (timedelta(seconds=90), True)):
        ApiToken.objects.update(last_used_at=now - before)
        bearer(token[1]).get("/api/v1/SPRING/units/")
        assert (ApiToken.objects.get().last_used_at >= now) is noted


def test_token_is_stored_as_a_hash_only(token):
    stored, secret = token
    assert secret not in str(ApiToken.objects.values().get(pk=stored.pk))


def test_token_reaches_its_own_estates_only(world, token):
    Membership.objects.create(
        user=world.director, organisation=world.rival_company, role=Role.DIRECTOR, since=clock.today()
    )
    response = bearer(token[1]).get("/api/v1/RIVAL/units/")
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
    assert denials() == [(world.director.pk, None, "GET /api/v1/RIVAL/units/", "not_found")]
    assert "1-1-101" not in units_of(bearer(token[1]), "/api/v1/units/")


def test_token_has_no_more_rights_than_given(world, token, client_as):
    assert client_as(world.director).get("/console/SPRING/staff/").status_code == 200
    assert bearer(token[1]).get("/api/v1/SPRING/staff/").status_code == 403


def test_token_has_no_more_rights_than_its_owner_still_has(world, token):
    actions.end_membership(membership=Membership.objects.get(user=world.director), by=None)
    assert bearer(token[1]).get("/api/v1/SPRING/units/").status_code == 404


def test_revoked_expired_and_orphaned_tokens_are_refused(world, token):
    stored, secret = token
    client = bearer(secret)
    assert client.get("/api/v1/SPRING/units/").status_code == 200
    ApiToken.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert client.get("/api/v1/SPRING/units/").status_code == 401
    ApiToken.objects.update(expires_at=None)
    actions.revoke_token(token=stored, by=world.head_office)
    assert client.get("/api/v1/SPRING/units/").status_code == 401
    ApiToken.objects.update(revoked_at=None)
    actions.deactivate_user(user=world.director, by=None)
    assert client.get("/api/v1/SPRING/units/").status_code == 401
