from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "anju.foundation.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        # Every module declares its rights in permissions.py; one that was never read would look like a typing error.
        autodiscover_modules("permissions")
        from anju.foundation.accounts import permissions  # models are not loaded before this point
        from anju.foundation.accounts.access import Access
        from anju.kit import navigation
        from anju.kit.access import answered_by

        answered_by(Access)
        navigation.section("accounts", _("People and rights"), icon="users", order=90)
        for order, (label, url_name, permission, icon) in enumerate(
            (
                (_("People"), "accounts:person_list", permissions.VIEW, "users"),
                (_("Roles"), "accounts:membership_list", permissions.VIEW, "id-badge-2"),
                (_("Organisations"), "accounts:organisation_list", permissions.VIEW_ORGANISATIONS, "buildings"),
                (_("API tokens"), "accounts:token_list", permissions.MANAGE_TOKENS, "plug"),
                (_("Audit trail"), "accounts:audit_list", permissions.VIEW_AUDIT, "history"),
            )
        ):
            navigation.register(
                section="accounts", label=label, url_name=url_name, permission=permission, icon=icon, order=order
            )
