"""Forms of signing in, and of people and their roles."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts import actions, selectors
from anju.kit.errors import Refusal


class SignInForm(LoginForm):  # type: ignore[misc]
    """Name or phone, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("Sign-in name or mobile phone")
        login.widget = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True})
        self.fields["password"].widget.attrs.pop("placeholder", None)


class _CountedCode:
    """A wrong one-time code counts as a failure of its own kind, with the same limit as a wrong password."""

    def clean_code(self) -> str:
        user = self.user  # type: ignore[attr-defined]
        key = selectors.code_key(user)
        address = context.request.META.get("REMOTE_ADDR")
        try:
            actions.count_attempt(key=key, address=address, by=None)
            code: str = super().clean_code()  # type: ignore[misc]
        except Refusal as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        except ValidationError:
            refusal_now = actions.note_failure(key=key, user=user, by=None)
            if refusal_now is not None:
                raise ValidationError(str(refusal_now), code=refusal_now.code) from None
            raise
        actions.forget_failures(key=key, by=None)
        return code


class CodeForm(_CountedCode, AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""


class CodeAgainForm(_CountedCode, ReauthenticateForm):  # type: ignore[misc]
    """The second factor again, before something delicate."""
