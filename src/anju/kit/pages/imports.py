"""Importing workbooks: upload, a preview of what would be created, changed and refused, confirmation, progress, result.

The pages know nothing of what is imported. A module gives them a :class:`SheetImporter` and the model of its batches,
whose rows carry ``name``, ``state`` (uploaded, checked, applied, failed), ``result``, ``job`` and ``created_at``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.kit.errors import Refusal
from anju.kit.pages import once
from anju.kit.pages.base import Page, Text
from anju.kit.pages.columns import BadgeColumn, Column, MomentColumn, Table
from anju.kit.pages.details import DetailPage
from anju.kit.pages.edits import CreatePage, ObjectPage
from anju.kit.pages.export import CONTENT_TYPE
from anju.kit.pages.sets import PageSet

SHOWN_PROBLEMS = 200
STEPS = (gettext_lazy("Upload"), gettext_lazy("Preview"), gettext_lazy("Result"))


class SheetImporter(Protocol):
    """What a module must be able to do with a workbook.

    ``result`` of a batch is ``{"created": {kind: n}, "changed": {…}, "unchanged": {…}, "problems": [{"sheet", "row",
    "column", "value", "message"}, …]}``; after the check it says what would happen, after the import what has happened.
    """

    kinds: dict[str, Text]
    """The kinds of row, as people call them, in the order of the preview."""

    layouts: Sequence[tuple[str, Text]]
    """(key, label) of the layouts that can be uploaded."""

    def has_template(self, layout: str) -> bool:
        """Whether :meth:`template` gives a workbook of that layout; layouts of other programs have none."""

    def template(self, layout: str) -> bytes:
        """An empty workbook of that layout, with its explanations."""

    def receive(self, *, estate: Any, layout: str, file: Any, by: Any) -> Any:
        """Keep the file as a batch and start the job that checks it; raises Refusal when it isn't a workbook at all."""

    def apply(self, *, batch: Any, good_rows_only: bool, by: Any) -> Any:
        """Start the job that imports the checked batch; raises Refusal when that is not (or no longer) possible."""

    def refused(self, batch: Any) -> bytes:
        """The refused rows as a workbook, each with what is wrong."""


class BatchTable(Table):
    """Past imports."""

    name = Column(verbose_name=gettext_lazy("file name"), orderable=False)
    state = BadgeColumn(
        verbose_name=gettext_lazy("state"),
        orderable=False,
        tones={"uploaded": "info", "checked": "warn", "applied": "ok", "failed": "bad"},
    )
    created_at = MomentColumn(verbose_name=gettext_lazy("uploaded"), order_by=("pk",))


class UploadForm(forms.Form):
    layout = forms.ChoiceField(label=gettext_lazy("Layout"))
    file = forms.FileField(
        label=gettext_lazy("Workbook"),
        help_text=gettext_lazy("Excel (.xlsx, .xls) or CSV. Nothing is changed before you have seen the preview."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsm,.csv"}),
    )


class UploadPage(CreatePage):
    """Takes a workbook; the preview follows on the batch's own page."""

    template_name = "kit/pages/upload.html"
    title = gettext_lazy("Upload a workbook")
    form = UploadForm
    submit_label = gettext_lazy("Upload and check")
    success = gettext_lazy("The workbook has been received and is being checked.")
    importer: Any = None

    def get_form(self) -> Any:
        form = super().get_form()
        form.fields["layout"].choices = self.importer.layouts
        return form

    def perform(self, form: Any) -> Any:
        try:
            return self.importer.receive(estate=self.estate, by=self.access.user, **form.cleaned_data)
        except Refusal as refusal:
            refusal.field = refusal.field or "file"  # there is nothing else here to correct
            raise

    def get_context(self, **extra: Any) -> dict[str, Any]:
        templates = [
            (label, self.sibling("template", layout=key))
            for key, label in self.importer.layouts
            if self.importer.has_template(key)
        ]
        return super().get_context(templates=templates, steps=STEPS, **extra)


class BatchPage(DetailPage):
    """One import: progress while it is worked on, else the preview or the result."""

    template_name = "kit/pages/batch.html"
    importer: Any = None
    history = False

    def get_title(self) -> Text:
        return str(self.object.name)

    def get_detail(self) -> dict[str, Any]:
        batch = self.object
        result = batch.result or {}
        problems = result.get("problems", [])
        kinds = self.importer.kinds
        counts = [
            (label, *(result.get(column, {}).get(kind, 0) for column in ("created", "changed", "unchanged")))
            for kind, label in kinds.items()
            if any(kind in result.get(column, {}) for column in ("created", "changed", "unchanged"))
        ]
        return super().get_detail() | {
            "batch": batch,
            "steps": STEPS,
            "step": 3 if batch.state == "applied" else 2,
            "busy": batch.job is not None and not batch.job.is_over,
            "job": batch.job,
            "mine": True,
            "counts": counts,
            "problems": problems[:SHOWN_PROBLEMS],
            "number_of_problems": len(problems),
            "something_to_do": any(created or changed for _label, created, changed, _same in counts),
            "confirm_url": self.sibling("confirm", pk=batch.pk),
            "refused_url": self.sibling("refused", pk=batch.pk),
            "again_url": self.sibling("create"),
            "once": once.token(self.request),
        }


class ConfirmPage(ObjectPage):
    """Starts the import of a checked batch."""

    http_method_names = ["post"]
    importer: Any = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        back = self.sibling("detail", pk=self.object.pk)

        def apply() -> str:
            good_rows_only = request.POST.get("rows") == "good"
            self.importer.apply(batch=self.object, good_rows_only=good_rows_only, by=self.access.user)
            return back

        try:
            return once.answer(request, apply)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(back)


class RefusedPage(ObjectPage):
    """The refused rows as a workbook to correct and upload again."""

    importer: Any = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _workbook(self.importer.refused(self.object), _("Refused rows"))


class TemplatePage(Page):
    """An empty workbook to fill in."""

    importer: Any = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        labels = dict(self.importer.layouts)
        layout = kwargs["layout"]
        if layout not in labels or not self.importer.has_template(layout):
            raise Http404
        return _workbook(self.importer.template(layout), str(labels[layout]))


class ImportSet(PageSet):
    """Pages of the imports of one module: past ones, upload, preview and confirmation, downloads.

    Declares ``model`` (the batches), ``rows``, ``importer``, ``title`` and the two rights.
    """

    importer: ClassVar[SheetImporter]
    path: ClassVar[str] = "imports"
    name: ClassVar[str] = "import"
    ordering: ClassVar[Sequence[str]] = ("-pk",)
    icon: ClassVar[str] = "file-import"
    table: ClassVar[type[Table]] = BatchTable
    empty_text: ClassVar[Text] = gettext_lazy("Upload a workbook. You see what it would change before it does.")
    detail_page = BatchPage
    create_page = UploadPage

    @classmethod
    def creates(cls) -> bool:
        return True

    @classmethod
    def urls(cls) -> list[URLPattern]:
        base, name, change = cls.get_path(), cls.get_name(), cls.change_permission
        upload = cls._view(cls.create_page, change, "importer")
        pages: tuple[tuple[str, Callable[..., HttpResponse], str], ...] = (
            ("new/", upload, "create"),
            ("template/<slug:layout>/", cls._view(TemplatePage, cls.view_permission, "importer"), "template"),
            ("<int:pk>/", cls._view(cls.detail_page, cls.view_permission, "importer"), "detail"),
            ("<int:pk>/confirm/", cls._view(ConfirmPage, change, "importer"), "confirm"),
            ("<int:pk>/refused/", cls._view(RefusedPage, cls.view_permission, "importer"), "refused"),
        )
        listing = [pattern for pattern in super().urls() if pattern.name == f"{name}_list"]
        return listing + [path(f"{base}/{route}", view, name=f"{name}_{suffix}") for route, view, suffix in pages]


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or ""
    return response
