"""How a person gets at their home: at once by the recorded phone, else by an application to the front desk."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from anju.foundation.registry.flow import HOME_APPLICATION
from anju.foundation.registry.models import HomeApplication, Party
from tests.world import World


def test_a_recorded_phone_binds_at_once(world: World, client_as: Any, in_scope: Any) -> None:
    with in_scope(world.spring):
        Party.objects.filter(pk=world.shopkeeper_party.pk).update(phone=world.stranger.phone)
    client = client_as(world.stranger)
    assert "春和苑" in client.get(reverse("my:bind")).content.decode()
    assert client.post(reverse("my:bind")).url == reverse("my:home")
    with in_scope(world.spring):
        assert Party.objects.get(pk=world.shopkeeper_party.pk).user == world.stranger
    assert "S-101" in client.get(reverse("my:homes")).content.decode()
    assert client.get(reverse("my:home")).context["bound"]


def test_another_phone_binds_nothing(world: World, client_as: Any, in_scope: Any) -> None:
    client = client_as(world.stranger)
    assert not client.get(reverse("my:home")).context["bound"]
    assert client.post(reverse("my:bind")).url == reverse("my:bind")
    with in_scope(world.spring):
        assert not Party.objects.filter(user=world.stranger).exists()


def test_an_application_is_made_shown_and_decided(world: World, client_as: Any, in_scope: Any) -> None:
    client = client_as(world.stranger)
    found = client.get(reverse("my:bind"), {"q": "春和"}).content.decode()
    room_url = reverse("my:room", kwargs={"code": "SPRING"})
    assert room_url in found
    rooms = client.get(room_url, {"q": "1201"}).content.decode()
    url = reverse("my:apply", kwargs={"code": "SPRING", "pk": world.unit.pk})
    assert url in rooms
    assert "王小明" not in rooms
    data = {"kind": "tenant", "name": "陌生人", "message": "我是租客"}
    assert client.post(url, data | {"name": ""}).status_code == 422
    assert client.post(url, data).url == reverse("my:homes")
    assert client.post(url, data).status_code == 422
    with in_scope(world.spring):
        application = HomeApplication.objects.get()
    assert "3-1-1201" in client.get(reverse("my:homes")).content.decode()
    with in_scope(world.spring):
        HOME_APPLICATION.advance(obj=application, transition="reject", by=world.front_desk, reason="请带租赁合同")
    assert "请带租赁合同" in client.get(reverse("my:homes")).content.decode()
    assert not client.get(reverse("my:home")).context["bound"]
    client.post(url, data)
    with in_scope(world.spring):
        again = HomeApplication.objects.get(state="pending")
        HOME_APPLICATION.advance(obj=again, transition="approve", by=world.front_desk)
    assert "3-1-1201" in client.get(reverse("my:homes")).content.decode()
    assert client.get(reverse("my:home")).context["bound"]


def test_rooms_of_another_estate_do_not_answer_to_this_one(world: World, client_as: Any) -> None:
    client = client_as(world.stranger)
    url = reverse("my:apply", kwargs={"code": "SPRING", "pk": world.rival_unit.pk})
    assert client.get(url).status_code == 404
    assert client.get(reverse("my:room", kwargs={"code": "NOWHERE"})).status_code == 404


def test_letters_grow_when_asked(world: World, client_as: Any) -> None:
    client = client_as(world.owner)
    assert client.get(reverse("my:me")).context["text_size"] == "normal"
    client.post(reverse("my:text_size"), {"size": "huge"})
    page = client.get(reverse("my:me"))
    assert page.context["text_size"] == "huge"
    assert "my/huge" in page.content.decode()
    client.post(reverse("my:text_size"), {"size": "x"})
    assert client.get(reverse("my:me")).context["text_size"] == "huge"
