"""One move of an object through its flow: a button, or a form when the move asks for something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from anju.kit.errors import Refusal
from anju.kit.flow import Flow, Transition
from anju.kit.pages import once
from anju.kit.pages.base import Text
from anju.kit.pages.edits import ObjectPage, put_refusal


class FlowPage(ObjectPage):
    """Shows the form of a move and makes the move. Who sees the object and holds the move's own right may come here."""

    template_name = "kit/pages/form.html"
    flow: Flow | None = None
    move: Transition

    def prepare(self) -> None:
        super().prepare()
        if self.flow is None:
            raise Http404
        try:
            self.move = self.flow.transition(self.kwargs["transition"])
        except LookupError:
            raise Http404 from None
        if not self.access.can(self.move.permission):
            raise PermissionDenied(self.move.permission)

    def get_title(self) -> Text:
        return _("%(move)s: %(object)s") % {"move": self.move.label, "object": self.object}

    def get_back_url(self) -> str:
        return self.sibling("detail", pk=self.object.pk) or self.sibling("list")

    def get_form(self) -> Any:
        form = self.move.form or forms.Form
        return form(self.request.POST, self.request.FILES) if self.request.method == "POST" else form()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            return once.answer(request, lambda: self.advance(form))
        except Refusal as refusal:
            if self.move.form is None:
                messages.error(request, str(refusal))
                return HttpResponseRedirect(self.get_back_url())
            put_refusal(form, refusal)
            return self.show(form, status=422)

    def advance(self, form: Any) -> str:
        assert self.flow is not None  # noqa: S101 -- prepare() has answered 404 otherwise
        self.flow.advance(obj=self.object, transition=self.move.name, by=self.access.user, **form.cleaned_data)
        messages.success(self.request, _("Done: %(move)s.") % {"move": self.move.label})
        return self.get_back_url()

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        return self.render(
            status=status, form=form, once=once.token(self.request), cancel_url=self.get_back_url(), intro="",
            submit_label=self.move.label, submit_tone=self.move.tone, object=self.object,
        )  # fmt: skip
