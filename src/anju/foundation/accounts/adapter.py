"""How allauth signs people in here: by name or phone, with the lockout of rule book 7, without sign-up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts import actions, selectors
from anju.foundation.accounts.access import user_by_key
from anju.foundation.accounts.models import User
from anju.kit.errors import Refusal


class NameOrPhoneBackend(AuthenticationBackend):
    """allauth's backend, for which the "username" may be the mobile phone as well."""

    def get_user(self, user_id: int) -> User | None:
        user = user_by_key(user_id)
        return user if self.user_can_authenticate(user) else None

    def _authenticate_by_username(self, username: str, password: str) -> Any:
        return self._check_password(selectors.user_by_login(username), password)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The name (or phone) and the password do not match.")
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by those who manage them."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The user with these credentials or None; raises ValidationError while the name is locked."""
        key = selectors.sign_in_key(credentials.get("username", ""))
        try:
            actions.count_attempt(key=key, address=self.get_client_ip(request), by=None)
        except Refusal as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        user = super().authenticate(request, **credentials)
        if user is not None:
            actions.forget_failures(key=key, by=None)
            return user
        known = selectors.user_by_login(credentials.get("username", ""))
        lock = actions.note_failure(key=key, user=known, by=None)
        if lock is not None:
            raise ValidationError(str(lock), code=lock.code)
        return None

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **more: Any
    ) -> None:
        """As allauth says it, but for the greeting: the page itself shows that one has signed in, and as whom."""
        if message_template != "account/messages/logged_in.txt":
            super().add_message(request, level, message_template, *args, **more)

    def set_password(self, user: User, password: str) -> None:
        actions.set_password(user=user, password=password, by=user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Bring the person's language along to this device."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if user.language in dict(settings.LANGUAGES):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, user.language, max_age=settings.LANGUAGE_COOKIE_AGE, samesite="Lax"
            )
        return response
