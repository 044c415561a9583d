"""Forms of signing in, and of people and their roles."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts import actions, permissions, rules, selectors
from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.models import Organisation, User
from anju.kit.errors import Refusal
from anju.kit.pages.forms import DateInput


class SignInForm(LoginForm):
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


class CodeForm(_CountedCode, AuthenticateForm):
    """The second factor at sign-in."""


class CodeAgainForm(_CountedCode, ReauthenticateForm):
    """The second factor again, before something delicate."""


class PersonForm(forms.Form):
    """What can be changed of a person who signs in."""

    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(
        label=_("Mobile phone"), max_length=20, required=False, help_text=_("Signing in works with it as well.")
    )
    email = forms.EmailField(label=_("E-mail"), required=False)


class RoleField(forms.ChoiceField):
    """One of the roles; the page narrows the choice to those that the person before it may give."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Role"), choices=Role.choices, **kwargs)


class NewPasswordField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Password"),
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=_("At least 8 characters, three of: small letters, capital letters, digits, others."),
            strip=False,
            max_length=128,
            **kwargs,
        )


class OrganisationField(forms.ModelChoiceField):
    """One of the organisations for which the person before the page may give roles; the page names them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Organisation.objects.none(), label=_("Organisation"), required=False, empty_label=None, **kwargs
        )


class NewPersonForm(PersonForm):
    """Somebody new, with the first password and a role in the estate."""

    username = forms.CharField(label=_("Sign-in name"), max_length=40)
    organisation = OrganisationField()
    role = RoleField()
    password = NewPasswordField()
    field_order = ("username", "name", "phone", "email", "organisation", "role", "password")


class GiveRoleForm(forms.Form):
    """A role for somebody who can already sign in."""

    login = forms.CharField(label=_("Sign-in name or mobile phone"), max_length=40)
    organisation = OrganisationField()
    role = RoleField()
    since = forms.DateField(label=_("Since"), required=False, widget=DateInput(), help_text=_("Today if left empty."))


class CodeField(forms.CharField):
    """The code of a new organisation."""

    def __init__(self, **kwargs: Any) -> None:
        hint = _("Short and unlike any other; it can't be changed later.")
        super().__init__(label=_("Code"), max_length=30, help_text=hint, **kwargs)


class NewOrganisationForm(forms.Form):
    """A committee, supplier or developer that has to do with the estate."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("choose")), *((kind.value, kind.label) for kind in rules.KEPT_KINDS)]
    )
    code = CodeField()
    name = forms.CharField(label=_("Organisation's name"), max_length=100)


class OfficeForm(forms.Form):
    """A street below a district or a community below a street; the page names what it may stand below."""

    parent = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("belongs to"),
        help_text=_("Below a district stand streets, below a street communities."),
    )
    code = CodeField()
    name = forms.CharField(label=_("Organisation's name"), max_length=100)


class OrganisationForm(forms.Form):
    """What can be changed of an organisation."""

    name = forms.CharField(label=_("Organisation's name"), max_length=100)


class EndRoleForm(forms.Form):
    until = forms.DateField(
        label=_("First day without the role"), required=False, widget=DateInput(), help_text=_("Today if left empty.")
    )


class PasswordForm(forms.Form):
    password = NewPasswordField()


class TokenForm(forms.Form):
    """Access of another application to the API, in the estate of the page."""

    name = forms.CharField(label=_("Application"), max_length=80)
    owner = forms.CharField(
        label=_("Acts for"), max_length=40, help_text=_("Sign-in name of the person in whose name it acts.")
    )
    rights = forms.MultipleChoiceField(label=_("Rights"), widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(
        label=_("Valid for (days)"), min_value=1, max_value=3650, required=False, help_text=_("Empty: without end.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rights: Any = self.fields["rights"]
        rights.choices = [(known.code, known.label) for known in permissions.all_permissions()]

    def clean_owner(self) -> User:
        owner = selectors.user_by_login(self.cleaned_data["owner"])
        if owner is None:
            raise ValidationError(_("Nobody signs in with this name or phone."))
        return owner
