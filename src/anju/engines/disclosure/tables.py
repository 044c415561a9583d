"""What the list of publications shows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.kit.pages import BadgeColumn, Column, MomentColumn, NumberColumn, Table
from anju.kit.periods import Period

KIND_TONES = {"statement": "brand", "car_park": "brand", "fee_standards": "info", "collection": "info"}


class PublicationTable(Table):
    sequence = NumberColumn(verbose_name=_("number"))
    title = Column(verbose_name=_("title"))
    kind = BadgeColumn(verbose_name=_("kind"), tones=KIND_TONES)
    period = Column(verbose_name=_("month"))
    corrects = Column(verbose_name=_("corrects"), orderable=False)
    published_at = MomentColumn(verbose_name=_("published"))
    by = Column(verbose_name=_("by"), order_by=("by__name",))

    def render_period(self, value: Any) -> str:
        return str(Period.of(value))
