"""The ledger's own checks: every entry balances in each fund, has lines, and stays on accounts of its own estate."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.engines.ledger.checks import EstateIds, Outcome, count, differences, register, within
from anju.engines.ledger.models import Account, Entry, Line
from anju.engines.ledger.orphans import orphans, watch


def entries_balance(estate_ids: EstateIds) -> Outcome:
    """Debit equals credit per entry and fund."""
    sql = f"""
        SELECT e.code, l.entry_id, f.name, sum(l.amount)
        FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id JOIN ledger_fund f ON f.id = a.fund_id
        JOIN registry_estate e ON e.id = l.estate_id
        WHERE {within("l")} GROUP BY e.code, l.entry_id, f.name HAVING sum(l.amount) <> 0 ORDER BY l.entry_id
    """
    return Outcome(
        count("ledger_entry", estate_ids),
        differences(
            sql,
            estate_ids,
            lambda entry, fund, total: (
                f"ledger.entry:{entry}",
                "0.00",
                f"{total:.2f}",
                _("Journal entry %(entry)s is out of balance by %(amount)s in fund “%(fund)s”.")
                % {"entry": entry, "amount": f"{total:.2f}", "fund": fund},
            ),
        ),
    )


def funds_balance(estate_ids: EstateIds) -> Outcome:
    """All accounts of a fund together are nothing."""
    sql = f"""
        SELECT e.code, f.id, f.name, sum(l.amount)
        FROM ledger_fund f JOIN registry_estate e ON e.id = f.estate_id
        JOIN ledger_account a ON a.fund_id = f.id JOIN ledger_line l ON l.account_id = a.id
        WHERE {within("f")} GROUP BY e.code, f.id, f.name HAVING sum(l.amount) <> 0 ORDER BY f.id
    """
    return Outcome(
        count("ledger_fund", estate_ids),
        differences(
            sql,
            estate_ids,
            lambda fund_id, fund, total: (
                f"ledger.fund:{fund_id}",
                "0.00",
                f"{total:.2f}",
                _("Fund “%(fund)s” is out of balance by %(amount)s.") % {"fund": fund, "amount": f"{total:.2f}"},
            ),
        ),
    )


def entries_complete(estate_ids: EstateIds) -> Outcome:
    """No entry without lines, no line on another estate's account."""
    sql = f"""
        SELECT e.code, n.id, 'empty' FROM ledger_entry n JOIN registry_estate e ON e.id = n.estate_id
        WHERE {within("n")} AND NOT EXISTS (SELECT FROM ledger_line l WHERE l.entry_id = n.id)
        UNION ALL
        SELECT e.code, n.id, 'foreign' FROM ledger_line l JOIN ledger_entry n ON n.id = l.entry_id
        JOIN ledger_account a ON a.id = l.account_id JOIN registry_estate e ON e.id = l.estate_id
        WHERE {within("l")} AND (l.estate_id <> n.estate_id OR l.estate_id <> a.estate_id)
    """

    def describe(entry: int, problem: str) -> tuple[str, str, str, str]:
        if problem == "empty":
            return f"ledger.entry:{entry}", "≥ 2", "0", _("Journal entry %(entry)s has no lines.") % {"entry": entry}
        message = _("Journal entry %(entry)s touches an account of another estate.") % {"entry": entry}
        return f"ledger.entry:{entry}", "", problem, message

    return Outcome(count("ledger_entry", estate_ids), differences(sql, estate_ids, describe))


def register_checks() -> None:
    """Called by the wiring of the site."""
    register("entries_balance", entries_balance, gettext_lazy("Every journal entry balances in every fund"))
    register("funds_balance", funds_balance, gettext_lazy("Every fund balances"))
    register("entries_complete", entries_complete, gettext_lazy("Every entry has its lines, all of its own estate"))
    watch(Account, Entry, Line)
    register("orphans", orphans, gettext_lazy("Nothing refers to what is not there"))
