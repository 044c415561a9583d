"""Binding people who sign in to the homes on the register."""

from __future__ import annotations

from datetime import date

import pytest

from anju.foundation.accounts.access import Access
from anju.foundation.accounts.models import User
from anju.foundation.registry import selectors
from anju.foundation.registry.actions import (
    apply_for_home,
    bind_by_phone,
    create_party,
    end_occupancy,
    start_occupancy,
)
from anju.foundation.registry.flow import HOME_APPLICATION
from anju.foundation.registry.models import HomeApplication, Party
from anju.kit.errors import Refusal
from anju.kit.flow import pairs_of


def homes(world, user):
    return [unit.code for unit in selectors.homes_of(user, world.spring)]


def apply(world, kind="owner", unit=None):
    return apply_for_home(
        unit=unit or world.shop, user=world.stranger, kind=kind, name="陌生人", message="我是业主", by=world.stranger
    )


def test_phone_on_the_register_binds_at_once(in_spring):
    world = in_spring
    Party.objects.filter(pk=world.shopkeeper_party.pk).update(phone=world.stranger.phone)
    assert Access(world.stranger, "SPRING").estate is None
    bound = bind_by_phone(estate=world.spring, user=world.stranger, by=world.stranger)
    assert bound == [world.shopkeeper_party]
    assert homes(world, world.stranger) == ["3-1-0101", "S-101"]
    assert Access(world.stranger, "SPRING").roles == {"owner"}
    assert bind_by_phone(estate=world.spring, user=world.stranger, by=world.stranger) == []


def test_phone_binds_neither_strangers_nor_those_of_others(in_spring):
    world = in_spring
    create_party(estate=world.spring, name="无房者", phone=world.stranger.phone, by=world.front_desk)
    assert bind_by_phone(estate=world.spring, user=world.stranger, by=world.stranger) == []
    Party.objects.filter(pk=world.owner_party.pk).update(phone=world.stranger.phone)
    assert bind_by_phone(estate=world.spring, user=world.stranger, by=world.stranger) == []
    nobody = User.objects.create(username="nophone", name="无号")
    Party.objects.filter(pk=world.shopkeeper_party.pk).update(phone="")
    assert bind_by_phone(estate=world.spring, user=nobody, by=nobody) == []
    assert Party.objects.get(pk=world.owner_party.pk).user == world.owner


def test_former_tenant_is_not_bound_by_phone(in_spring):
    world = in_spring
    party = create_party(estate=world.spring, name="旧租客", phone=world.stranger.phone, by=world.front_desk)
    stay = start_occupancy(unit=world.shop, party=party, since=date(2025, 1, 1), by=world.front_desk)
    end_occupancy(occupancy=stay, until=date(2026, 1, 1), by=world.front_desk)
    assert bind_by_phone(estate=world.spring, user=world.stranger, by=world.stranger) == []


def test_approved_application_binds_the_person_on_the_register(in_spring):
    world = in_spring
    application = apply(world)
    assert homes(world, world.stranger) == []
    HOME_APPLICATION.advance(obj=application, transition="approve", by=world.front_desk, party=world.shopkeeper_party)
    assert HomeApplication.objects.get().state == "approved"
    assert "S-101" in homes(world, world.stranger)
    steps = [(step.transition, step.by) for step in HOME_APPLICATION.steps(application)]
    assert steps == [("start", world.stranger), ("approve", world.front_desk)]


def test_approval_without_a_person_records_a_new_tenant_but_never_an_owner(in_spring):
    world = in_spring
    owner = apply(world)
    with pytest.raises(Refusal) as caught:
        HOME_APPLICATION.advance(obj=owner, transition="approve", by=world.front_desk, party=None)
    assert caught.value.code == "party_missing"
    assert HomeApplication.objects.get().state == "pending"
    HOME_APPLICATION.advance(obj=owner, transition="reject", by=world.front_desk, reason="请先过户")
    tenant = apply(world, "tenant")
    HOME_APPLICATION.advance(obj=tenant, transition="approve", by=world.front_desk, party=None)
    assert homes(world, world.stranger) == ["S-101"]
    assert Access(world.stranger, "SPRING").roles == {"tenant"}


def test_applicant_cannot_be_bound_as_somebody_of_another_home_or_user(in_spring):
    world = in_spring
    for unit, party, code in (
        (world.shop, world.owner_party, "party_elsewhere"),
        (world.unit, world.owner_party, "party_bound"),
    ):
        application = apply(world, unit=unit)
        with pytest.raises(Refusal) as caught:
            HOME_APPLICATION.advance(obj=application, transition="approve", by=world.front_desk, party=party)
        assert caught.value.code == code
        assert HomeApplication.objects.get(pk=application.pk).state == "pending"
    assert homes(world, world.stranger) == []


def test_applying_twice_or_for_ones_own_home_is_refused(in_spring):
    world = in_spring
    apply(world)
    for user, unit, code in (
        (world.stranger, world.shop, "already_applied"),
        (world.owner, world.unit, "already_bound"),
    ):
        with pytest.raises(Refusal) as caught:
            apply_for_home(unit=unit, user=user, name="某人", by=user)
        assert caught.value.code == code
    assert HomeApplication.objects.count() == 1


def test_database_allows_the_moves_of_the_flow_and_no_others(in_spring):
    assert set(pairs_of(HOME_APPLICATION)) == {("pending", "approved"), ("pending", "rejected")}
    application = apply(in_spring)
    HOME_APPLICATION.advance(obj=application, transition="reject", by=in_spring.front_desk, reason="不符")
    with pytest.raises(Refusal) as caught:
        HOME_APPLICATION.advance(obj=application, transition="approve", by=in_spring.front_desk)
    assert caught.value.code == "illegal_transition"


def test_approval_form_offers_the_people_of_the_home_only(in_spring):
    application = apply(in_spring, unit=in_spring.shared_unit)
    form = HOME_APPLICATION.transition("approve").form().for_application(application)
    assert {party.name for party in form.fields["party"].queryset} == {"赵邻居", "孙店主"}
