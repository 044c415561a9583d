"""The public log: sealed, chained, immutable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django_scopes import scope

from anju.engines.disclosure import content, selectors
from anju.engines.disclosure.actions import publish
from anju.engines.disclosure.enums import PublicationKind
from anju.engines.disclosure.models import Publication
from anju.kit.errors import Refusal

CONTENT = content.document(
    content.text("本月收支如下。"), content.table("支出", [("项目", False), ("金额", True)], [["保洁", "1200.00"]])
)


def publish_one(world: Any, title: str = "2026年10月收支", **more: Any) -> Publication:
    return publish(
        estate=world.spring, kind=PublicationKind.STATEMENT, title=title, content=CONTENT, by=world.director, **more
    )


def test_each_publication_carries_the_seal_of_the_one_before(world: Any) -> None:
    with scope(estate=world.spring):
        first, second = publish_one(world), publish_one(world, "2026年11月收支")
        assert (first.sequence, first.previous_seal) == (1, "")
        assert (second.sequence, second.previous_seal) == (2, first.seal)
        assert len({first.seal, second.seal, first.content_hash}) == 3
        assert list(selectors.broken_seals()) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE disclosure_publication SET title = 'x'", "DELETE FROM disclosure_publication"]
)
def test_a_publication_cannot_be_changed(world: Any, statement: str) -> None:
    with scope(estate=world.spring):
        publication = publish_one(world)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert Publication.objects.get(pk=publication.pk).title == "2026年10月收支"


@pytest.mark.parametrize(
    "change",
    ["content = jsonb_set(content, '{blocks,0,text}', '1')", "content_hash = repeat('0', 64)", "title = '别的'"],
    ids=["content", "hash", "title"],
)
def test_tampering_behind_the_triggers_is_found(world: Any, change: str) -> None:
    with scope(estate=world.spring):
        first, second = publish_one(world), publish_one(world)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(f"UPDATE disclosure_publication SET {change} WHERE id = %s", [first.pk])
            cursor.execute("SET LOCAL session_replication_role = origin")
        broken = list(selectors.broken_seals())
        assert [(item.publication.pk, item.problem) for item in broken] == [(first.pk, "seal")]
        assert second.pk not in {item.publication.pk for item in broken}


def test_an_empty_publication_is_refused(world: Any) -> None:
    with scope(estate=world.spring):
        with pytest.raises(Refusal) as refused:
            publish(estate=world.spring, kind="notice", title="空", content={"blocks": []}, by=world.director)
        assert refused.value.code == "empty_publication"
        assert not Publication.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_publishing_at_once_keeps_one_chain(world) -> None:
    def publish_in_thread(number: int) -> None:
        try:
            with scope(estate=world.spring):
                publish_one(world, f"公示{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(publish_in_thread, range(8)))
    with scope(estate=world.spring):
        assert sorted(Publication.objects.values_list("sequence", flat=True)) == list(range(1, 9))
        assert list(selectors.broken_seals()) == []
