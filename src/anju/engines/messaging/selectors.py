"""Reads of notices."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from anju.engines.messaging.enums import Channel, DeliveryState
from anju.engines.messaging.models import Delivery, Notice
from anju.foundation.registry.models import Estate, Party


def notices(estate: Estate) -> QuerySet[Notice]:
    """Everything said in an estate, newest first, with its deliveries."""
    return (
        Notice.objects.filter(estate=estate)
        .select_related("party", "by")
        .prefetch_related("deliveries")
        .order_by("-pk")
    )


def inbox(parties: Iterable[Party]) -> QuerySet[Notice]:
    """What these parties were sent in the app, newest first, each with ``unread``."""
    in_app = Delivery.objects.filter(notice=OuterRef("pk"), channel=Channel.IN_APP)
    return (
        Notice.objects.filter(Exists(in_app), party__in=list(parties))
        .annotate(unread=Exists(in_app.filter(state=DeliveryState.WAITING)))
        .select_related("party")
        .order_by("-pk")
    )


def unread(parties: Iterable[Party]) -> QuerySet[Notice]:
    """What these parties have not opened yet, newest first."""
    waiting = Delivery.objects.filter(notice=OuterRef("pk"), channel=Channel.IN_APP, state=DeliveryState.WAITING)
    return Notice.objects.filter(Exists(waiting), party__in=list(parties)).order_by("-pk")


def unread_count(parties: Iterable[Party]) -> int:
    """How many notices these parties have not opened yet."""
    return Delivery.objects.filter(
        notice__party__in=list(parties), channel=Channel.IN_APP, state=DeliveryState.WAITING
    ).count()


def deliveries_of(notice: Notice) -> QuerySet[Delivery]:
    return Delivery.objects.filter(notice=notice).select_related("by").order_by("pk")
