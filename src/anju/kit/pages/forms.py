"""Forms for actions: validation of what people type; the action does the work.

``ModelActionForm`` takes labels, choices and constraints from the model and never saves. Choices of objects are asked
for in the scope of each request; for tables that grow with the estate use :class:`LookupField`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import ModelFormMetaclass
from django.utils.translation import gettext_lazy as _


def scoped_formfield(field: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
    """The form field of a model field; objects to choose from are those in scope when the form is shown."""
    if isinstance(field, models.ForeignKey) and "queryset" not in kwargs:
        kwargs["queryset"] = field.remote_field.model._default_manager.none()
        kwargs.setdefault("form_class", ScopedChoiceField)
    elif isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        kwargs.setdefault("widget", DateInput())
    elif isinstance(field, models.DecimalField) and not field.choices:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
    return field.formfield(**kwargs)


class DateInput(forms.DateInput):
    """The browser's own calendar; the value travels as ISO whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ScopedChoiceField(forms.ModelChoiceField):
    """Choice of one object among those in scope; ``rows`` is a selector, by default all of the model."""

    def __init__(
        self, queryset: Any = None, *, rows: Callable[[], models.QuerySet[Any]] | None = None, **kw: Any
    ) -> None:
        self.rows = rows
        super().__init__(queryset, **kw)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        # Happens whenever a form is made, that is, within the scope of a request.
        field = super().__deepcopy__(memo)
        if self.rows is not None:
            field.queryset = self.rows()
        elif self.queryset is not None:
            field.queryset = self.queryset.model._default_manager.all()
        return field


class LookupField(forms.CharField):
    """An object named by what people write on its door: a room, a plate, a reference.

    ``rows`` is a scoped selector, ``by`` the unique column. Cleans to the object.
    """

    default_error_messages = {"unknown": _("“%(value)s” is not known in this estate. Check the spelling.")}

    def __init__(self, *, rows: Callable[[], models.QuerySet[Any]], by: str = "code", **kwargs: Any) -> None:
        self.rows = rows
        self.by = by
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, models.Model):
            return getattr(value, self.by)
        if isinstance(value, int):
            return self.rows().filter(pk=value).values_list(self.by, flat=True).first()
        return value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = list(self.rows().filter(**{f"{self.by}__iexact": text})[:2])
        if len(found) != 1:
            raise ValidationError(self.error_messages["unknown"], code="unknown", params={"value": text})
        return found[0]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class _ActionFormMetaclass(ModelFormMetaclass):
    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        meta = attrs.get("Meta")
        if meta is not None and not hasattr(meta, "formfield_callback"):
            meta.formfield_callback = staticmethod(scoped_formfield)
        return super().__new__(mcs, name, bases, attrs)


class ModelActionForm(forms.ModelForm, metaclass=_ActionFormMetaclass):
    """A model form that validates for an action. The estate takes part in uniqueness checks though it isn't a field."""

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"estate"}  # type: ignore[misc]

    def save(self, commit: bool = True) -> Any:
        raise TypeError("only actions write: pass cleaned_data to one")
