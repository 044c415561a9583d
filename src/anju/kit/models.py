"""Model bases, and the tables of the kit itself: audit entries, flow steps, jobs, parameters, saved views."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from anju.kit import constraints


class EstateModel(models.Model):
    """A row of one estate. Reading it outside ``scope(estate=…)`` raises ``django_scopes.exceptions.ScopeError``."""

    estate = models.ForeignKey(
        "registry.Estate", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("estate")
    )

    objects: ClassVar[models.Manager[Self]] = ScopedManager(estate="estate")

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Check the constraints of the table; what is broken is said in words, at the field at fault."""
        constraints.validate(self, set(exclude or ()))


def append_only(model: type[models.Model]) -> type[models.Model]:
    """Class decorator: the database itself refuses UPDATE, DELETE and TRUNCATE on this table."""
    return pgtrigger.register(
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="never_emptied",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'table % is never emptied', TG_TABLE_NAME;",
        ),
    )(model)


class AuditOperation(models.TextChoices):
    INSERT = "insert", _("created")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")
    VIEW = "view", _("viewed in full")
    DENIED = "denied", _("refused")


@append_only
class AuditEntry(models.Model):
    """Who changed (or looked at) what, when, before and after. Written by triggers and by ``kit.audit``."""

    at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    action = models.CharField(_("action"), max_length=80)
    operation = models.CharField(_("operation"), max_length=8, choices=AuditOperation)
    table = models.CharField(_("table"), max_length=80)
    object_id = models.BigIntegerField(null=True)
    estate_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("audit entry")
        indexes = [
            models.Index(fields=["table", "object_id", "id"], name="audit_object"),
            models.Index(fields=["estate_id", "id"], name="audit_estate"),
        ]


@append_only
class FlowStep(models.Model):
    """One move of one object through its flow; the timeline is these rows."""

    at = models.DateTimeField(_("time"), auto_now_add=True)
    flow = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    estate_id = models.BigIntegerField(null=True)
    transition = models.CharField(max_length=40)
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    data = models.JSONField(default=dict)
    due_at = models.DateTimeField(_("time limit"), null=True)

    class Meta:
        verbose_name = _("flow step")
        indexes = [models.Index(fields=["flow", "object_id", "id"], name="flowstep_object")]


class JobState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """A long piece of work and how far it has come; outlives the page that started it."""

    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    estate_id = models.BigIntegerField(null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    state = models.CharField(_("state"), max_length=8, choices=JobState, default=JobState.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    params = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("job")
        indexes = [models.Index(fields=["estate_id", "-id"], name="job_estate")]

    @property
    def percent(self) -> int:
        if self.state == JobState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)


class Parameter(models.Model):
    """A number from law or a plan: its value, from when it holds, for whom, and where it is written.

    ``estate_id`` empty means everywhere; an estate's own row wins over it, a later ``effective_from`` over an earlier.
    """

    key = models.CharField(max_length=80)
    profile = models.CharField(_("profile"), max_length=60, blank=True, help_text=_("For example a city's rules."))
    estate_id = models.BigIntegerField(null=True, blank=True)
    value = models.JSONField(_("value"))
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    effective_from = models.DateField(_("effective from"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("parameter")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "profile", "estate_id", "effective_from"], name="parameter_once", nulls_distinct=False
            )
        ]


class SavedView(models.Model):
    """One person's named filters and columns of one list page."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    columns = models.JSONField(default=list)

    class Meta:
        verbose_name = _("saved view")
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="savedview_once")]


class IdempotencyRecord(models.Model):
    """The first answer to a request that carried an idempotency key; repeats get it again."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text=_("Hash of method, path and body."))
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="idempotency_once")]
