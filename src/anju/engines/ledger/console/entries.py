"""Pages of the journal: entries with their lines, expenses, reversals."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anju.engines.ledger import actions, permissions, selectors
from anju.engines.ledger.filters import EntryFilters
from anju.engines.ledger.forms import ExpenseForm, ReversalForm
from anju.engines.ledger.models import Entry, Line
from anju.engines.ledger.tables import EntryTable, LineTable
from anju.foundation.registry.console.base import here
from anju.kit import clock
from anju.kit.pages import CreatePage, DetailPage, Field, ObjectActionPage, PageAction, PageSet, Related, Section


def journal(estate: Any) -> QuerySet[Entry]:
    """Entries with their ``turnover``: the sum of the debit side."""
    debit = Line.objects.filter(entry=OuterRef("pk"), amount__gt=0).order_by().values("entry")
    return selectors.entries(estate).annotate(turnover=Subquery(debit.annotate(sum=Sum("amount")).values("sum")))


def cause(entry: Entry) -> str:
    """What an entry comes from, in words: a source is the name of a model ("billing.waiver") or of a kind of entry."""
    try:
        name = apps.get_model(entry.source)._meta.verbose_name
    except (LookupError, ValueError):
        name = _now(entry.source.rpartition(".")[2].replace("_", " "))
    return f"{name} {entry.source_id or ''}".strip()


def expenses(estate: Any) -> QuerySet[Entry]:
    """The entries that are corrected here; all others are corrected where they come from."""
    return selectors.entries(estate).filter(source=actions.EXPENSE)


def number_of(entry: Entry) -> str:
    return _now("Entry %(number)s") % {"number": entry.pk}


class EntryDetail(DetailPage):
    history = False

    def get_title(self) -> str:
        return number_of(self.object)

    def get_subtitle(self) -> str:
        return str(self.object.memo)

    def get_actions(self) -> list[dict[str, Any]]:
        entry: Entry = self.object
        final = entry.source != actions.EXPENSE or entry.reverses_id or hasattr(entry, "reversed_by")
        return [] if final else super().get_actions()


class ExpenseCreate(CreatePage):
    """Enters money paid out for a cost head; the statements of the month count it."""

    form, action = ExpenseForm, staticmethod(actions.record_expense)
    title = _("Enter an expense")
    submit_label = _("Post the expense")
    success = _("The expense is in the journal.")
    form_columns = 2

    def get_initial(self) -> dict[str, Any]:
        return {"paid_on": clock.today()} | super().get_initial()


class ReverseEntry(ObjectActionPage):
    """Takes an expense back by the same lines with opposite signs."""

    rows = staticmethod(here(expenses))
    form, action = ReversalForm, staticmethod(actions.reverse_entry)
    title = _("Reverse this entry")
    intro = _("Nothing is deleted: an entry with opposite signs is posted today, and both stay visible.")
    submit_label, submit_tone = _("Post the reversal"), "danger"
    success = _("The entry has been reversed.")


class EntryPages(PageSet):
    model, name, path = Entry, "entry", "journal"
    title, subtitle, icon = _("Journal"), _("Every entry ever posted. Nothing is changed, only reversed."), "book"
    view_permission, change_permission = permissions.VIEW, permissions.VIEW
    rows = here(journal)
    table, filters, search, search_hint = EntryTable, EntryFilters, ("memo",), _("Memo")
    ordering = ("-pk",)
    empty_text = _("Bill runs, payments and expenses post their entries by themselves.")
    detail_page = EntryDetail
    list_actions = (
        PageAction(_("Enter an expense"), "expense_create", permissions.RECORD_EXPENSE, icon="cash-move", primary=True),
        PageAction(_("Trial balance"), "trial_balance", permissions.VIEW, icon="scale"),
    )
    detail_actions = (
        PageAction(_("Reverse"), "entry_reverse", permissions.REVERSE, icon="arrow-back-up", with_object=True),
    )
    sections = (
        Section(
            _("Journal entry"),
            (
                "posted_on",
                Field("memo", wide=True),
                Field(lambda entry: entry.by or _now("the system"), _("By")),
                Field("created_at", _("Entered")),
                Field(cause, _("Caused by")),
                Field("reverses", _("Reverses"), link="ledger:entry_detail"),
                Field(lambda entry: getattr(entry, "reversed_by", None), _("Reversed by"), link="ledger:entry_detail"),
            ),
        ),
    )
    related = (
        Related(
            "lines", _("Lines"), lambda entry: entry.lines.select_related("account__fund").order_by("-amount", "pk"),
            LineTable,
        ),
    )  # fmt: skip

    @classmethod
    def urls(cls) -> list[URLPattern]:
        expense = ExpenseCreate.as_view(pages=cls, permission=permissions.RECORD_EXPENSE)
        reversal = ReverseEntry.as_view(pages=cls, permission=permissions.REVERSE)
        return [
            path("expenses/new/", expense, name="expense_create"),
            *super().urls(),
            path("journal/<int:pk>/reverse/", reversal, name="entry_reverse"),
        ]
