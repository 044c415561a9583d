"""Kinds of funds, accounts and cost heads."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FundKind(models.TextChoices):
    OPERATIONS = "operations", _("operations")
    DEPOSITS = "deposits", _("deposits")
    COMMON_REVENUE = "common_revenue", _("common revenue")
    MAINTENANCE = "maintenance", _("maintenance fund")
    QUASI = "quasi", _("quasi-management fund")
    SUBSIDIES = "subsidies", _("subsidies")


class AccountKind(models.TextChoices):
    ASSET = "asset", _("asset")
    LIABILITY = "liability", _("liability")
    EQUITY = "equity", _("net assets")
    INCOME = "income", _("income")
    EXPENSE = "expense", _("expense")


class Control(models.TextChoices):
    """Which sub-ledger an account must equal."""

    NONE = "", _("none")
    RECEIVABLE = "receivable", _("receivables")
    PREPAYMENT = "prepayment", _("prepayments")


class CostHead(models.TextChoices):
    """The nine heads of the service fee (P17-04) and the four of the car park (P01-20)."""

    WAGES = "wages", _("wages, welfare and insurance")
    OPERATION = "operation", _("operation and upkeep of common parts and equipment")
    CLEANING = "cleaning", _("cleaning")
    GREENING = "greening", _("greening")
    ORDER = "order", _("public order")
    OFFICE = "office", _("office")
    DEPRECIATION = "depreciation", _("depreciation")
    TAXES = "taxes", _("taxes")
    PROFIT = "profit", _("profit")
    PARKING_STAFF = "parking_staff", _("attendants' pay and welfare")
    PARKING_EQUIPMENT = "parking_equipment", _("car-park equipment upkeep")
    PARKING_UTILITIES = "parking_utilities", _("car-park water and electricity")
    PARKING_OTHER = "parking_other", _("other unforeseeable car-park costs")


SERVICE_HEADS = tuple(CostHead)[:9]
PARKING_HEADS = tuple(CostHead)[9:]
