"""Publications as people see them: the public page with its proof, the console, the residents' list, the audit."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from anju.engines.disclosure import content, papers
from anju.engines.disclosure.actions import publish
from anju.engines.disclosure.console.publications import PublicationPages
from anju.engines.disclosure.enums import PublicationKind
from anju.engines.disclosure.models import Publication
from anju.engines.ledger import checks
from anju.kit.testing import PageSetTests

TABLE = content.table("支出", [("项目", False), ("金额", True)], [["保洁<b>", "1,200.00"]], ["合计", "1,200.00"])
CONTENT = content.document(content.text("本月收支如下。"), content.figures([("结余", "44.00", "")]), TABLE)


def publish_one(world: Any, title: str = "2026年10月收支", estate: Any = None, **more: Any) -> Publication:
    return publish(
        estate=estate or world.spring, kind=PublicationKind.STATEMENT, title=title, content=CONTENT, by=world.director,
        **more,
    )  # fmt: skip


def tamper(publication: Publication) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE disclosure_publication SET title = '别的' WHERE id = %s", [publication.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def published(world: Any, in_scope: Any) -> Publication:
    with in_scope(world.spring):
        return publish_one(world)


def public(client: Any, publication: Publication) -> Any:
    return client.get(reverse("public:publication", kwargs={"token": publication.token}))


@pytest.mark.clause("P02-08")
def test_anybody_reads_a_publication_and_its_proof(world: Any, client_as: Any, published: Publication) -> None:
    answer = public(client_as(None), published)
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("春和苑", "2026年10月收支", "本月收支如下。", "44.00", "1,200.00", published.seal, "<svg"):
        assert words in page
    assert "保洁&lt;b&gt;" in page
    assert answer.context["check"].agrees
    assert client_as(None).get(reverse("public:publication", kwargs={"token": uuid.uuid4()})).status_code == 404


def test_the_page_says_when_it_was_tampered_with(world: Any, client_as: Any, published: Publication) -> None:
    tamper(published)
    answer = public(client_as(None), published)
    assert not answer.context["check"].agrees
    assert 'data-tone="bad"' in answer.content.decode()


def test_a_correction_and_what_it_corrects_lead_to_each_other(
    world: Any, client_as: Any, in_scope: Any, published: Publication
) -> None:
    with in_scope(world.spring):
        correction = publish_one(world, "更正", corrects=published)
    to_new = reverse("public:publication", kwargs={"token": correction.token})
    to_old = reverse("public:publication", kwargs={"token": published.token})
    assert to_new in public(client_as(None), published).content.decode()
    assert to_old in public(client_as(None), correction).content.decode()


def test_the_pdf_is_public_too(client_as: Any, published: Publication) -> None:
    answer = client_as(None).get(reverse("public:publication_pdf", kwargs={"token": published.token}))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert papers.public_url(published).endswith(f"/p/{published.token}/")


def test_residents_see_what_their_own_estates_published(
    world: Any, client_as: Any, in_scope: Any, published: Publication
) -> None:
    with in_scope(world.rival):
        foreign = publish_one(world, "别家公示", world.rival)
    page = client_as(world.tenant).get(reverse("my:publications")).content.decode()
    assert "2026年10月收支" in page
    assert "别家公示" not in page
    detail = client_as(world.tenant).get(reverse("my:publication", kwargs={"pk": published.pk}))
    assert "1,200.00" in detail.content.decode()
    assert client_as(world.tenant).get(reverse("my:publication", kwargs={"pk": foreign.pk})).status_code == 404


class TestPublicationPages(PageSetTests):
    pages, namespace = PublicationPages, "disclosure"

    def make_rows(self, world: Any, number: int) -> list[Publication]:
        return [publish_one(world, f"公示{Publication.objects.count() + 1}") for _ in range(number)]

    def form_data(self, world: Any) -> dict[str, Any]:
        return {"kind": "repairs", "title": "电梯维修", "text": "3号楼电梯已修复。\n\n费用 800.00 元。"}


@pytest.mark.clause("P05-11")
def test_repairs_and_safety_are_published_in_words(world: Any, client_as: Any, in_scope: Any) -> None:
    url = reverse("disclosure:publication_create", kwargs={"estate": "SPRING"})
    data = {"kind": "repairs", "title": "电梯维修", "text": "3号楼电梯已修复。\r\n\r\n费用 800.00 元。"}
    assert client_as(world.cashier).post(url, data).status_code == 403
    assert client_as(world.director).post(url, data).status_code == 302
    with in_scope(world.spring):
        publication = Publication.objects.get()
    assert publication.kind == PublicationKind.REPAIRS
    assert [block["text"] for block in publication.content["blocks"]] == ["3号楼电梯已修复。", "费用 800.00 元。"]


def test_the_audit_of_the_books_walks_the_log(world: Any, in_scope: Any, published: Publication) -> None:
    def outcome(estates: Any) -> dict[str, Any]:
        return next(row for row in checks.run(estates)["checks"] if row["name"] == "publication_seals")

    assert outcome(None) == {"name": "publication_seals", "checked": 1, "differences": []}
    tamper(published)
    for estates in (None, [world.spring.pk]):
        assert [row["found"] for row in outcome(estates)["differences"]] == ["seal"]
    assert outcome([world.rival.pk])["differences"] == []
