"""Choices of charging and collecting."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FeeKind(models.TextChoices):
    SERVICE = "service", _("service fee")
    PARKING = "parking", _("parking fee")
    SHARED = "shared", _("shared cost")
    UTILITY = "utility", _("utility collected for a supplier")
    LATE_FEE = "late_fee", _("late fee")
    OTHER = "other", _("other fee")


class Method(models.TextChoices):
    """How the amount of one month comes about."""

    AREA = "area", _("area x price")
    FLAT = "flat", _("flat amount")
    SPACE = "space", _("per parking space")
    VEHICLE = "vehicle", _("per vehicle")
    METERED = "metered", _("metered, with tiers")
    FORMULA = "formula", _("formula")


class Timing(models.TextChoices):
    ADVANCE = "advance", _("in advance")
    ARREARS = "arrears", _("in arrears")


class TariffState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class RunState(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    REVERSED = "reversed", _("reversed")


class RunProblem(models.TextChoices):
    """Why a charge due in a period could not be billed."""

    NO_PAYER = "no_payer", _("nobody to bill: no owner and no developer")
    NO_TARIFF = "no_tariff", _("no approved tariff in force")
    NO_READING = "no_reading", _("no meter reading for the month")
    NEGATIVE = "negative", _("the amount would be negative")
    NO_AMOUNT = "no_amount", _("the formula gives no usable amount")
    OTHER_BILL = "other_bill", _("other bills stand for these days: reverse them and run again")


class PaymentMethod(models.TextChoices):
    CASH = "cash", _("cash")
    POS = "pos", _("POS card")
    TRANSFER = "transfer", _("bank transfer")
    PREPAYMENT = "prepayment", _("from prepayment")


class ReceiptState(models.TextChoices):
    VALID = "valid", _("valid")
    CANCELLED = "cancelled", _("cancelled")


class ReviewState(models.TextChoices):
    REQUESTED = "requested", _("requested")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class WaiverState(models.TextChoices):
    REQUESTED = "requested", _("requested")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    REVOKED = "revoked", _("revoked")


class TransferState(models.TextChoices):
    REPORTED = "reported", _("reported")
    CONFIRMED = "confirmed", _("confirmed")
    REJECTED = "rejected", _("rejected")


class WaiverKind(models.TextChoices):
    PRINCIPAL = "principal", _("fee")
    LATE_FEE = "late_fee", _("late fee")


class DunningStage(models.TextChoices):
    NOTICE = "notice", _("payment notice")
    LETTER = "letter", _("demand letter")
    LAWYER = "lawyer", _("lawyer's letter")


class StatementKind(models.TextChoices):
    SERVICE = "service", _("nine cost heads")
    CAR_PARK = "car_park", _("car park")
    COLLECTION = "collection", _("fee collection")
    STANDARDS = "standards", _("fee items and standards")
