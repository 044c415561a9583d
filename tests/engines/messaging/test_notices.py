"""A notice is delivered when there is proof of it, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from anju.engines.messaging import selectors
from anju.engines.messaging.actions import Draft, mark_read, record_delivery, record_failure, send_notice, send_notices
from anju.engines.messaging.enums import Channel, DeliveryState
from anju.engines.messaging.events import NoticeDelivered
from anju.engines.messaging.models import Delivery, Notice
from anju.kit import clock, events
from anju.kit.errors import Refusal
from tests.world import World


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[NoticeDelivered]]:
    """The deliveries that were announced."""
    found: list[NoticeDelivered] = []
    monkeypatch.setitem(events._handlers, NoticeDelivered, [found.append])
    return found


def _send(world: World, **changes) -> Notice:
    given = {"party": world.owner_party, "subject": "Arrears", "body": "Please pay.", "source": "test", "source_id": 1}
    return send_notice(by=world.cashier, **(given | changes))


def test_opening_is_the_delivery_in_the_app_and_only_once(in_spring: World, heard: list) -> None:
    notice = _send(in_spring)
    assert selectors.unread_count([in_spring.owner_party]) == 1
    assert selectors.inbox([in_spring.owner_party]).get().unread
    delivery = mark_read(notice=notice, by=in_spring.owner)
    assert delivery is not None
    assert delivery.state == DeliveryState.DELIVERED
    assert mark_read(notice=notice, by=in_spring.owner) is None
    assert selectors.unread_count([in_spring.owner_party]) == 0
    assert not selectors.inbox([in_spring.owner_party]).get().unread
    assert len(heard) == 1


def test_somebody_else_opening_it_delivers_nothing(in_spring: World, heard: list) -> None:
    notice = _send(in_spring)
    assert mark_read(notice=notice, by=in_spring.neighbour) is None
    assert Delivery.objects.get().state == DeliveryState.WAITING
    assert heard == []


def test_a_letter_is_delivered_with_its_proof(in_spring: World, heard: list) -> None:
    notice = _send(in_spring, channels=[Channel.REGISTERED_MAIL])
    delivery = record_delivery(
        notice=notice,
        channel=Channel.REGISTERED_MAIL,
        delivered_at=clock.now(),
        proof="XA123456789",
        by=in_spring.cashier,
    )
    assert (delivery.state, delivery.proof) == (DeliveryState.DELIVERED, "XA123456789")
    assert Delivery.objects.count() == 1
    assert [event.delivery for event in heard] == [delivery]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"proof": " "}, "delivery_without_proof"),
        ({"delivered_at": timedelta(hours=1)}, "delivery_in_future"),
        ({"delivered_at": timedelta(days=-2)}, "delivery_before_notice"),
        ({"channel": Channel.IN_APP}, "delivery_in_app"),
    ],
)
def test_a_delivery_without_ground_is_refused(in_spring: World, heard: list, changes: dict, code: str) -> None:
    notice = _send(in_spring, channels=[Channel.IN_PERSON])
    given = {"channel": Channel.IN_PERSON, "delivered_at": timedelta(0), "proof": "signed"} | changes
    given["delivered_at"] = clock.now() + given["delivered_at"]
    with pytest.raises(Refusal) as refused:
        record_delivery(notice=notice, by=in_spring.cashier, **given)
    assert refused.value.code == code
    assert Delivery.objects.get().state == DeliveryState.WAITING
    assert heard == []


def test_a_failed_attempt_stays_failed(in_spring: World, heard: list) -> None:
    notice = _send(in_spring, channels=[Channel.POSTED])
    failed = record_failure(delivery=Delivery.objects.get(), reason="no such door", by=in_spring.cashier)
    assert failed.state == DeliveryState.FAILED
    with pytest.raises(Refusal) as refused:
        record_failure(delivery=failed, reason="again", by=in_spring.cashier)
    assert refused.value.code == "delivery_over"
    record_delivery(
        notice=notice, channel=Channel.POSTED, delivered_at=clock.now(), proof="photo 7", by=in_spring.cashier
    )
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["delivered", "failed"]
    assert len(heard) == 1


def test_an_empty_notice_is_refused(in_spring: World) -> None:
    with pytest.raises(Refusal):
        _send(in_spring, body="  ")
    assert Notice.objects.count() == 0


def test_many_notices_cost_as_many_statements_as_one(in_spring: World, django_assert_num_queries) -> None:
    def drafts(count: int) -> list[Draft]:
        return [Draft(in_spring.owner_party, "s", "b") for _ in range(count)]

    for count in (1, 50):
        with django_assert_num_queries(5):
            send_notices(estate=in_spring.spring, drafts=drafts(count), source="test", by=None)
