"""``anju bill``"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

import click


@click.command()
@click.option("--estate", "code", required=True, help="Code of the estate.")
@click.option("--period", "month", required=True, help="Month to bill, such as 2026-11.")
@click.option("--dry-run", is_flag=True, help="Only show what would be created.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(code: str, month: str, dry_run: bool, as_json: bool) -> None:
    """Create the bills of a month. Running it again creates nothing twice; a run that was killed is completed."""
    from django_scopes import scope

    from anju.foundation.registry.models import Estate
    from anju.kit.errors import Refusal
    from anju.kit.periods import Period

    period = Period.parse(month)
    estate = Estate.objects.filter(code=code).first()
    if estate is None:
        raise Refusal("no_such_estate", _no_such_estate(code), "estate")
    with scope(estate=estate.pk):
        result = _preview(estate, period) if dry_run else _run(estate, period)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        _print(result)


def _no_such_estate(code: str) -> str:
    from django.utils.translation import gettext as _

    return _("There is no estate with the code “%(code)s”.") % {"code": code}


def _preview(estate: Any, period: Any) -> dict[str, Any]:
    from anju.domains.billing.selectors.charges import preview_run

    preview = preview_run(estate, period, limit=100_000)
    return {
        "period": str(period),
        "dry_run": True,
        "created": preview.bills,
        "amount": _yuan(preview.amount),
        "bills_total": preview.billed + preview.bills,
        "amount_total": _yuan(preview.billed_amount + preview.amount),
        "exceptions": [line.as_dict() for line in preview.exceptions],
        "differences": preview.difference_counts,
    }


def _run(estate: Any, period: Any) -> dict[str, Any]:
    from django.db.models import Count, Sum

    from anju.domains.billing.actions.runs import run_month
    from anju.domains.billing.models import Bill
    from anju.domains.billing.selectors.charges import run_exceptions

    bar_wanted = sys.stderr.isatty()

    def progress(done: int, total: int, _message: str = "") -> None:
        if bar_wanted:
            click.echo(f"\r  {done} / {total}", err=True, nl=done >= total)

    run, outcome = run_month(estate=estate, period=period, by=None, progress=progress)
    standing = Bill.objects.filter(estate=estate, period=period.first, reversed_at=None, late_for=None)
    totals = standing.aggregate(bills=Count("pk"), amount=Sum("amount"))
    return {
        "period": str(period),
        "created": outcome.bills,
        "amount": _yuan(outcome.amount),
        "bills_total": totals["bills"],
        "amount_total": _yuan(totals["amount"] or Decimal(0)),
        "exceptions": [line.as_dict() for line in run_exceptions(run, limit=100_000)],
        "run": run.pk,
    }


def _yuan(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _print(result: dict[str, Any]) -> None:
    from django.utils.translation import gettext as _

    label = _("would be created") if result.get("dry_run") else _("created")
    click.echo(f"{result['period']}  {label}: {result['created']}  {result['amount']}")
    click.echo(f"         {_('in all')}: {result['bills_total']}  {result['amount_total']}")
    for line in result["exceptions"]:
        click.echo(f"  {line['thing']}  {line['item']}: {line['message']}")
