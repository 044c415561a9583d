"""How a business rule says no, and how a text is called malformed."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


class Refusal(Exception):
    """A rule of the product refuses what was asked; nothing has been changed.

    ``code`` is stable and in English for programs; ``message`` is a complete sentence for people (translated);
    ``field`` names the input at fault, if one is. Pages show it at the field, the API answers a problem detail,
    commands exit 1.
    """

    def __init__(self, code: str, message: str | Promise, field: str | None = None, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class Malformed(ValueError):
    """A text cannot be what it is meant to be (a number, a plate, a date).

    ``code`` is stable and in English for programs; ``message`` is a translated sentence that says why and what to do.
    """

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
