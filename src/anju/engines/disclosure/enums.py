"""Kinds of publications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicationKind(models.TextChoices):
    STATEMENT = "statement", _("income and cost statement")
    CAR_PARK = "car_park", _("car-park account")
    FEE_STANDARDS = "fee_standards", _("fee items and standards")
    COLLECTION = "collection", _("fee collection")
    REPAIRS = "repairs", _("repairs and safety")
    NOTICE = "notice", _("notice")
