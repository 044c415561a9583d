"""Funds, accounts and the journal: balanced, append-only, corrected by reversal alone."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.engines.ledger.enums import AccountKind, Control, CostHead, FundKind
from anju.kit.audit import audited
from anju.kit.models import EstateModel, append_only
from anju.kit.money import MoneyField


@audited()
class Fund(EstateModel):
    """A pot of money that must balance by itself."""

    kind = models.CharField(_("kind"), max_length=20, choices=FundKind)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("fund")
        constraints = [models.UniqueConstraint(fields=["estate", "kind"], name="fund_kind_once")]

    def __str__(self) -> str:
        return self.name


@audited()
class Account(EstateModel):
    """One account of a fund; ``control`` names the sub-ledger whose sum it must equal at any moment."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="accounts", verbose_name=_("fund"))
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=AccountKind)
    control = models.CharField(_("control"), max_length=12, choices=Control, blank=True, default=Control.NONE)
    head = models.CharField(_("cost head"), max_length=20, choices=CostHead, blank=True)

    class Meta:
        verbose_name = _("account")
        constraints = [
            models.UniqueConstraint(fields=["estate", "fund", "code"], name="account_code_once"),
            models.UniqueConstraint(
                fields=["fund", "control"], condition=~models.Q(control=""), name="account_control_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


@append_only
class Entry(EstateModel):
    """One journal entry. ``source`` says which object caused it ("billing.payment", its id)."""

    posted_on = models.DateField(_("date"))
    memo = models.CharField(_("memo"), max_length=200)
    source = models.CharField(max_length=60)
    source_id = models.BigIntegerField(null=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("journal entry")
        indexes = [
            models.Index(fields=["estate", "posted_on"], name="entry_date"),
            models.Index(fields=["estate", "source", "source_id"], name="entry_source"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.memo}"


_BALANCED = """
    IF EXISTS (
        SELECT 1 FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
        WHERE l.entry_id = NEW.entry_id GROUP BY a.fund_id HAVING sum(l.amount) <> 0
    ) THEN
        RAISE EXCEPTION 'journal entry % does not balance within a fund', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""  # noqa: E501 -- the text of a trigger is part of a migration


@append_only
class Line(EstateModel):
    """One side of an entry: ``amount`` in yuan, debit positive, credit negative."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lines", db_index=False, verbose_name=_("account")
    )
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("journal line")
        constraints = [models.CheckConstraint(condition=~models.Q(amount=0), name="line_not_zero")]
        indexes = [models.Index(fields=["estate", "account"], name="line_account")]
        triggers = [
            pgtrigger.Trigger(
                name="balanced",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=_BALANCED,
            )
        ]
