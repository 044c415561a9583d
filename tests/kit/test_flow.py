"""A process moves only along its table, whoever tries and however."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django_scopes import scope

from anju.foundation.registry.enums import ApplicationState, OccupantKind
from anju.foundation.registry.flow import HOME_APPLICATION
from anju.foundation.registry.models import HomeApplication
from anju.kit.errors import Refusal
from anju.kit.flow import FLOWS, Flow, Transition
from anju.kit.models import FlowStep


@pytest.fixture
def application(world: Any) -> HomeApplication:
    with scope(estate=world.spring):
        return HomeApplication.objects.create(
            estate=world.spring, user=world.stranger, unit=world.unit, kind=OccupantKind.TENANT, name="陌生人"
        )


def somebody(world: Any, *permissions: str) -> Any:
    return SimpleNamespace(user=world.director, can=lambda permission: permission in permissions)


def test_advance_moves_records_and_keeps_what_was_said(world: Any, application: HomeApplication) -> None:
    with scope(estate=world.spring):
        moved = HOME_APPLICATION.advance(
            obj=application, transition="reject", by=world.director, reason="资料不符,请到前台核实"
        )
        steps = list(HOME_APPLICATION.steps(application))
    assert moved.state == ApplicationState.REJECTED
    assert [(step.transition, step.source, step.target, step.by) for step in steps] == [
        ("reject", "pending", "rejected", world.director)
    ]
    assert steps[0].data == {"reason": "资料不符,请到前台核实"}


def test_a_second_move_from_a_state_that_is_gone_is_refused(world: Any, application: HomeApplication) -> None:
    with scope(estate=world.spring):
        HOME_APPLICATION.advance(obj=application, transition="reject", by=world.director, reason="x")
        with pytest.raises(Refusal) as refused:
            HOME_APPLICATION.advance(obj=application, transition="approve", by=world.director)
        application.refresh_from_db()
    assert refused.value.code == "illegal_transition"
    assert application.state == ApplicationState.REJECTED
    assert FlowStep.objects.filter(object_id=application.pk, flow=HOME_APPLICATION.name).count() == 1


def test_the_database_refuses_a_move_past_the_table(world: Any, application: HomeApplication) -> None:
    with scope(estate=world.spring):
        HOME_APPLICATION.advance(obj=application, transition="reject", by=world.director, reason="x")
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE registry_homeapplication SET state = 'approved' WHERE id = %s", [application.pk])
        application.refresh_from_db()
    assert application.state == ApplicationState.REJECTED


def test_buttons_are_what_the_state_the_right_and_the_guard_allow(world: Any, application: HomeApplication) -> None:
    review = HOME_APPLICATION.transition("approve").permission
    with scope(estate=world.spring):
        assert [move.name for move in HOME_APPLICATION.available(application, somebody(world, review))] == [
            "approve",
            "reject",
        ]
        assert HOME_APPLICATION.available(application, somebody(world)) == []
        moved = HOME_APPLICATION.advance(obj=application, transition="reject", by=world.director, reason="x")
        assert HOME_APPLICATION.available(moved, somebody(world, review)) == []


def test_a_failing_effect_leaves_the_state_alone(world: Any, application: HomeApplication) -> None:
    def fail(**_data: Any) -> None:
        raise Refusal("not_now", "not now")

    flow = Flow(
        "test.failing", "failing", HomeApplication, ApplicationState,
        (Transition("approve", "approve", source="pending", target="approved", permission="x", effect=fail),),
    )  # fmt: skip
    FLOWS.pop(flow.name)  # it is no part of the product
    with scope(estate=world.spring):
        with pytest.raises(Refusal, match="not now"):
            flow.advance(obj=application, transition="approve", by=world.director)
        application.refresh_from_db()
    assert application.state == ApplicationState.PENDING
    assert not FlowStep.objects.filter(flow="test.failing").exists()


def test_a_table_with_unknown_states_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="unknown states"):
        Flow(
            "test.unknown", "x", HomeApplication, ApplicationState,
            (Transition("go", "go", source="pending", target="nowhere", permission="x"),),
        )  # fmt: skip


def test_diagram_names_every_move() -> None:
    assert HOME_APPLICATION.diagram().splitlines() == [
        "stateDiagram-v2",
        "    pending --> approved: approve",
        "    pending --> rejected: reject",
    ]
