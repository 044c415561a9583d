"""What the list of statements shows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.models import Statement
from anju.domains.billing.tables.charging import PeriodColumn, badge
from anju.kit.pages import BadgeColumn, Column, MomentColumn, Table


class StatementTable(Table):
    period = PeriodColumn(verbose_name=_("month"))
    kind = BadgeColumn(verbose_name=_("kind"), tones={"service": "brand", "car_park": "brand"})
    state = Column(verbose_name=_("state"), accessor="publication_id", orderable=False, empty_values=())
    publication = Column(verbose_name=_("publication"), orderable=False)
    by = Column(verbose_name=_("drafted by"), order_by=("by__name",))
    created_at = MomentColumn(verbose_name=_("drafted"))

    def render_state(self, record: Statement) -> Any:
        return badge(_now("draft"), "warn") if record.is_draft else badge(_now("published"), "ok")

    def value_state(self, record: Statement) -> str:
        return _now("draft") if record.is_draft else _now("published")
