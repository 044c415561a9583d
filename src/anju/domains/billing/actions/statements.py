"""Monthly statements: drawn from the books, reviewed, published for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from anju.domains.billing.enums import StatementKind
from anju.domains.billing.models import Statement
from anju.domains.billing.selectors.statements import PUBLISHED_AS, statement_content, statement_title
from anju.engines.disclosure.actions import publish
from anju.engines.disclosure.models import Publication
from anju.engines.disclosure.rules import content_hash
from anju.engines.disclosure.selectors import latest_publication
from anju.foundation.registry.models import Estate
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name, lock_rows
from anju.kit.periods import Period

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User


@action
def draft_statement(*, estate: Estate, kind: StatementKind | str, period: Period, by: User | None) -> Statement:
    """Draw up a statement of ``period`` from the books as they are now; a draft that is there already is renewed.

    Raises Refusal ``month_to_come`` or ``nothing_to_state`` (no approved tariff to publish).
    """
    kind = StatementKind(kind)
    if period.first > clock.today():
        raise Refusal("month_to_come", _("This month has not begun yet."), "period")
    content = statement_content(estate, kind, period)
    if not content["blocks"]:
        raise Refusal("nothing_to_state", _("There is no approved tariff to publish yet."), "kind")
    lock_name("billing.statement", estate.pk, kind, period)
    drafts = Statement.objects.filter(estate=estate, kind=kind, period=period.first, publication=None)
    statement = drafts.first() or Statement(estate=estate, kind=kind, period=period.first)
    statement.content, statement.by = content, by
    statement.save()
    return statement


@action
def renew_statement(*, statement: Statement, by: User | None) -> Statement:
    """Draw a draft from the books once more. Raises Refusal ``statement_published``."""
    _check_draft(statement)
    return draft_statement(estate=statement.estate, kind=statement.kind, period=Period.of(statement.period), by=by)


@action
def publish_statement(*, statement: Statement, by: User | None) -> Publication:
    """Publish a reviewed draft for good; one of a month that was published before corrects that publication.

    Raises Refusal ``statement_published``, ``statement_outdated`` (the books have changed since the draft: whoever
    publishes must see what is published) or ``nothing_changed`` (a correction that says the same).
    """
    [statement] = lock_rows(Statement.objects.filter(pk=statement.pk).select_related("estate"))
    _check_draft(statement)
    period = Period.of(statement.period)
    if statement_content(statement.estate, statement.kind, period) != statement.content:
        raise Refusal(
            "statement_outdated", _("The books have changed since this was drafted. Draw it up again and look at it.")
        )
    kind = PUBLISHED_AS[StatementKind(statement.kind)]
    before = latest_publication(statement.estate, kind, statement.period)
    if before is not None and before.content_hash == content_hash(statement.content):
        raise Refusal("nothing_changed", _("Exactly this has been published already."))
    statement.publication = publish(
        estate=statement.estate,
        kind=kind,
        title=statement_title(statement.kind, period),
        period=statement.period,
        content=statement.content,
        corrects=before,
        by=by,
    )
    statement.save(update_fields=["publication"])
    return statement.publication


def _check_draft(statement: Statement) -> None:
    if not statement.is_draft:
        raise Refusal("statement_published", _("This statement has been published. Draft a new one to correct it."))
