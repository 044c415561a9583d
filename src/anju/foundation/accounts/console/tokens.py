"""Pages of API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.accounts import actions, filters, permissions, selectors, tables
from anju.foundation.accounts.console.base import OfEstates
from anju.foundation.accounts.forms import TokenForm
from anju.foundation.accounts.models import ApiToken
from anju.kit import clock
from anju.kit.pages.base import PageAction
from anju.kit.pages.details import DetailPage, Field, Section
from anju.kit.pages.edits import CreatePage, ObjectActionPage
from anju.kit.pages.lists import ListPage
from anju.kit.pages.sets import PageSet


class TokenList(OfEstates, ListPage): ...


class TokenDetail(OfEstates, DetailPage): ...


class TokenCreate(OfEstates, CreatePage):
    title = gettext_lazy("New token")
    intro = gettext_lazy("The secret is shown once, after saving; a lost one is replaced by a new token.")
    form = TokenForm

    def perform(self, form: Any) -> ApiToken:
        data = form.cleaned_data
        token, secret = actions.create_token(
            name=data["name"],
            owner=data["owner"],
            estates=[self.estate],
            rights=data["rights"],
            expires_at=clock.now() + timedelta(days=data["days"]) if data["days"] else None,
            by=self.access.user,
        )
        messages.warning(self.request, _("Copy the secret now: %(secret)s") % {"secret": secret})
        return token


class RevokeToken(OfEstates, ObjectActionPage):
    title = gettext_lazy("Revoke")
    intro = gettext_lazy("Requests with this token are refused from now on. This can't be undone.")
    form = forms.Form
    submit_tone = "danger"
    submit_label = gettext_lazy("Revoke")


def _estates(token: ApiToken) -> str:
    return "、".join(str(estate) for estate in token.estates.all())


class TokenPages(PageSet):
    model = ApiToken
    name, path = "token", "tokens"
    title, icon = gettext_lazy("API tokens"), "plug"
    subtitle = gettext_lazy("Other software that may use this estate's data.")
    view_permission = change_permission = permissions.MANAGE_TOKENS
    rows = selectors.tokens
    table, filters = tables.TokenTable, filters.TokenFilters
    search = ("name", "owner__name")
    ordering = ("name", "pk")
    sections = (
        Section(
            gettext_lazy("Token"),
            (
                "name",
                Field("owner", link="accounts:person_detail"),
                Field(_estates, gettext_lazy("Estates")),
                Field(lambda token: ", ".join(token.permissions), gettext_lazy("Rights"), wide=True),
                "expires_at",
                Field("last_used_at", gettext_lazy("Last used")),
                Field("revoked_at", gettext_lazy("Revoked")),
            ),
        ),
    )
    detail_actions = (
        PageAction(gettext_lazy("Revoke"), "token_revoke", permissions.MANAGE_TOKENS, icon="ban", with_object=True),
    )
    form, create = TokenForm, actions.create_token
    list_page, detail_page, create_page = TokenList, TokenDetail, TokenCreate

    @classmethod
    def urls(cls) -> list[URLPattern]:
        revoke = RevokeToken.as_view(
            pages=cls,
            rows=cls.rows,
            action=actions.revoke_token,
            permission=permissions.MANAGE_TOKENS,
            object_argument="token",
        )
        return [*super().urls(), path("tokens/<int:pk>/revoke/", revoke, name="token_revoke")]
