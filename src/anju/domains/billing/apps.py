from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "anju.domains.billing"
    label = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from anju.domains.billing.console import panels  # models are not loaded before this point

        panels.register()
