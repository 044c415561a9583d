"""People who sign in, the organisations they act for, and in which estates."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.kit.audit import audited


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this sign-in name, whatever its case."""
        return self.get(username__iexact=username)


@audited(exclude=("password", "last_login"), estate="")
class User(AbstractBaseUser):
    """A person who can sign in, by ``username`` or by ``phone``."""

    username = models.CharField(_("sign-in name"), max_length=40, unique=True)
    phone = models.CharField(_("mobile phone"), max_length=20, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    password_changed_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        constraints = [models.UniqueConstraint(Lower("username"), name="user_username_any_case")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


@audited(estate="kept_by_id")
class Organisation(models.Model):
    """A company, office, committee, supplier or developer; ``parent`` is the office above it in the administration.

    ``kept_by`` is the estate whose managers entered it and keep its data; without one, whoever runs the installation
    does.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    kept_by = models.ForeignKey(
        "registry.Estate",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("entered by"),
    )

    class Meta:
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return self.name


@audited(estate="")
class Membership(models.Model):
    """A person acting for an organisation in one role.

    ``estates`` narrows it to those estates; empty means every estate that the organisation runs or oversees. Owners and
    tenants have no organisation: their estates are always named.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    estates = models.ManyToManyField(
        "registry.Estate", blank=True, related_name="memberships", verbose_name=_("estates")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until (first day without it)"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=models.Q(until=None),
                name="membership_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="membership_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class SignInFailure(models.Model):
    """A failed attempt for one sign-in name, kept to lock the name after repeated failures (rule book 7)."""

    name = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["name", "at"], name="signinfailure_name")]


@audited(exclude=("digest", "last_used_at"), estate="")
class ApiToken(models.Model):
    """A right of an application to call the HTTP API: ``digest`` is the SHA-256 of a secret shown once."""

    name = models.CharField(_("application"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens", verbose_name=_("acts for"))
    permissions = models.JSONField(_("rights"), default=list)
    estates = models.ManyToManyField("registry.Estate", related_name="+", verbose_name=_("estates"))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")

    def __str__(self) -> str:
        return self.name
