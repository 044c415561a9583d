"""Paper: PDF documents in Chinese from Typst templates.

A module keeps its templates in a folder ``printing`` beside its code, as ``receipt.typ``, and prints them with
``render_pdf("billing/receipt.typ", context)``. Data reach a template as JSON, never as text pasted into its code, so
that nothing a person types can change the document. ``lib.typ`` beside this file holds the shared look.
"""

from anju.kit.printing.documents import TemplateMissingError, render_pdf, render_png
from anju.kit.printing.qr import qr_svg

__all__ = ["TemplateMissingError", "qr_svg", "render_pdf", "render_png"]
