"""Filters of lists. A module's ``filters.py`` derives from :class:`Filters`; choices of objects come from scoped
selectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_filters.filterset import FilterSetMetaclass
from django_scopes import scopes_disabled


class _FiltersMetaclass(FilterSetMetaclass):
    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        # The library looks at fields through an (unevaluated) query when the class is made, where no scope can be.
        with scopes_disabled():
            return super().__new__(mcs, name, bases, attrs)


class Filters(django_filters.FilterSet, metaclass=_FiltersMetaclass):
    """Base of every filter bar."""

    @classmethod
    def filter_for_field(cls, field: Any, field_name: str, lookup_expr: str | None = None) -> Any:
        """A filter made from a model field; objects to choose from are always asked for in the request's scope."""
        if isinstance(field, models.ForeignKey):
            manager = field.remote_field.model._default_manager
            return ObjectFilter(field_name=field_name, rows=lambda: manager.all(), label=capfirst(field.verbose_name))
        if isinstance(field, models.BooleanField):
            return YesNoFilter(field_name=field_name, label=capfirst(field.verbose_name))
        made = super().filter_for_field(field, field_name, lookup_expr)
        if isinstance(made, django_filters.ChoiceFilter):
            made.extra["empty_label"] = _("all")
        return made

    def active(self) -> list[tuple[str, Any, Any]]:
        """(name, label, value) of each filter that narrows the list now."""
        cleaned = getattr(self.form, "cleaned_data", {})
        return [
            (name, field.label, cleaned[name])
            for name, field in self.form.fields.items()
            if cleaned.get(name) not in (None, "", [], ()) and not _is_empty(cleaned[name])
        ]


def _is_empty(value: Any) -> bool:
    if isinstance(value, slice):
        return value.start is None and value.stop is None
    return isinstance(value, models.QuerySet) and not value


class ChoiceFilter(django_filters.ChoiceFilter):
    """Choice of one of a few values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"empty_label": _("all")} | kwargs))


class _Objects(django_filters.fields.ModelChoiceIterator):
    """The objects by one statement; the library's own takes a cursor in the database, with three."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for one in self.queryset.all():
            yield self.choice(one)


class _ObjectField(django_filters.fields.ModelChoiceField):
    iterator = _Objects


class ObjectFilter(django_filters.ModelChoiceFilter):
    """Choice of one object; ``rows`` is a selector, asked anew (and so in scope) for each request."""

    field_class = _ObjectField

    def __init__(self, *args: Any, rows: Callable[[], models.QuerySet[Any]], **kwargs: Any) -> None:
        super().__init__(*args, queryset=lambda _request: rows(), **({"empty_label": _("all")} | kwargs))


class YesNoFilter(django_filters.BooleanFilter):
    """Yes, no, or all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = forms.Select(choices=(("", _("all")), ("true", _("yes")), ("false", _("no"))))
        super().__init__(*args, **({"widget": widget} | kwargs))


class DateFromToFilter(django_filters.DateFromToRangeFilter):
    """Days from … to, both included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = django_filters.widgets.DateRangeWidget(attrs={"type": "date"})
        # One heading stands above both fields; a screen reader needs a name for each.
        for part, name in zip(widget.widgets, (_("from this day"), _("until this day")), strict=True):
            part.attrs = {**part.attrs, "aria-label": name}
        super().__init__(*args, **({"widget": widget} | kwargs))


MultipleChoiceFilter = django_filters.MultipleChoiceFilter
RangeFilter = django_filters.RangeFilter
TextFilter = django_filters.CharFilter
