"""Pages of people who sign in, and of their roles in an estate."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts import actions, authority, filters, permissions, selectors, tables
from anju.foundation.accounts import forms as fields
from anju.foundation.accounts.access import Access
from anju.foundation.accounts.console.base import OfEstates
from anju.foundation.accounts.models import Membership, Organisation, User
from anju.kit.pages.base import PageAction
from anju.kit.pages.details import DetailPage, Field, Related, Section
from anju.kit.pages.edits import CreatePage, EditPage, ObjectActionPage
from anju.kit.pages.lists import ListPage
from anju.kit.pages.reveal import RevealPage
from anju.kit.pages.sets import PageSet


class RoleChoice(OfEstates):
    """Narrows a form's organisation and role to those in and of which the person before the page may give one."""

    def get_form(self) -> Any:
        form = super().get_form()  # type: ignore[misc]
        offered = authority.roles_to_give(Access(self.access.user), self.estate)
        # Whoever comes from the page of one organisation is asked for no other.
        asked = self.request.GET.get("organisation", "")
        offered = [(one, roles) for one, roles in offered if str(one.pk) == asked] or offered
        allowed = {role for _organisation, roles in offered for role in roles}
        field = form.fields["role"]
        field.choices = [("", _("choose")), *((value, label) for value, label in field.choices if value in allowed)]
        organisations = [organisation for organisation, _roles in offered]
        if len(organisations) > 1 or asked:
            choice = form.fields["organisation"]
            choice.required = True
            choice.queryset = Organisation.objects.filter(pk__in=[one.pk for one in organisations]).order_by("code")
            form.initial["organisation"] = organisations[0].pk if organisations else None
        else:
            del form.fields["organisation"]
        return form


class PersonList(OfEstates, ListPage): ...


class PersonDetail(OfEstates, DetailPage):
    def prepare(self) -> None:
        super().prepare()
        self.related = (
            Related(
                "roles", _("Roles"), lambda user: self.rows_of(selectors.memberships).filter(user=user).order_by("-pk"),
                tables.MembershipTable, row_url="membership_detail",
            ),
        )  # fmt: skip

    def get_actions(self) -> list[dict[str, Any]]:
        """Only those that change anything."""
        idle = ["reactivate" if self.object.is_active else "deactivate"]
        if not is_mfa_enabled(self.object):
            idle.append("second-factor")
        return [a for a in super().get_actions() if not a["url"].endswith(tuple(f"/{name}/" for name in idle))]


class PersonCreate(RoleChoice, CreatePage):
    title = _("New person")


class PersonEdit(OfEstates, EditPage):
    def get_initial(self) -> dict[str, Any]:
        return {"name": self.object.name, "phone": self.object.phone or "", "email": self.object.email}


class PersonReveal(OfEstates, RevealPage): ...


class SetPassword(OfEstates, ObjectActionPage):
    title = _("New password")
    intro = _("Open sessions of this person end. Tell them the password in person, and to change it at once.")
    form = fields.PasswordForm
    success = _("The new password holds from now on.")


class ForgetSecondFactor(OfEstates, ObjectActionPage):
    title = _("Remove the second factor")
    intro = _("For somebody who has lost the phone. Make sure that it is they who ask: the password alone opens then.")
    form = forms.Form
    submit_tone = "danger"
    submit_label = _("Remove the second factor")
    success = _("The second factor is removed. They should set up a new one at once.")


class Deactivate(OfEstates, ObjectActionPage):
    title = _("Stop signing in")
    intro = _("The person can't sign in any more, and open sessions end. What they have done stays on record.")
    form = forms.Form
    submit_tone = "danger"
    submit_label = _("Stop signing in")


class Reactivate(OfEstates, ObjectActionPage):
    title = _("Let sign in again")
    form = forms.Form
    submit_label = _("Let sign in again")


class PersonPages(PageSet):
    model = User
    name, path = "person", "people"
    title, subtitle, icon = _("People"), _("Who can sign in and works for this estate."), "users"
    view_permission, change_permission = permissions.VIEW, permissions.MANAGE
    reveal_permission = permissions.REVEAL
    rows = selectors.people
    table, filters = tables.PersonTable, filters.PersonFilters
    search, search_hint = ("name", "username", "phone"), _("Name or phone")
    ordering = ("name", "pk")
    personal = {"phone": "phone", "email": "name"}
    sections = (
        Section(
            _("Person"),
            (
                Field("name", _("Name")),
                "username",
                "phone",
                "email",
                Field("is_active", _("May sign in")),
                Field("last_login", _("Last sign-in")),
                Field("created_at", _("Added")),
            ),
        ),
    )
    detail_actions = (
        PageAction(_("New password"), "person_password", permissions.MANAGE, icon="key", with_object=True),
        PageAction(
            _("Remove the second factor"),
            "person_second-factor",
            permissions.MANAGE,
            icon="shield-off",
            with_object=True,
        ),
        PageAction(_("Stop signing in"), "person_deactivate", permissions.MANAGE, icon="lock", with_object=True),
        PageAction(_("Let sign in again"), "person_reactivate", permissions.MANAGE, icon="lock-open", with_object=True),
    )
    form, edit_form, create, edit = fields.NewPersonForm, fields.PersonForm, actions.admit_person, actions.edit_user
    list_page, detail_page, create_page, edit_page = PersonList, PersonDetail, PersonCreate, PersonEdit
    reveal_page = PersonReveal
    object_argument = "user"

    @classmethod
    def urls(cls) -> list[URLPattern]:
        extra = {
            "password": (SetPassword, actions.set_password),
            "second-factor": (ForgetSecondFactor, actions.forget_second_factor),
            "deactivate": (Deactivate, actions.deactivate_user),
            "reactivate": (Reactivate, actions.reactivate_user),
        }
        more = [
            path(
                f"people/<int:pk>/{name}/",
                page.as_view(
                    pages=cls, rows=cls.rows, action=action, permission=permissions.MANAGE, object_argument="user"
                ),
                name=f"person_{name}",
            )
            for name, (page, action) in extra.items()
        ]
        return super().urls() + more


class MembershipList(OfEstates, ListPage): ...


class MembershipDetail(OfEstates, DetailPage): ...


class GiveRole(RoleChoice, CreatePage):
    title = _("Give a role")
    form = fields.GiveRoleForm


class EndRole(OfEstates, ObjectActionPage):
    title = _("End the role")
    form = fields.EndRoleForm
    submit_tone = "danger"
    submit_label = _("End the role")


def _estates(membership: Membership) -> str:
    return "、".join(str(estate) for estate in membership.estates.all()) or str(_("all estates"))


class MembershipPages(PageSet):
    model = Membership
    name, path = "membership", "roles"
    title, subtitle, icon = _("Roles"), _("Who acts in which role, since when and where."), "id-badge-2"
    view_permission, change_permission = permissions.VIEW, permissions.MANAGE
    rows = selectors.memberships
    table, filters = tables.MembershipTable, filters.MembershipFilters
    search, search_hint = ("user__name", "user__username"), _("Name")
    ordering = ("user__name", "pk")
    sections = (
        Section(
            _("Role"),
            (
                Field("user", _("Person"), link="accounts:person_detail"),
                Field("role", tone=""),
                "organisation",
                Field(_estates, _("Limited to")),
                "since",
                "until",
            ),
        ),
    )
    detail_actions = (
        PageAction(_("End the role"), "membership_end", permissions.MANAGE, icon="user-minus", with_object=True),
    )
    form, create = fields.GiveRoleForm, actions.give_role
    list_page, detail_page, create_page = MembershipList, MembershipDetail, GiveRole

    @classmethod
    def urls(cls) -> list[URLPattern]:
        end = EndRole.as_view(
            pages=cls,
            rows=cls.rows,
            action=actions.end_membership,
            permission=permissions.MANAGE,
            object_argument="membership",
        )
        return [*super().urls(), path("roles/<int:pk>/end/", end, name="membership_end")]
