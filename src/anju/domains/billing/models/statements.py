"""Monthly statements drawn from the ledger, until they are published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import StatementKind
from anju.engines.disclosure.models import Publication
from anju.kit.audit import audited
from anju.kit.models import EstateModel


@audited(exclude=("content",))
class Statement(EstateModel):
    """Income and cost of one month by heads; ``content`` is frozen when the publication is made of it."""

    kind = models.CharField(_("kind"), max_length=10, choices=StatementKind)
    period = models.DateField(_("month"))
    content = models.JSONField()
    publication = models.OneToOneField(
        Publication, on_delete=models.PROTECT, null=True, blank=True, related_name="statement"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("statement")
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "kind", "period"], condition=models.Q(publication=None), name="statement_draft_once"
            )
        ]
        indexes = [models.Index(fields=["estate", "kind", "-period"], name="statement_period")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period:%Y-%m}"

    @property
    def is_draft(self) -> bool:
        return self.publication_id is None
