"""Fee items, their versioned tariffs, who is charged them, and meters."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import FeeKind, Method, TariffState, Timing
from anju.engines.ledger.models import Account
from anju.foundation.registry.models import ParkingSpace, Party, Unit, Vehicle
from anju.kit.audit import audited
from anju.kit.flow import moves
from anju.kit.models import EstateModel
from anju.kit.money import MoneyField


@audited()
class FeeItem(EstateModel):
    """Something that is charged. ``income`` is the account its bills are credited to; its fund holds the money."""

    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=FeeKind, default=FeeKind.SERVICE)
    income = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="fee_items", verbose_name=_("income account")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("fee item")
        constraints = [
            models.UniqueConstraint(fields=["estate", "code"], name="feeitem_code_once"),
            models.UniqueConstraint(fields=["estate", "name"], name="feeitem_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


@moves("draft>submitted", "submitted>approved", "submitted>rejected", "rejected>draft", "submitted>draft")
@audited()
class Tariff(EstateModel):
    """One version of a fee item's price and terms; from ``effective_from`` until the next approved version begins.
    Once approved it stays as it is: bills refer to it.

    ``price`` is yuan per month per m2, space, vehicle or metered unit; ``fixed`` is yuan per month on top. A bill
    covers ``cycle_months`` months, issued in the first (advance) or last (arrears) of them, cycles counted from
    ``anchor_month``.
    """

    fee_item = models.ForeignKey(FeeItem, on_delete=models.PROTECT, related_name="tariffs", verbose_name=_("fee item"))
    version = models.PositiveIntegerField(_("version"))
    method = models.CharField(_("method"), max_length=10, choices=Method)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=4, default=0)
    fixed = MoneyField(_("fixed part per month"), default=0)
    formula = models.CharField(_("formula"), max_length=500, blank=True)
    tiers = models.JSONField(
        _("tiers"), default=list, blank=True, help_text=_("Upper bounds of monthly consumption with their price.")
    )
    cycle_months = models.PositiveSmallIntegerField(
        _("months per bill"),
        choices=[(1, _("monthly")), (3, _("quarterly")), (6, _("half-yearly")), (12, _("yearly"))],
        default=1,
    )
    timing = models.CharField(_("billed"), max_length=8, choices=Timing, default=Timing.ADVANCE)
    anchor_month = models.PositiveSmallIntegerField(
        _("cycles start in month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    vacancy_rate = models.DecimalField(
        _("part charged when vacant"),
        max_digits=5,
        decimal_places=4,
        default=1,
        help_text=_("1 means no discount, 0.7 means 70 %."),
    )
    due_days = models.PositiveSmallIntegerField(_("days to pay"), default=30)
    grace_days = models.PositiveSmallIntegerField(_("grace days"), default=0)
    late_daily_rate = models.DecimalField(_("late fee per day"), max_digits=9, decimal_places=8, default=0)
    late_cap = models.DecimalField(
        _("late fee at most (part of the principal)"), max_digits=6, decimal_places=4, default=1
    )
    effective_from = models.DateField(_("effective from"))
    basis = models.CharField(
        _("basis"), max_length=200, blank=True, help_text=_("Contract, filing or decision it rests on.")
    )
    state = models.CharField(_("state"), max_length=10, choices=TariffState, default=TariffState.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("tariff")
        constraints = [
            models.UniqueConstraint(fields=["fee_item", "version"], name="tariff_version_once"),
            models.UniqueConstraint(
                fields=["fee_item", "effective_from"], condition=models.Q(state="approved"), name="tariff_start_once"
            ),
            models.CheckConstraint(
                condition=models.Q(vacancy_rate__gte=0, vacancy_rate__lte=1), name="tariff_vacancy_rate"
            ),
            models.CheckConstraint(condition=models.Q(price__gte=0, fixed__gte=0), name="tariff_not_negative"),
            models.CheckConstraint(condition=models.Q(late_daily_rate__gte=0, late_cap__gte=0), name="tariff_late_fee"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="approved_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="approved"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.fee_item} v{self.version}"


@audited()
class RecurringCharge(EstateModel):
    """A fee item charged regularly for one unit, space or vehicle, to its owner unless ``payer`` is named."""

    fee_item = models.ForeignKey(FeeItem, on_delete=models.PROTECT, related_name="charges", verbose_name=_("fee item"))
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="charges",
        db_index=False,
        verbose_name=_("unit"),
    )
    space = models.ForeignKey(
        ParkingSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="charges",
        db_index=False,
        verbose_name=_("parking space"),
    )
    vehicle = models.ForeignKey(
        Vehicle,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="charges",
        db_index=False,
        verbose_name=_("vehicle"),
    )
    payer = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="charges",
        db_index=False,
        verbose_name=_("payer"),
        help_text=_("Empty: the owner, or the developer while unsold or undelivered."),
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until (first day without)"), null=True, blank=True)

    class Meta:
        verbose_name = _("recurring charge")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=False, space=None, vehicle=None)
                | models.Q(unit=None, space__isnull=False, vehicle=None)
                | models.Q(unit=None, space=None, vehicle__isnull=False),
                name="charge_for_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("since")), name="charge_dates"
            ),
            models.UniqueConstraint(
                fields=["estate", "unit", "space", "vehicle", "fee_item", "since"],
                name="charge_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "fee_item", "id"], name="charge_item"),
            models.Index(fields=["estate", "id"], name="charge_chunk"),
            models.Index(fields=["estate", "unit"], condition=models.Q(unit__isnull=False), name="charge_unit"),
            models.Index(fields=["estate", "space"], condition=models.Q(space__isnull=False), name="charge_space"),
            models.Index(
                fields=["estate", "vehicle"], condition=models.Q(vehicle__isnull=False), name="charge_vehicle"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fee_item} · {self.unit or self.space or self.vehicle}"


@audited()
class Meter(EstateModel):
    """A meter of a unit for one metered fee item; consumption = difference of readings x ``multiplier``."""

    fee_item = models.ForeignKey(FeeItem, on_delete=models.PROTECT, related_name="meters", verbose_name=_("fee item"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="meters", verbose_name=_("unit"))
    code = models.CharField(_("meter number"), max_length=40)
    multiplier = models.DecimalField(_("multiplier"), max_digits=8, decimal_places=3, default=1)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("meter")
        constraints = [
            models.UniqueConstraint(fields=["estate", "code"], name="meter_code_once"),
            models.CheckConstraint(condition=models.Q(multiplier__gt=0), name="meter_multiplier"),
        ]
        indexes = [
            models.Index("estate", OpClass("code", name="varchar_pattern_ops"), name="meter_code_prefix"),
            # The last digits are what can be read on a meter from afar: a prefix of the number read backwards.
            models.Index("estate", OpClass(Reverse("code"), name="text_pattern_ops"), name="meter_code_tail"),
        ]

    def __str__(self) -> str:
        return self.code


@audited()
class MeterReading(EstateModel):
    """The reading that closes ``period`` (first day of the month) and the one before it."""

    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="readings", verbose_name=_("meter"))
    period = models.DateField(_("month"))
    previous = models.DecimalField(_("previous reading"), max_digits=12, decimal_places=3)
    value = models.DecimalField(_("reading"), max_digits=12, decimal_places=3)
    read_on = models.DateField(_("read on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("meter reading")
        constraints = [
            models.UniqueConstraint(fields=["meter", "period"], name="reading_once"),
            models.CheckConstraint(condition=models.Q(value__gte=models.F("previous")), name="reading_grows"),
        ]
        indexes = [models.Index(fields=["estate", "period"], name="reading_period")]
