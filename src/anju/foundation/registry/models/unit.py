"""The exclusive part of a building that is owned, lived in and billed."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.enums import OccupancyState, UnitKind
from anju.foundation.registry.models.estate import Building, Entrance
from anju.kit.audit import audited
from anju.kit.models import EstateModel


@audited()
class Unit(EstateModel):
    """``code`` is the whole address within the estate ("3-1-1201"), ``number`` its last part ("1201")."""

    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="units", verbose_name=_("building"))
    entrance = models.ForeignKey(
        Entrance, on_delete=models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("entrance")
    )
    code = models.CharField(_("room"), max_length=60)
    number = models.CharField(_("room number"), max_length=30)
    floor = models.SmallIntegerField(_("floor"), default=1)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind, default=UnitKind.RESIDENTIAL)
    exclusive_area = models.DecimalField(_("exclusive area (m2)"), max_digits=10, decimal_places=2)
    inner_area = models.DecimalField(_("inner area (m2)"), max_digits=10, decimal_places=2, null=True, blank=True)
    delivery_date = models.DateField(_("delivery date"), null=True, blank=True)
    state = models.CharField(
        _("occupancy"), max_length=15, choices=OccupancyState, default=OccupancyState.OWNER_OCCUPIED
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("unit")
        constraints = [
            models.UniqueConstraint(fields=["estate", "code"], name="unit_code_once"),
            models.CheckConstraint(condition=models.Q(exclusive_area__gt=0), name="unit_area_positive"),
        ]
        indexes = [
            models.Index(fields=["estate", "building", "floor", "number"], name="unit_board"),
            models.Index("estate", OpClass("code", name="varchar_pattern_ops"), name="unit_code_prefix"),
            models.Index("estate", OpClass("number", name="varchar_pattern_ops"), name="unit_number_prefix"),
            models.Index(fields=["estate", "state"], name="unit_state"),
        ]

    def __str__(self) -> str:
        return self.code
