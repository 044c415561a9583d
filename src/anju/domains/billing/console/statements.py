"""Statements in the console: draft from the books, look at it, publish. And where residents are told to pay."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.actions import statements as actions
from anju.domains.billing.actions.settings import set_payment_settings
from anju.domains.billing.console.base import BillingPages
from anju.domains.billing.filters.statements import StatementFilters
from anju.domains.billing.forms.statements import PaymentSettingsForm, StatementForm
from anju.domains.billing.models import Statement
from anju.domains.billing.selectors import statements as reads
from anju.domains.billing.selectors.resident import payment_settings
from anju.domains.billing.tables.statements import StatementTable
from anju.engines.disclosure.content import laid_out
from anju.foundation.registry.console.base import here
from anju.kit.pages import ActionPage, CreatePage, DetailPage, Field, ObjectActionPage, PageAction, Section
from anju.kit.periods import Period


class StatementCreate(CreatePage):
    title = _("Draft a statement")
    intro = _("The figures are drawn from the bills and the journal. Residents see it once it is published.")
    submit_label = _("Draw it up")
    success = _("The draft is ready. Look at it, then publish it.")


class StatementDetail(DetailPage):
    """The draft as it would be published, or what was published of it."""

    template_name = "billing/statement.html"

    def get_title(self) -> str:
        return reads.statement_title(self.object.kind, Period.of(self.object.period))

    def get_actions(self) -> list[dict[str, Any]]:
        return super().get_actions() if self.object.is_draft else []

    def get_detail(self) -> dict[str, Any]:
        publication = self.object.publication
        return super().get_detail() | {
            "statement": self.object,
            "blocks": laid_out(self.object.content),
            "publication_url": self.url("disclosure:publication_detail", pk=publication.pk) if publication else "",
        }


class StatementRenew(ObjectActionPage):
    """Draw the draft up again."""

    title = _("Draw it up again")
    intro = _("The draft is replaced by the figures of the books as they are now.")
    submit_label = _("Draw it up again")
    success = _("The draft shows the books as they are now.")


class StatementPublish(ObjectActionPage):
    """Make it public, for good."""

    title = _("Publish the statement")
    intro = _(
        "Everybody will see it: residents in their app, anybody through the code on the notice board. It can't be "
        "changed or withdrawn; a mistake is put right by a new publication that names this one."
    )
    submit_label = _("Publish")
    success = _("Published.")


class StatementPages(BillingPages):
    model = Statement
    title, icon = _("Statements"), "report-money"
    subtitle = _("Income and cost, car park, fee collection and fee standards: drafted here, then published.")
    view_permission, change_permission = permissions.VIEW_FIGURES, permissions.PREPARE_STATEMENTS
    rows = here(reads.statements_of_estate)
    table, filters, ordering = StatementTable, StatementFilters, ("-period", "-pk")
    empty_text = _("Draft the statement of last month: the figures come from the books by themselves.")
    create_label = _("Draft a statement")
    form, create = StatementForm, actions.draft_statement
    create_page, detail_page = StatementCreate, StatementDetail
    detail_actions = (
        PageAction(
            _("Draw it up again"), "statement_renew", permissions.PREPARE_STATEMENTS, "refresh", with_object=True
        ),
        PageAction(_("Publish"), "statement_publish", permissions.PUBLISH_STATEMENTS, "speakerphone", True, True),
    )
    sections = (
        Section(
            _("Statement"),
            ("kind", Field(lambda statement: str(Period.of(statement.period)), _("Month")), "by", "created_at"),
        ),
    )


class PaymentSettingsPage(ActionPage):
    """Bank account and desk, as residents are told when they pay."""

    permission = permissions.CHANGE_SETTINGS
    title, icon = _("Ways to pay"), "building-bank"
    subtitle = _("Residents see this when they pay. Without a bank account they are sent to the desk.")
    form, action = PaymentSettingsForm, staticmethod(set_payment_settings)
    success = _("Saved. Residents see it from now on.")

    def prepare(self) -> None:
        self.object = payment_settings(self.estate)

    def get_success_url(self, result: Any) -> str:
        return self.request.path
