"""Estate > phase > building > entrance, places, and the rooms that management must have."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from anju.foundation.accounts.models import Organisation
from anju.foundation.registry.enums import EstateKind, RoomPurpose
from anju.kit.audit import audited
from anju.kit.models import EstateModel


@audited(estate="id")
class Estate(models.Model):
    """One managed area (物业管理区域). Streets and districts follow from ``community`` and its parents."""

    code = models.CharField(
        _("code"),
        max_length=30,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*$", _("Use letters, digits, hyphen and underscore only."))
        ],
    )
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=EstateKind, default=EstateKind.RESIDENTIAL)
    address = models.CharField(_("address"), max_length=200, blank=True)
    company = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="run_estates",
        verbose_name=_("property company"),
    )
    community = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="community_estates",
        verbose_name=_("community"),
    )
    committee = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_estates",
        verbose_name=_("committee"),
    )
    developer = models.ForeignKey(
        "registry.Party",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("developer"),
        help_text=_("Pays for unsold and undelivered units."),
    )
    total_floor_area = models.DecimalField(
        _("total floor area (m2)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    first_phase_floor_area = models.DecimalField(
        _("floor area of the first phase (m2)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    phone = models.CharField(_("service phone"), max_length=30, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager()
    scoped = ScopedManager(estate="pk")

    class Meta:
        verbose_name = _("estate")

    def __str__(self) -> str:
        return self.name


@audited()
class Phase(EstateModel):
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("phase")
        constraints = [models.UniqueConstraint(fields=["estate", "code"], name="phase_code_once")]

    def __str__(self) -> str:
        return self.name


@audited()
class Building(EstateModel):
    """``code`` is what the first part of a unit's code says: "3" in 3-1-1201."""

    phase = models.ForeignKey(
        Phase, on_delete=models.PROTECT, null=True, blank=True, related_name="buildings", verbose_name=_("phase")
    )
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=60)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("building")
        constraints = [models.UniqueConstraint(fields=["estate", "code"], name="building_code_once")]

    def __str__(self) -> str:
        return self.name


@audited()
class Entrance(EstateModel):
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, related_name="entrances", verbose_name=_("building")
    )
    code = models.CharField(_("code"), max_length=30)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    has_lift = models.BooleanField(_("has a lift"), default=False)

    class Meta:
        verbose_name = _("entrance")
        constraints = [models.UniqueConstraint(fields=["estate", "building", "code"], name="entrance_code_once")]

    def __str__(self) -> str:
        return f"{self.building.code}-{self.code}"


@audited()
class Place(EstateModel):
    """A common part or point: lobby, garage level, pump room, lawn. ``token`` is what its QR code carries."""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("building")
    )
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    token = models.UUIDField(unique=True)

    class Meta:
        verbose_name = _("place")
        constraints = [models.UniqueConstraint(fields=["estate", "code"], name="place_code_once")]

    def __str__(self) -> str:
        return self.name


@audited()
class ManagementRoom(EstateModel):
    """A room the law requires (P11-09..11): what it is for, how large, and whether it is usable."""

    purpose = models.CharField(_("purpose"), max_length=10, choices=RoomPurpose)
    name = models.CharField(_("name"), max_length=80)
    area = models.DecimalField(_("area (m2)"), max_digits=10, decimal_places=2)
    above_ground = models.BooleanField(_("above ground"), default=True)
    self_contained = models.BooleanField(_("self-contained"), default=True)
    has_water = models.BooleanField(_("has water"), default=True)
    has_electricity = models.BooleanField(_("has electricity"), default=True)
    temporary = models.BooleanField(
        _("temporary"),
        default=False,
        help_text=_("Phased projects may use temporary rooms computed on the first phase's area."),
    )

    class Meta:
        verbose_name = _("management room")
        constraints = [models.CheckConstraint(condition=models.Q(area__gt=0), name="managementroom_area")]
        indexes = [models.Index(fields=["estate", "purpose"], name="managementroom_purpose")]

    def __str__(self) -> str:
        return self.name
