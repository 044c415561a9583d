"""A workbook on its way into the register."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.enums import ImportState
from anju.kit.models import EstateModel


class ImportBatch(EstateModel):
    """One uploaded workbook, what checking it found and what applying it did."""

    layout = models.CharField(_("layout"), max_length=20)
    file = models.FileField(_("workbook"), upload_to="imports/%Y/%m/")
    name = models.CharField(_("file name"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    good_rows_only = models.BooleanField(default=False)
    result = models.JSONField(null=True)
    job = models.ForeignKey("kit.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("import")
        indexes = [models.Index(fields=["estate", "-id"], name="importbatch_estate")]

    def __str__(self) -> str:
        return self.name
