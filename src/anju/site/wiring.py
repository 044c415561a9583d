"""What modules do for each other across the floors, in one readable place; called once, when the apps are ready."""

from __future__ import annotations


def connect() -> None:
    """Connect every effect between modules; calling it twice changes nothing."""
    _frame()
    _resident_tabs()
    _leads_of_messages()
    _audit_checks()
    _fees_of_workbooks()
    _delivered_demands()
    _first_committees()


def _frame() -> None:
    """Where the console's own buttons lead."""
    from django.utils.translation import gettext_lazy as _

    from anju.kit import navigation

    navigation.configure(
        search="registry:search", estates="registry:estate_list", jobs="kit:job_list", home="site:home"
    )
    navigation.section("start", "", order=0)
    navigation.register(section="start", label=_("Home"), url_name="site:home", icon="home", order=0, key="h")
    navigation.register(
        section="start",
        label=_("My estates"),
        url_name="site:estates",
        icon="buildings",
        order=1,
        key="s",
        estate=False,
    )


def _resident_tabs() -> None:
    """The bar at the bottom of the residents' pages."""
    from django.utils.translation import gettext_lazy as _

    from anju.engines.messaging.resident.messages import unread
    from anju.foundation.accounts.resident.base import tab

    tab("home", _("First page"), icon="home", order=0)
    tab("bills", _("Pay"), icon="wallet", order=10)
    tab("publications", _("Public"), icon="report", order=20)
    tab("messages", _("Messages"), icon="mail", order=30, badge=unread)
    tab("me", _("Me"), icon="user", order=40)


def _leads_of_messages() -> None:
    """A demand leads to paying, the answer to a reported transfer to that transfer and its receipt."""
    from django.urls import reverse
    from django.utils.translation import gettext_lazy as _

    from anju.domains.billing.actions import dunning, transfers
    from anju.engines.messaging.resident.leads import lead

    lead(dunning.SOURCE, _("Pay"), lambda notice: reverse("my:pay"))
    lead(transfers.SOURCE, _("Look at it"), lambda notice: reverse("my:transfer", kwargs={"pk": notice.source_id}))


def _audit_checks() -> None:
    """What ``anju audit`` proves."""
    from anju.domains.billing import audit as billing_audit
    from anju.engines.ledger import audit as ledger_audit
    from anju.site import seals

    ledger_audit.register_checks()
    billing_audit.register_checks()
    seals.register_checks()


def _fees_of_workbooks() -> None:
    """The fees of an imported workbook become fee items, tariffs and regular charges."""
    from anju.domains.billing.actions.imports import apply_fees
    from anju.domains.billing.selectors.imports import check_fees, fee_codes
    from anju.foundation.registry.imports.fees import take_fees_with

    take_fees_with(apply_fees, checker=check_fees, codes=fee_codes)


def _delivered_demands() -> None:
    """A demand that has reached its payer starts the limitation of its bills anew."""
    from anju.domains.billing.actions.dunning import restart_limitation
    from anju.engines.messaging.events import NoticeDelivered
    from anju.kit import events

    events.connect(NoticeDelivered, restart_limitation)


def _first_committees() -> None:
    """The first committee entered for an estate becomes the estate's."""
    from anju.foundation.accounts.events import CommitteeEntered
    from anju.foundation.registry.actions import take_first_committee
    from anju.kit import events

    events.connect(CommitteeEntered, take_first_committee)
