"""People and organisations known to an estate, what they own, where they live."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.enums import ApplicationState, OccupantKind, PartyKind
from anju.foundation.registry.models.parking import ParkingSpace
from anju.foundation.registry.models.unit import Unit
from anju.kit.audit import audited
from anju.kit.flow import moves
from anju.kit.models import EstateModel


@audited()
class Party(EstateModel):
    """A person or organisation; owner, occupant and payer are roles of it.

    ``reference`` is the number in the company's own books.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=PartyKind, default=PartyKind.PERSON)
    reference = models.CharField(_("reference"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=100)
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    initials = models.CharField(max_length=60, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    id_number = models.CharField(_("ID number"), max_length=30, blank=True)
    mailing_address = models.CharField(_("mailing address"), max_length=200, blank=True)
    prepayment_agreed = models.BooleanField(
        _("prepayment may settle new bills"),
        default=False,
        help_text=_("The payer agreed that a bill run uses the prepayment."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="parties"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "reference"], condition=~models.Q(reference=""), name="party_reference_once"
            ),
        ]
        indexes = [
            models.Index("estate", OpClass("name", name="varchar_pattern_ops"), name="party_name_prefix"),
            models.Index("estate", OpClass("pinyin", name="varchar_pattern_ops"), name="party_pinyin_prefix"),
            models.Index("estate", OpClass("initials", name="varchar_pattern_ops"), name="party_initials_prefix"),
            models.Index("estate", OpClass("phone", name="varchar_pattern_ops"), name="party_phone_prefix"),
            models.Index(
                "estate",
                OpClass("reference", name="varchar_pattern_ops"),
                condition=~models.Q(reference=""),
                name="party_reference_prefix",
            ),
            # The last digits of a phone are what people remember: a prefix of the number read backwards.
            models.Index("estate", OpClass(Reverse("phone"), name="text_pattern_ops"), name="party_phone_tail"),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class Ownership(EstateModel):
    """Who owns a unit or a parking space, with which share, from which day until before which day."""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="ownerships", verbose_name=_("unit")
    )
    space = models.ForeignKey(
        ParkingSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ownerships",
        verbose_name=_("parking space"),
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="ownerships", verbose_name=_("owner"))
    share = models.DecimalField(_("share"), max_digits=9, decimal_places=8, default=1)
    since = models.DateField(_("since"))
    until = models.DateField(_("until (first day of the next owner)"), null=True, blank=True)

    class Meta:
        verbose_name = _("ownership")
        constraints = [
            models.CheckConstraint(condition=models.Q(unit=None) ^ models.Q(space=None), name="ownership_of_one_thing"),
            models.CheckConstraint(condition=models.Q(share__gt=0, share__lte=1), name="ownership_share"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("since")), name="ownership_dates"
            ),
            models.UniqueConstraint(
                fields=["unit", "party", "since"], condition=~models.Q(unit=None), name="ownership_unit_once"
            ),
            models.UniqueConstraint(
                fields=["space", "party", "since"], condition=~models.Q(space=None), name="ownership_space_once"
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "unit", "since"], name="ownership_unit"),
            models.Index(fields=["estate", "party"], name="ownership_party"),
        ]

    def __str__(self) -> str:
        return f"{self.unit or self.space} · {self.party}"


@audited()
class Occupancy(EstateModel):
    """Who lives in or uses a unit, from which day until before which day."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="occupancies", verbose_name=_("unit"))
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="occupancies", verbose_name=_("occupant"))
    kind = models.CharField(_("kind"), max_length=10, choices=OccupantKind, default=OccupantKind.TENANT)
    since = models.DateField(_("since"))
    until = models.DateField(_("until (first day without)"), null=True, blank=True)

    class Meta:
        verbose_name = _("occupancy")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("since")), name="occupancy_dates"
            ),
            models.UniqueConstraint(fields=["unit", "party", "kind", "since"], name="occupancy_once"),
        ]
        indexes = [
            models.Index(fields=["estate", "unit"], name="occupancy_unit"),
            models.Index(fields=["estate", "party"], name="occupancy_party"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.party}"


@moves("pending>approved", "pending>rejected")
@audited()
class HomeApplication(EstateModel):
    """A resident's request to be bound to a home whose recorded phone is not theirs; the front desk reviews it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="home_applications")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="home_applications", verbose_name=_("unit"))
    kind = models.CharField(_("as"), max_length=10, choices=OccupantKind, default=OccupantKind.OWNER)
    name = models.CharField(_("name"), max_length=100)
    message = models.CharField(_("message"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ApplicationState, default=ApplicationState.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("home application")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit"], condition=models.Q(state="pending"), name="homeapplication_one_pending"
            )
        ]
        indexes = [models.Index(fields=["estate", "state", "-id"], name="homeapplication_state")]

    def __str__(self) -> str:
        return f"{self.unit} · {self.name}"
