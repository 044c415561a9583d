"""``anju audit``"""

from __future__ import annotations

import json
import sys
from typing import Any

import click


@click.command()
@click.option("--estate", "code", help="Check one estate only, by its code.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def command(code: str | None, as_json: bool) -> None:
    """Prove that the books are right; exit 1 with the first difference where they are not."""
    from django.utils.translation import gettext as _

    from anju.engines.ledger import checks
    from anju.foundation.registry.models import Estate
    from anju.kit.errors import Refusal

    estate_ids = None
    if code is not None:
        estate = Estate.objects.filter(code=code).first()
        if estate is None:
            raise Refusal("no_such_estate", _("There is no estate with the code “%(code)s”.") % {"code": code})
        estate_ids = [estate.pk]
    report = checks.run(estate_ids)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        _print(report)
    sys.exit(0 if report["ok"] else 1)


def _print(report: dict[str, Any]) -> None:
    for check in report["checks"]:
        mark = "✗" if check["differences"] else "✓"
        click.echo(f"  {mark} {check['name']:<20} {check['checked']:>10,}  {len(check['differences'])}")
    first = report["first_difference"]
    if first is not None:
        click.echo(f"{first['check']} {first['estate']}: {first['message']}", err=True)
