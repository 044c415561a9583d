"""Notices to parties and the proof that they arrived."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.engines.messaging.enums import Channel, DeliveryState
from anju.foundation.registry.models import Party
from anju.kit.audit import audited
from anju.kit.models import EstateModel, append_only


@append_only
class Notice(EstateModel):
    """What was said to a party; ``source`` says which object caused it."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="notices", verbose_name=_("to"))
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("text"))
    source = models.CharField(max_length=60)
    source_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("notice")
        indexes = [
            models.Index(fields=["estate", "party", "-id"], name="notice_party"),
            models.Index(fields=["estate", "source", "source_id"], name="notice_source"),
        ]


@audited()
class Delivery(EstateModel):
    """One attempt to bring a notice to its party over one channel, and the proof."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    proof = models.CharField(
        _("proof"), max_length=200, blank=True, help_text=_("Mail number, name of the recipient, photo reference.")
    )
    proof_file = models.FileField(_("picture or scan"), upload_to="proofs/%Y/%m/", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("delivery")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="delivered") | models.Q(delivered_at__isnull=False), name="delivery_has_time"
            )
        ]
        indexes = [models.Index(fields=["estate", "notice"], name="delivery_notice")]
