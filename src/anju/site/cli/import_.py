"""``anju import``"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


@click.group()
def command() -> None:
    """Bring a workbook into the register of an estate."""


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.argument("file", type=click.Path(exists=True, dir_okay=False)),
            click.option("--estate", "code", required=True, metavar="CODE", help="Code of the estate."),
            click.option("--dry-run", is_flag=True, help="Only say what would happen."),
            click.option("--good-rows", is_flag=True, help="Import the good rows of a file that has errors."),
            click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
        )
    ):
        function = option(function)
    return function


@command.command()
@_options
def register(file: str, code: str, dry_run: bool, good_rows: bool, as_json: bool) -> None:
    """Import our own workbook (its template can be downloaded from the import page)."""
    _run("register", file, _estate(code), dry_run=dry_run, good_rows=good_rows, as_json=as_json)


@command.command()
@_options
@click.option("--name", default="", help="Name of a new estate; its code unless given.")
@click.option(
    "--company", default="", metavar="CODE", help="Property company of a new estate; the only one if omitted."
)
def hc(file: str, code: str, dry_run: bool, good_rows: bool, as_json: bool, name: str, company: str) -> None:
    """Import a take-over workbook of HC小区; the estate is created when it does not exist."""
    from django.db import transaction
    from django.utils.translation import gettext as _

    from anju.foundation.registry.actions import create_estate
    from anju.foundation.registry.models import Estate

    with transaction.atomic():
        estate = Estate.objects.filter(code=code).first() or create_estate(
            code=code, name=name or code, company=_company(company), by=None
        )
        applied = _run("hc", file, estate, dry_run=dry_run, good_rows=good_rows, as_json=as_json, leave=False)
        # A new estate must not outlive an import that came to nothing.
        transaction.set_rollback(dry_run or not applied)
    if not applied:
        sys.exit(1)
    if estate.company_id is None and not dry_run:
        hint = _(
            "No property company runs this estate yet, so nobody sees it in the console. Choose one in its settings."
        )
        click.echo(hint, err=True)


def _estate(code: str) -> Any:
    from django.utils.translation import gettext as _

    from anju.foundation.registry.models import Estate
    from anju.kit.errors import Refusal

    estate = Estate.objects.filter(code=code).first()
    if estate is None:
        raise Refusal("unknown_estate", _("There is no estate with the code “%(code)s”.") % {"code": code})
    return estate


def _company(code: str) -> Any:
    """The company named, else the only one there is: without a company, nobody could see the new estate."""
    from django.utils.translation import gettext as _

    from anju.foundation.accounts.enums import OrganisationKind
    from anju.foundation.accounts.models import Organisation
    from anju.kit.errors import Refusal

    companies = Organisation.objects.filter(kind=OrganisationKind.PROPERTY_COMPANY)
    if code:
        company = companies.filter(code=code).first()
        if company is None:
            raise Refusal(
                "unknown_company", _("There is no property company with the code “%(code)s”.") % {"code": code}
            )
        return company
    return companies.first() if companies.count() == 1 else None


def _run(
    layout: str, file: str, estate: Any, *, dry_run: bool, good_rows: bool, as_json: bool, leave: bool = True
) -> bool:
    from django_scopes import scope

    from anju.foundation.registry.actions.imports import import_workbook, refused_whole
    from anju.kit.errors import Refusal

    try:
        with scope(estate=estate.pk):
            report = import_workbook(
                estate=estate, source=file, layout=layout, good_rows=good_rows, dry_run=dry_run, by=None
            )
    except Refusal as refusal:
        # A file that cannot be read at all is reported as its rows are, so that programs need only one way to look.
        report = refused_whole(refusal, Path(file).name)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _print(report, dry_run=dry_run)
    if leave and not report.applied:
        sys.exit(1)
    return report.applied


def _print(report: Any, *, dry_run: bool) -> None:
    from django.utils.translation import gettext as _

    from anju.foundation.registry.imports.workbooks import KINDS

    for said in report.unread:
        click.echo(f"· {said}", err=True)
    for mark, problems in (("✗", report.errors), ("!", report.warnings)):
        for problem in problems:
            message = str(problem.message)
            if problem.value and not re.search(rf"(?<![\w.-]){re.escape(problem.value)}(?![\w.-])", message):
                message += _(" It says “%(value)s”.") % {"value": problem.value}
            click.echo(f"{mark} {message} [{problem.code}]", err=True)
    for kind, label in KINDS.items():
        if kind in report.created:
            numbers = {what: getattr(report, what).get(kind, 0) for what in ("created", "changed", "unchanged")}
            line = _("%(created)s created, %(changed)s changed, %(unchanged)s unchanged") % numbers
            click.echo(f"  {label}: {line}")
    if not report.applied:
        click.echo(_("Nothing was imported. Correct the file, or import its good rows with --good-rows."), err=True)
    elif dry_run:
        click.echo(_("Dry run: nothing was changed."))
