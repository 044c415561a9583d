"""Receipts and demands on paper: what a payer reads there, and what a stranger may verify."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from anju.domains.billing import papers
from anju.domains.billing.actions.dunning import issue_demands
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.enums import DunningStage
from anju.domains.billing.flow import CANCELLATION
from anju.domains.billing.selectors.collection import receipt_facts
from tests.domains.billing.collecting import bill, pay
from tests.world import World

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext reads the PDF back")


def words_of(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout


def says_cancelled(text: str) -> bool:
    """Whether a stamp stands on the paper, beside the sentence that explains the QR code."""
    return "作" in text.replace("是否作废", "").replace("不作为", "")


@needs_pdftotext
@pytest.mark.parametrize("layout", [papers.A4, papers.ROLL])
def test_a_receipt_says_who_paid_what(in_spring: World, tmp_path: Path, layout: str) -> None:
    payment = pay(in_spring, "300.00", [bill(in_spring, "231.60")])
    text = words_of(papers.receipt_pdf(payment.receipt, layout=layout), tmp_path)
    for part in ("春和苑", "000001", "王小明", "物业费", "231.60", "预存款", "68.40", "300.00", "叁佰元整", "蔡收银"):
        assert part in text
    assert not says_cancelled(text)


@needs_pdftotext
@pytest.mark.parametrize("layout", [papers.A4, papers.ROLL])
def test_a_cancelled_receipt_says_so(in_spring: World, tmp_path: Path, layout: str) -> None:
    payment = pay(in_spring, "231.60", [bill(in_spring)])
    asked = request_cancellation(receipt=payment.receipt, reason="x", by=in_spring.cashier)
    CANCELLATION.advance(obj=asked, transition="approve", by=in_spring.second_cashier)
    payment.receipt.refresh_from_db()
    assert papers.receipt_context(payment.receipt)["cancelled"] is True
    assert papers.receipt_context(payment.receipt)["lines"][0]["amount"] == Decimal("231.60")
    text = words_of(papers.receipt_pdf(payment.receipt, layout=layout), tmp_path)
    assert says_cancelled(text)


def test_who_pays_for_somebody_else_is_named(in_spring: World) -> None:
    payment = pay(in_spring, "231.60", [bill(in_spring, payer=in_spring.tenant_party)], payer=in_spring.neighbour_party)
    assert papers.receipt_context(payment.receipt)["lines"][0]["payer"] == "李租客"


def test_the_qr_code_leads_to_the_public_check(in_spring: World) -> None:
    payment = pay(in_spring, "231.60", [bill(in_spring)])
    assert papers.verify_url(payment.receipt).endswith(f"/verify/{payment.receipt.token}/")
    facts = receipt_facts(payment.receipt.token)
    assert facts is not None
    assert (facts.estate, facts.number, facts.amount, facts.is_valid) == ("春和苑", "000001", Decimal("231.60"), True)
    assert facts.payer != "王小明"
    assert facts.payer.startswith("王")
    assert receipt_facts(uuid.uuid4()) is None


@needs_pdftotext
@pytest.mark.parametrize(
    ("stage", "title", "phrase"),
    [
        (DunningStage.NOTICE, "缴费通知单", "请忽略本通知"),
        (DunningStage.LETTER, "物业费催缴函", "第九百四十四条"),
        (DunningStage.LAWYER, "律师函", "第一百九十五条"),
    ],
)
def test_each_stage_has_its_letter(in_spring: World, tmp_path: Path, stage: str, title: str, phrase: str) -> None:
    bill(in_spring, "231.60")
    bill(in_spring, "88.00", payer=in_spring.neighbour_party)
    days = {"notice": date(2026, 10, 1), "letter": date(2026, 10, 16), "lawyer": date(2026, 11, 15)}
    for earlier, day in days.items():
        demands = issue_demands(estate=in_spring.spring, stage=earlier, issued_on=day, by=in_spring.cashier).demands
        if earlier == stage:
            break
    text = words_of(papers.demands_pdf(demands), tmp_path)
    joined = "".join(text.split())
    for part in (title, phrase, "王小明", "赵邻居", "231.60", "88.00", "送达回执"):
        assert part in joined
    assert text.count("\f") == 2
    assert ("停止供电" in joined) is (stage != DunningStage.LAWYER)


def test_nothing_to_print_is_an_error(in_spring: World) -> None:
    with pytest.raises(ValueError, match="no demands"):
        papers.demands_pdf([])
