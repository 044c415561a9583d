from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "anju.engines.ledger"
    label = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        from anju.engines.ledger import permissions  # models are not loaded before this point
        from anju.kit import navigation

        navigation.section("ledger", _("Books"), icon="book", order=50)
        for order, (label, name, permission, icon) in enumerate(
            (
                (_("Journal"), "entry_list", permissions.VIEW, "book"),
                (_("Trial balance"), "trial_balance", permissions.VIEW, "scale"),
                (_("Enter an expense"), "expense_create", permissions.RECORD_EXPENSE, "cash-move"),
                (_("Check of the books"), "audit", permissions.VIEW_CHECKS, "shield-check"),
            )
        ):
            navigation.register(
                section="ledger", label=label, url_name=f"ledger:{name}", permission=permission, icon=icon, order=order
            )
