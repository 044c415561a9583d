"""What has been made public: immutable, each publication sealed by a hash over its content and its predecessor."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.engines.disclosure.enums import PublicationKind
from anju.kit.models import EstateModel, append_only


@append_only
class Publication(EstateModel):
    """``content`` is what the public page shows; ``seal`` binds it to its place in the estate's log (see rules)."""

    sequence = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=20, choices=PublicationKind)
    title = models.CharField(_("title"), max_length=120)
    period = models.DateField(_("month"), null=True, blank=True)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    previous_seal = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)
    token = models.UUIDField(unique=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    published_at = models.DateTimeField(_("published"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("publication")
        constraints = [models.UniqueConstraint(fields=["estate", "sequence"], name="publication_sequence_once")]
        indexes = [models.Index(fields=["estate", "kind", "-sequence"], name="publication_kind")]

    def __str__(self) -> str:
        return self.title
