"""Addresses of statements and of the settings of payment, below ``console/<estate>/billing/``."""

from django.urls import path

from anju.domains.billing import permissions
from anju.domains.billing.actions.statements import publish_statement, renew_statement
from anju.domains.billing.console.statements import (
    PaymentSettingsPage,
    StatementPages,
    StatementPublish,
    StatementRenew,
)
from anju.kit.pages import urls_for

_one = {"pages": StatementPages, "rows": StatementPages.rows}

statement_urls = [
    *urls_for(StatementPages),
    path(
        "statements/<int:pk>/renew/",
        StatementRenew.as_view(permission=permissions.PREPARE_STATEMENTS, action=renew_statement, **_one),
        name="statement_renew",
    ),
    path(
        "statements/<int:pk>/publish/",
        StatementPublish.as_view(permission=permissions.PUBLISH_STATEMENTS, action=publish_statement, **_one),
        name="statement_publish",
    ),
    path("payment-settings/", PaymentSettingsPage.as_view(), name="payment_settings"),
]
