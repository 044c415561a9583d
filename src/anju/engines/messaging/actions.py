"""The writers of notices: send, mark as read, record delivery on paper or in person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anju.engines.messaging.enums import Channel, DeliveryState
from anju.engines.messaging.events import NoticeDelivered
from anju.engines.messaging.models import Delivery, Notice
from anju.foundation.registry.models import Estate, Party
from anju.kit import clock, events
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_rows

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

NEEDS_PROOF = frozenset({Channel.REGISTERED_MAIL, Channel.IN_PERSON, Channel.POSTED, Channel.PHONE})
"""Channels that leave no trace with us: who received it, or the mail number, must be written down."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One notice to be sent."""

    party: Party
    subject: str
    body: str
    source_id: int | None = None


@action
def send_notice(
    *,
    party: Party,
    subject: str,
    body: str,
    source: str,
    source_id: int | None,
    by: User | None,
    channels: Sequence[Channel | str] = (Channel.IN_APP,),
) -> Notice:
    """Write a notice to ``party`` and open one delivery per channel; each waits until it is proven.

    Raises Refusal ``notice_empty``.
    """
    draft = Draft(party, subject, body, source_id)
    return send_notices(estate=party.estate, drafts=[draft], source=source, channels=channels, by=by)[0]


@action
def send_notices(
    *,
    estate: Estate,
    drafts: Sequence[Draft],
    source: str,
    by: User | None,
    channels: Sequence[Channel | str] = (Channel.IN_APP,),
) -> list[Notice]:
    """Many notices in a constant number of statements; in the order of ``drafts``. Raises Refusal ``notice_empty``."""
    if any(not draft.subject.strip() or not draft.body.strip() for draft in drafts):
        raise Refusal("notice_empty", _("A notice needs a subject and a text."), "subject")
    notices = Notice.objects.bulk_create(
        Notice(
            estate=estate,
            party=draft.party,
            subject=draft.subject.strip()[:120],
            body=draft.body.strip(),
            source=source,
            source_id=draft.source_id,
            by=by,
        )
        for draft in drafts
    )
    Delivery.objects.bulk_create(
        Delivery(estate=estate, notice=notice, channel=Channel(channel), by=by)
        for notice in notices
        for channel in dict.fromkeys(channels)
    )
    return notices


@action
def mark_read(*, notice: Notice, by: User) -> Delivery | None:
    """The party opened the notice in the app: that is the delivery on that channel; the first opening counts.

    Answers the delivery, or None where nothing changed: the reader is not the notice's party, it was never sent
    to the app, or it was read before.
    """
    if notice.party.user_id != by.pk:
        return None
    waiting = lock_rows(Delivery.objects.filter(notice=notice, channel=Channel.IN_APP, state=DeliveryState.WAITING))
    if not waiting:
        return None
    return _deliver(waiting[0], at=clock.now(), proof=_("Opened by %(name)s.") % {"name": by.name}, by=by)


@action
def record_delivery(
    *,
    notice: Notice,
    channel: Channel | str,
    delivered_at: datetime,
    proof: str,
    by: User | None,
    proof_file: Any = None,
) -> Delivery:
    """Put on record that a notice has reached its party outside the app, and by what that is proven.

    Raises Refusal ``delivery_in_future``, ``delivery_before_notice``, ``delivery_without_proof``, ``delivery_in_app``.
    """
    channel = Channel(channel)
    if channel == Channel.IN_APP:
        raise Refusal(
            "delivery_in_app", _("Delivery in the app is recorded when the person opens the notice."), "channel"
        )
    if delivered_at > clock.now():
        raise Refusal("delivery_in_future", _("The time of delivery can't lie in the future."), "delivered_at")
    if delivered_at.astimezone(clock.CHINA).date() < notice.created_at.astimezone(clock.CHINA).date():
        raise Refusal("delivery_before_notice", _("It can't have arrived before it was written."), "delivered_at")
    if channel in NEEDS_PROOF and not proof.strip() and not proof_file:
        raise Refusal(
            "delivery_without_proof", _("Name the recipient or the mail number, or attach a picture."), "proof"
        )
    waiting = lock_rows(Delivery.objects.filter(notice=notice, channel=channel, state=DeliveryState.WAITING))
    delivery = waiting[0] if waiting else Delivery(estate_id=notice.estate_id, notice=notice, channel=channel)
    if proof_file:
        delivery.proof_file = proof_file
    return _deliver(delivery, at=delivered_at, proof=proof.strip(), by=by)


@action
def record_failure(*, delivery: Delivery, reason: str, by: User | None) -> Delivery:
    """An attempt came to nothing (mail returned, nobody opened). Raises Refusal ``delivery_over`` when it is over."""
    delivery = lock_rows(Delivery.objects.filter(pk=delivery.pk))[0]
    if delivery.state != DeliveryState.WAITING:
        raise Refusal("delivery_over", _("What became of this delivery is on record already."))
    delivery.state, delivery.proof, delivery.by = DeliveryState.FAILED, reason.strip()[:200], by
    delivery.save()
    return delivery


def _deliver(delivery: Delivery, *, at: datetime, proof: str, by: User | None) -> Delivery:
    delivery.state, delivery.delivered_at, delivery.proof, delivery.by = DeliveryState.DELIVERED, at, proof[:200], by
    delivery.save()
    events.publish(NoticeDelivered(delivery))
    return delivery
