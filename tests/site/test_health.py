"""What a load balancer asks."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection

from anju.kit.models import AuditEntry
from anju.site import health
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT", 0.0)
    monkeypatch.setattr(health, "_last", health._last)  # gives back what other tests may be answered with


def test_a_sound_installation_answers_200_to_anybody(client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"ok\n", "no-store")
    assert not answer.cookies
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


def test_it_is_asked_by_address_and_without_tls(client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["anju.example"])
    monkeypatch.setattr(settings, "SECURE_SSL_REDIRECT", True)
    assert client.get("/accounts/login/", headers={"Host": "10.0.0.7:8000"}).status_code in (301, 400)
    assert client.get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.parametrize("lost", [{"port": 1, "host": "127.0.0.1"}, {"dbname": "no-such-database"}])
def test_a_database_out_of_reach_is_503_and_strangers_learn_nothing(
    client_as, world: World, monkeypatch: pytest.MonkeyPatch, lost: dict[str, object]
) -> None:
    client = client_as(world.director)  # brings a session, which would need the database
    real = health.connector_params
    monkeypatch.setattr(health, "connector_params", lambda: real() | lost)
    before = AuditEntry.objects.count()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"unavailable\n")
    assert AuditEntry.objects.count() == before


def test_a_database_older_than_the_release_is_503(client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/healthz").status_code == 200
    newer = health._shipped() | {("registry", "9999_of_tomorrow")}
    monkeypatch.setattr(health, "_shipped", lambda: newer)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"unavailable\n")


def test_every_migration_that_is_shipped_is_looked_for() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations WHERE app = 'billing'")
        assert set(cursor.fetchall()) == {row for row in health._shipped() if row[0] == "billing"} != set()


def test_however_often_it_is_asked_the_database_is_asked_once_a_second(client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT", 1_000.0)
    health._last = (float("-inf"), False)
    looks: list[None] = []
    monkeypatch.setattr(health, "_look", lambda: looks.append(None) or True)
    assert {client.get("/healthz").status_code for _again in range(5)} == {200}
    assert len(looks) == 1
