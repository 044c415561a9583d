"""The deliveries of a day's demands in two statements: what
:func:`anju.domains.billing.actions.dunning.record_delivery` writes for one demand, written for many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dateutil.relativedelta import relativedelta
from django.db import connection

from anju.domains.billing.models import Demand
from anju.engines.messaging.enums import Channel, DeliveryState
from anju.engines.messaging.models import Delivery
from anju.foundation.accounts.models import User
from anju.foundation.registry.models import Estate
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.parameters import value


@dataclass(frozen=True, slots=True)
class Arrived:
    """One demand that reached its payer outside the app, and by what that is proven."""

    demand: Demand
    channel: Channel
    proof: str
    at: datetime


_LIMITATION = """
    UPDATE billing_bill b SET limitation_on = a.until
    FROM unnest(%s::bigint[], %s::date[]) AS a (demand, until)
    JOIN billing_demandline l ON l.demand_id = a.demand
    WHERE b.id = l.bill_id AND b.reversed_at IS NULL AND b.limitation_on < a.until
"""


@action
def record_deliveries(*, estate: Estate, arrived: Sequence[Arrived], by: User) -> None:
    """Put on record that ``arrived`` have arrived, one demand per payer; the limitation of their bills starts anew."""
    Delivery.objects.bulk_create(
        Delivery(
            estate=estate,
            notice_id=one.demand.notice_id,
            channel=one.channel,
            state=DeliveryState.DELIVERED,
            delivered_at=one.at,
            proof=one.proof,
            by=by,
        )
        for one in arrived
    )
    days = [one.at.astimezone(clock.CHINA).date() for one in arrived]
    years = {day: int(value("billing.limitation_years", estate_id=estate.pk, on=day)) for day in set(days)}
    until = [day + relativedelta(years=years[day]) for day in days]
    with connection.cursor() as cursor:
        cursor.execute(_LIMITATION, [[one.demand.pk for one in arrived], until])
