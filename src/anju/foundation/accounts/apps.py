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
        view, organisations = permissions.VIEW, permissions.VIEW_ORGANISATIONS
        for order, (label, name, permission, icon, across) in enumerate(
            (
                (_("People"), "person_list", view, "users", False),
                (_("Roles"), "membership_list", view, "id-badge-2", False),
                (_("Organisations"), "organisation_list", organisations, "sitemap", True),
                (_("API tokens"), "token_list", permissions.MANAGE_TOKENS, "plug", False),
                (_("Audit trail"), "audit_list", permissions.VIEW_AUDIT, "history", True),
            )
        ):
            navigation.register(
                section="accounts", label=label, url_name=f"accounts:{name}", permission=permission, icon=icon,
                order=order, across=across,
            )  # fmt: skip
        navigation.register(
            section="accounts", label=_("Streets and communities"), url_name="accounts:office_list", icon="map-pin",
            permission=permissions.MANAGE_OFFICES, order=10, estate=False,
        )  # fmt: skip
