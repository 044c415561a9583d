"""What charging shows elsewhere: figures on home pages and overviews, its pages in the navigation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.selectors.figures import figures
from anju.domains.billing.selectors.overview import figures_of_estates
from anju.foundation.registry import hooks
from anju.foundation.registry.hooks import Figure
from anju.kit import navigation, panels
from anju.kit.access import access_of
from anju.kit.templatetags.anju_ui import money, percent


def money_of_estate(request: HttpRequest, _subject: Any) -> dict[str, Any] | None:
    """The home page of one estate: where its money stands today."""
    access = access_of(request)
    if access.estate is None:
        return None
    report = figures(access.estate, quick=True)
    here = {"estate": access.estate.code}
    return {
        "report": report,
        "total": report.total,
        "figures_url": reverse("billing:figures", kwargs=here),
        "arrears_url": reverse("billing:arrears", kwargs=here) if access.can(permissions.VIEW) else "",
    }


def estate_figures(estate_ids: Sequence[int]) -> dict[int, list[Figure]]:
    """Billed, collection rate and arrears of each estate."""
    found = {}
    for estate, row in figures_of_estates(estate_ids).items():
        tone = "" if row.on_target is None else "ok" if row.on_target else "bad"
        found[estate] = [
            Figure(_("Billed this year"), money(row.billed)),
            Figure(_("Collection rate"), percent(row.collection_rate), tone),
            Figure(_("Arrears"), money(row.arrears), "bad" if row.arrears else ""),
        ]
    return found


def register() -> None:
    """Offer all of it; called once, when the app is ready."""
    panels.register(
        "home", template="billing/panels/figures.html", context=money_of_estate,
        permission=permissions.VIEW_FIGURES, order=10,
    )  # fmt: skip
    hooks.register_estate_figures(estate_figures, permissions.VIEW_FIGURES)
    navigation.section("charging", _("Charging"), icon="calculator", order=30)
    pages = (
        (_("Bill runs"), "run_list", permissions.VIEW, "calculator", ""),
        (_("Bills"), "bill_list", permissions.VIEW, "file-invoice", "f"),
        (_("Figures"), "figures", permissions.VIEW_FIGURES, "chart-bar", ""),
        (_("Fee items"), "fee_item_list", permissions.VIEW, "receipt-2", ""),
        (_("Tariffs"), "tariff_list", permissions.VIEW, "versions", ""),
        (_("Recurring charges"), "charge_list", permissions.VIEW, "repeat", ""),
        (_("Meters"), "meter_list", permissions.VIEW, "gauge", ""),
        (_("Meter readings"), "reading_round", permissions.READ_METERS, "list-numbers", "m"),
    )
    for order, (label, name, permission, icon, key) in enumerate(pages):
        navigation.register(
            section="charging", label=label, url_name=f"billing:{name}", permission=permission, icon=icon, key=key,
            order=order,
        )  # fmt: skip
