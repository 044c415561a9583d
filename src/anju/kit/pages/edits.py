"""Forms that call one action: create, edit, delete and whatever else is asked of an object."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from anju.kit.errors import Refusal
from anju.kit.pages import once
from anju.kit.pages.base import Crumb, Page, Text


class ObjectPage(Page):
    """A page about one object of a scoped selector; another estate's object is a 404."""

    object: Any = None

    def get_rows(self) -> models.QuerySet[Any]:
        if self.rows is None:
            raise NotImplementedError(f"{type(self).__name__} needs rows")
        return self.rows()

    def prepare(self) -> None:
        self.object = self.get_rows().filter(pk=self.kwargs["pk"]).first()
        if self.object is None:
            raise Http404

    def get_title(self) -> Text:
        return self.title or str(self.object)

    def get_breadcrumbs(self) -> list[Crumb]:
        crumbs = []
        if self.pages:
            crumbs.append(Crumb(self.pages.title, self.sibling("list")))
            detail = self.sibling("detail", pk=self.object.pk)
            if detail and self.request.path != detail:
                crumbs.append(Crumb(str(self.object), detail))
        return crumbs


class ActionPage(Page):
    """A form whose valid data goes to one action.

    ``action`` is called with the form's data, :meth:`get_arguments` and ``by``. A Refusal it raises is shown at the
    field it names, or above the form; what was typed is kept. Sending the same form twice does the thing once.
    """

    template_name = "kit/pages/form.html"
    form: Any = forms.Form
    action: Callable[..., Any] | None = None
    success: Text = ""
    submit_label: Text = ""
    submit_tone: str = "primary"
    intro: Text = ""
    object: Any = None
    object_argument: str = ""

    def get_form(self) -> Any:
        return self.form(**self.get_form_arguments())

    def get_form_arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {"initial": self.get_initial()}
        if self.request.method == "POST":
            arguments |= {"data": self.request.POST, "files": self.request.FILES}
        if issubclass(self.form, forms.BaseModelForm):
            arguments["instance"] = self.get_instance()
        return arguments

    def get_instance(self) -> Any:
        """What a model form validates against; never the object that the action gets, which stays as it was read."""
        model = self.form._meta.model
        if isinstance(self.object, model):
            return copy.copy(self.object)
        instance = model()
        if self.estate is not None and any(field.name == "estate" for field in model._meta.fields):
            instance.estate = self.estate
        return instance

    def get_initial(self) -> dict[str, Any]:
        """First values of the form; the address may bring some along (``?building=3``)."""
        return {
            name: value for name, value in self.request.GET.items() if name in getattr(self.form, "base_fields", {})
        }

    def get_arguments(self) -> dict[str, Any]:
        """What the action is told besides the form's data and ``by``."""
        return {"estate": self.estate} if self.estate is not None else {}

    def perform(self, form: Any) -> Any:
        if self.action is None:
            raise NotImplementedError(f"{type(self).__name__} needs an action")
        return self.action(**(self.get_arguments() | form.cleaned_data), by=self.access.user)

    def get_success_url(self, result: Any) -> str:
        if isinstance(result, models.Model) and self.pages and isinstance(result, self.pages.model):
            return self.sibling("detail", pk=result.pk) or self.sibling("list")
        return self.sibling("list") or self.request.path

    def get_success_message(self, result: Any) -> str:
        return str(self.success or _("Saved."))

    def get_cancel_url(self) -> str:
        return self.sibling("list")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if not form.is_valid():
            return once.earlier(request) or self.show(form, status=422)
        try:
            return once.answer(request, lambda: self.finish(self.perform(form)))
        except Refusal as refusal:
            put_refusal(form, refusal)
        except IntegrityError as error:
            if not put_conflict(form, error):
                raise
        return self.show(form, status=422)

    def finish(self, result: Any) -> str:
        """After the action: tell the person, and say where to go."""
        message = self.get_success_message(result)
        if message:
            messages.success(self.request, message)
        return self.get_success_url(result)

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        return self.render(
            status=status,
            form=form,
            once=once.token(self.request),
            cancel_url=self.get_cancel_url(),
            submit_label=self.submit_label or _("Save"),
            submit_tone=self.submit_tone,
            intro=self.intro,
            object=self.object,
        )


class CreatePage(ActionPage):
    """A form that makes a new object: ``action(estate=…, **data, by=…)`` returns it."""

    def get_title(self) -> Text:
        if self.title:
            return self.title
        model = self.pages.model if self.pages else self.form._meta.model
        return _("New: %(kind)s") % {"kind": model._meta.verbose_name}

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(self.pages.title, self.sibling("list"))] if self.pages else []


class ObjectActionPage(ObjectPage, ActionPage):
    """A form about one object: ``action(<object>=…, **data, by=…)``.

    The object's argument is named after its model ("unit") unless ``object_argument`` says otherwise.
    """

    def get_arguments(self) -> dict[str, Any]:
        return {self.object_argument or self.object._meta.model_name: self.object}

    def get_cancel_url(self) -> str:
        return self.sibling("detail", pk=self.object.pk) or self.sibling("list")

    def get_success_url(self, result: Any) -> str:
        return self.sibling("detail", pk=self.object.pk) or self.sibling("list")


class EditPage(ObjectActionPage):
    """A form that changes an object."""

    def get_title(self) -> Text:
        return self.title or _("Edit: %(object)s") % {"object": self.object}


class DeletePage(ObjectActionPage):
    """Asks before it calls an action that removes an object; only for models whose actions offer that."""

    submit_tone = "danger"

    def get_title(self) -> Text:
        return self.title or _("Delete: %(object)s") % {"object": self.object}

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        self.submit_label = self.submit_label or _("Delete")
        self.intro = self.intro or _("This can't be undone. It stays on record that it existed and who deleted it.")
        return super().show(form, status)

    def get_success_url(self, result: Any) -> str:
        return self.sibling("list")

    def get_success_message(self, result: Any) -> str:
        return str(self.success or _("Deleted."))


def put_refusal(form: Any, refusal: Refusal) -> None:
    """Show a refusal at the field it is about, or above the form."""
    error = ValidationError(str(refusal), code=refusal.code)
    form.add_error(refusal.field if refusal.field in form.fields else None, error)


def put_conflict(form: Any, error: IntegrityError) -> bool:
    """Show a breach of a uniqueness rule as an error of the form; False for any other breach, which is a fault of
    ours.
    """
    cause = error.__cause__
    if getattr(cause, "sqlstate", "") != "23505":
        return False
    name = getattr(getattr(cause, "diag", None), "constraint_name", "") or ""
    model = getattr(getattr(form, "_meta", None), "model", None)
    constraint = next((rule for rule in model._meta.constraints if rule.name == name), None) if model else None
    columns = [field for field in getattr(constraint, "fields", ()) if field in form.fields]
    field = columns[-1] if columns else None
    label = capfirst(str(form.fields[field].label)) if field else ""
    if label:
        form.add_error(field, _("%(field)s: this value is already in use here.") % {"field": label})
    else:
        form.add_error(None, _("Something like this exists already; nothing was saved."))
    return True
