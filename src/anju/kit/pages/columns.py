"""Columns of lists: how the kinds of value of this trade are shown, and what of a person is covered.

A module's ``tables.py`` derives from :class:`Table` and declares its columns; everything else (sorting, choice of
columns, export, phone layout) follows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.kit import idcards
from anju.kit.templatetags.anju_ui import tone

MASKS: dict[str, Callable[[str], str]] = {
    "phone": idcards.mask_phone,
    "id": idcards.mask_id,
    "name": idcards.mask_name,
}


class Column(tables.Column):
    """Any value as people here read it: ISO dates, yes and no, headings with a capital."""

    def render(self, value: Any) -> Any:
        return plain(value)

    def value(self, value: Any, **_: Any) -> Any:
        return value


class Table(tables.Table):
    """Base of every list. ``self.page`` is the page that shows it, None in between."""

    page: Any = None

    class Meta:
        default = "—"


class NumberColumn(Column):
    """A figure: right-aligned, as many decimals as it has."""

    def render(self, value: Any) -> Any:
        return f"{value:,}"


class MoneyColumn(NumberColumn):
    """Yuan: right-aligned, two decimals, thousands separators; a number in exports."""

    def render(self, value: Any) -> Any:
        return f"{value:,.2f}"


class AreaColumn(MoneyColumn):
    """Square metres with two decimals."""


class DateColumn(Column):
    """A day as 2026-11-21."""


class MomentColumn(Column):
    """A moment as 2026-11-21 10:30 in local time."""

    def value(self, value: Any, **_: Any) -> Any:
        return plain(value)


class YesNoColumn(Column):
    """A truth value in words, so that it reads the same on paper and to a screen reader."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, empty_values=(None, ""), **kwargs)

    def value(self, value: Any, **_: Any) -> Any:
        return plain(value)


class BadgeColumn(Column):
    """A choice as a badge; its tone (ok, warn, bad, info, brand, muted) follows the value unless ``tones`` says
    otherwise.
    """

    def __init__(self, *args: Any, tones: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tones = tones or {}

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:  # type: ignore[override]
        raw = bound_column.accessor.resolve(record, quiet=True)
        return format_html('<span class="badge" data-tone="{}">{}</span>', self.tones.get(str(raw)) or tone(raw), value)

    def value(self, value: Any, **_: Any) -> Any:
        return value


class LinkColumn(Column):
    """Text that leads to the page of an object.

    ``to`` is an address name taking ``estate`` and ``pk``; ``of`` is the path to the object whose page it is (empty:
    the row itself). The row's own list page needs no such column: rows open by themselves.
    """

    def __init__(self, *args: Any, to: str, of: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.to = to
        self.of = of

    def render(self, value: Any, record: Any, table: Table) -> Any:  # type: ignore[override]
        target = _follow(record, self.of)
        code = getattr(getattr(table.page, "estate", None), "code", None)
        if target is None or code is None:
            return value
        try:
            url = reverse(self.to, kwargs={"estate": code, "pk": target.pk})
        except NoReverseMatch:
            return value
        return format_html('<a href="{}">{}</a>', url, value)

    def value(self, value: Any, **_: Any) -> Any:
        return value


class MaskedColumn(Column):
    """Personal data: covered on lists and in exports, shown in full on demand, which is put on record.

    ``mask`` is a key of :data:`MASKS`. ``reveal`` names the reveal page of the object that ``of`` leads to; it
    defaults to that of the list's own set. ``field`` is the attribute of that object (default: the last part of the
    accessor).
    """

    def __init__(
        self, *args: Any, mask: str = "phone", reveal: str = "", of: str = "", field: str = "", **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.mask = MASKS[mask]
        self.reveal = reveal
        self.of = of
        self.field = field

    def render(self, value: str, record: Any, bound_column: Any, table: Table) -> Any:  # type: ignore[override]
        covered = self.mask(str(value))
        target = _follow(record, self.of)
        field = self.field or str(bound_column.accessor).rsplit("__", 1)[-1]
        url = self._url(table, target) if covered != value else ""
        return masked_html(covered, url, field)

    def _url(self, table: Table, target: Any) -> str:
        page = table.page
        if page is None or target is None:
            return ""
        return page.url(self.reveal, pk=target.pk) if self.reveal else page.sibling("reveal", pk=target.pk)

    def value(self, value: Any, **_: Any) -> Any:
        return self.mask(str(value)) if value else value


def plain(value: Any) -> Any:
    """A value of any kind as text: two decimals and thousands separators, ISO dates, yes and no."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return f"{value:,.2f}" if isinstance(exponent, int) and exponent >= -2 else f"{value.normalize():,f}"
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def masked_html(covered: str, url: str, field: str) -> SafeString:
    """A covered value, with a button that shows it in full when ``url`` is given."""
    if not url:
        return format_html('<span class="a-masked num">{}</span>', covered)
    return format_html(
        '<span class="a-masked num">{} '
        '<button type="button" class="a-icon-btn" hx-post="{}" hx-vals=\'{{"field": "{}"}}\' '
        'hx-target="closest .a-masked" hx-swap="outerHTML" aria-label="{}" title="{}">'
        '<i class="ti ti-eye" aria-hidden="true"></i></button></span>',
        covered,
        url,
        field,
        _("Show in full (is put on record)"),
        _("Show in full (is put on record)"),
    )


def _follow(record: Any, path: str) -> Any:
    target: models.Model | None = record
    for part in filter(None, path.split("__")):
        target = getattr(target, part, None)
    return target
