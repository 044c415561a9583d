"""Car parks by level and zone, their spaces, and vehicles."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.enums import SpaceAudience, SpaceUse, VehicleKind
from anju.kit.audit import audited
from anju.kit.models import EstateModel


@audited()
class CarPark(EstateModel):
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("car park")
        constraints = [models.UniqueConstraint(fields=["estate", "code"], name="carpark_code_once")]

    def __str__(self) -> str:
        return self.name


@audited()
class ParkingZone(EstateModel):
    """A part of one level with its own guidance signs and staffing (P01-17). Basement levels are negative."""

    car_park = models.ForeignKey(CarPark, on_delete=models.PROTECT, related_name="zones", verbose_name=_("car park"))
    level = models.SmallIntegerField(_("level"), default=0)
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=60)
    audience = models.CharField(_("for"), max_length=12, choices=SpaceAudience, default=SpaceAudience.SHARED)
    guidance_sign = models.CharField(_("guidance sign"), max_length=100, blank=True)
    attendants = models.PositiveSmallIntegerField(_("attendants per shift"), default=0)

    class Meta:
        verbose_name = _("parking zone")
        constraints = [models.UniqueConstraint(fields=["estate", "car_park", "code"], name="parkingzone_code_once")]

    def __str__(self) -> str:
        return self.name


@audited()
class ParkingSpace(EstateModel):
    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, related_name="spaces", verbose_name=_("zone"))
    code = models.CharField(_("space"), max_length=40)
    use = models.CharField(_("use"), max_length=10, choices=SpaceUse, default=SpaceUse.VACANT)
    area = models.DecimalField(_("area (m2)"), max_digits=8, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("parking space")
        constraints = [
            models.UniqueConstraint(fields=["estate", "code"], name="parkingspace_code_once"),
            models.CheckConstraint(
                condition=models.Q(area=None) | models.Q(area__gt=0), name="parkingspace_area_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "zone", "code"], name="parkingspace_zone"),
            models.Index("estate", OpClass("code", name="varchar_pattern_ops"), name="parkingspace_prefix"),
        ]

    def __str__(self) -> str:
        return self.code


@audited()
class Vehicle(EstateModel):
    """``plate`` is normalised (upper case, no separators); ``plate_tail`` leaves out the province character."""

    plate = models.CharField(_("plate"), max_length=10)
    plate_tail = models.CharField(max_length=10, editable=False)
    party = models.ForeignKey(
        "registry.Party",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vehicles",
        verbose_name=_("keeper"),
    )
    space = models.ForeignKey(
        ParkingSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vehicles",
        verbose_name=_("parking space"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=VehicleKind, default=VehicleKind.CAR)
    brand = models.CharField(_("make"), max_length=40, blank=True)
    colour = models.CharField(_("colour"), max_length=20, blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until (first day without)"), null=True, blank=True)

    class Meta:
        verbose_name = _("vehicle")
        constraints = [models.UniqueConstraint(fields=["estate", "plate"], name="vehicle_plate_once")]
        indexes = [
            models.Index("estate", OpClass("plate", name="varchar_pattern_ops"), name="vehicle_plate_prefix"),
            models.Index("estate", OpClass("plate_tail", name="varchar_pattern_ops"), name="vehicle_tail_prefix"),
        ]

    def __str__(self) -> str:
        return self.plate
