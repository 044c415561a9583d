"""Channels and what became of a message on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    IN_APP = "in_app", _("in the app")
    PAPER = "paper", _("letter")
    IN_PERSON = "in_person", _("handed over")
    REGISTERED_MAIL = "registered_mail", _("registered mail")
    POSTED = "posted", _("posted at the door")
    PHONE = "phone", _("telephone")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("not delivered yet")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
