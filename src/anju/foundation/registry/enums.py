"""Kinds and states of what an estate consists of."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EstateKind(models.TextChoices):
    RESIDENTIAL = "residential", _("residential estate")
    QUASI = "quasi", _("quasi-managed old estate")
    HOSPITAL = "hospital", _("hospital")
    OFFICE = "office", _("office building")
    COMMERCIAL = "commercial", _("commercial site")
    INDUSTRIAL = "industrial", _("industrial park")


class UnitKind(models.TextChoices):
    RESIDENTIAL = "residential", _("residence")
    SHOP = "shop", _("shop")
    OFFICE = "office", _("office room")
    APARTMENT = "apartment", _("apartment")
    STORAGE = "storage", _("storage room")
    OTHER = "other", _("other room")


class OccupancyState(models.TextChoices):
    UNSOLD = "unsold", _("unsold")
    UNDELIVERED = "undelivered", _("sold, not delivered")
    VACANT = "vacant", _("vacant")
    OWNER_OCCUPIED = "owner_occupied", _("owner-occupied")
    LET = "let", _("let")
    ENTRUSTED = "entrusted", _("entrusted")


class PartyKind(models.TextChoices):
    PERSON = "person", _("individual")
    ORGANISATION = "organisation", _("organisation")


class OccupantKind(models.TextChoices):
    OWNER = "owner", _("owner")
    FAMILY = "family", _("family member")
    TENANT = "tenant", _("tenant")
    TEMPORARY = "temporary", _("temporary occupant")


class SpaceUse(models.TextChoices):
    PRIVATE = "private", _("sold (private)")
    MONTHLY = "monthly", _("monthly permit")
    TEMPORARY = "temporary", _("temporary parking")
    VACANT = "vacant", _("vacant")


class SpaceAudience(models.TextChoices):
    RESIDENTIAL = "residential", _("residents")
    COMMERCIAL = "commercial", _("shops and apartments")
    SHARED = "shared", _("everyone")


class VehicleKind(models.TextChoices):
    CAR = "car", _("car")
    BUS = "bus", _("bus or coach")
    TRUCK = "truck", _("truck")
    MOTORCYCLE = "motorcycle", _("motorcycle")


class RoomPurpose(models.TextChoices):
    COMPANY = "company", _("management company")
    COMMITTEE = "committee", _("owners' committee")


class ApplicationState(models.TextChoices):
    PENDING = "pending", _("to be reviewed")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("uploaded")
    CHECKED = "checked", _("checked")
    APPLIED = "applied", _("imported")
    FAILED = "failed", _("failed")
