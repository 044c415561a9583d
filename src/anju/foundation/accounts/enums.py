"""Kinds of organisation and roles, as the glossary names them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    PROPERTY_COMPANY = "property_company", _("property company")
    STREET_OFFICE = "street_office", _("street office")
    COMMUNITY_COMMITTEE = "community_committee", _("community committee")
    DISTRICT_AUTHORITY = "district_authority", _("district authority")
    OWNERS_COMMITTEE = "owners_committee", _("owners' committee")
    ESTATE_COMMITTEE = "estate_committee", _("estate committee")
    SUPPLIER = "supplier", _("supplier")
    DEVELOPER = "developer", _("developer")


class Role(models.TextChoices):
    HEAD_OFFICE = "head_office", _("head office")
    DIRECTOR = "director", _("director")
    FRONT_DESK = "front_desk", _("front desk")
    CASHIER = "cashier", _("cashier")
    ENGINEER = "engineer", _("engineer")
    SUPERVISOR = "supervisor", _("supervisor")
    GUARD = "guard", _("guard")
    CLEANER = "cleaner", _("cleaner")
    COMMITTEE_MEMBER = "committee_member", _("committee member")
    OWNER = "owner", _("owner")
    TENANT = "tenant", _("tenant")
    COMMUNITY_OFFICER = "community_officer", _("community officer")
    STREET_OFFICER = "street_officer", _("street officer")
    DISTRICT_OFFICER = "district_officer", _("district officer")
    AUDITOR = "auditor", _("auditor")
