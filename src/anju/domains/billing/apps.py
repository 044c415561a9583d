from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "anju.domains.billing"
    label = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from anju.domains.billing import permissions  # models are not loaded before this point
        from anju.domains.billing.console import charging_panels, panels
        from anju.kit import navigation

        panels.register()
        charging_panels.register()
        for section, order, label, name, permission, icon in (
            ("disclosure", 10, _("Statements"), "statement_list", permissions.VIEW_FIGURES, "report-money"),
            ("estate", 90, _("Ways to pay"), "payment_settings", permissions.CHANGE_SETTINGS, "building-bank"),
        ):
            navigation.register(
                section=section,
                label=label,
                url_name=f"billing:{name}",
                permission=permission,
                icon=icon,
                order=order,
            )
