"""Pages where the front desk reviews who says a home is theirs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.foundation.registry import filters, permissions, selectors, tables
from anju.foundation.registry.console.base import RegistryPages, here
from anju.foundation.registry.flow import HOME_APPLICATION
from anju.foundation.registry.models import HomeApplication
from anju.kit.pages import Field, FlowPage, Related, Section


class ApplicationFlow(FlowPage):
    """Approval offers the people of the home applied for."""

    def get_form(self) -> Any:
        form = super().get_form()
        return form.for_application(self.object) if hasattr(form, "for_application") else form


class ApplicationPages(RegistryPages):
    model, name, path = HomeApplication, "application", "home-applications"
    title, icon = _("Home applications"), "home-question"
    subtitle = _("Residents whose phone is not the one on the register ask to be bound to their home.")
    view_permission = permissions.REVIEW
    rows = here(selectors.home_applications_of_estate)
    table, filters, ordering = tables.ApplicationTable, filters.ApplicationFilters, ("-pk",)
    search = ("name", "unit__code")
    empty_text = _("Nothing to review. Residents whose phone is on the register are bound at once.")
    flow, flow_page = HOME_APPLICATION, ApplicationFlow
    sections = (
        Section(
            _("What is applied for"),
            (
                "name",
                Field("unit", link="registry:unit_detail"),
                "kind",
                Field("message", wide=True),
                Field("user", _("Signs in as")),
                Field("created_at", _("Applied")),
            ),
        ),
    )
    related = (
        Related(
            "people", _("Owners of this home on the register"),
            lambda application: selectors.ownership_history(unit=application.unit), tables.OwnershipTable,
        ),
    )  # fmt: skip
