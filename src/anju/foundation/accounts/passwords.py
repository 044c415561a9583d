"""The rules of passwords that Django does not have so: three of four classes of characters (rule book 7)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CLASSES = 3


def classes_in(password: str) -> int:
    """How many of the four classes (small letters, capitals, digits, anything else) the password uses."""
    return sum(
        (
            any("a" <= letter <= "z" for letter in password),
            any("A" <= letter <= "Z" for letter in password),
            any("0" <= letter <= "9" for letter in password),
            any(not (letter.isascii() and letter.isalnum()) for letter in password),
        )
    )


class LengthValidator(MinimumLengthValidator):
    """Refuses in the words of its help, for those of Django's refusal are not in its Chinese catalogue."""

    def get_error_message(self) -> str:
        return str(self.get_help_text())


class ThreeClassesValidator:
    """At least three of the four classes of characters."""

    def validate(self, password: str, user: Any = None) -> None:
        if classes_in(password) < CLASSES:
            raise ValidationError(self.get_help_text(), code="password_too_simple")

    def get_help_text(self) -> str:
        return _("Use at least three of these: small letters, capital letters, digits, other characters.")
