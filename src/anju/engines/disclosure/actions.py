"""Making something public, for good."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anju.engines.disclosure import content as blocks
from anju.engines.disclosure import rules
from anju.engines.disclosure.models import Publication
from anju.foundation.accounts.models import User
from anju.foundation.registry.models import Estate
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name


@action
def publish(
    *,
    estate: Estate,
    kind: str,
    title: str,
    content: dict[str, Any],
    by: User | None,
    period: date | None = None,
    corrects: Publication | None = None,
) -> Publication:
    """Append a publication to the estate's public log; it can't be changed or withdrawn, only corrected by a later one.

    Raises Refusal ``empty_publication`` without content, ``foreign_publication`` when ``corrects`` is another estate's.
    """
    if not content.get("blocks"):
        raise Refusal("empty_publication", _("There is nothing to publish yet: the content is empty."))
    if corrects is not None and corrects.estate_id != estate.pk:
        raise Refusal("foreign_publication", _("A correction must name a publication of the same estate."), "corrects")
    lock_name("disclosure", estate.pk)
    previous = Publication.objects.filter(estate=estate).order_by("-sequence").first()
    sequence = previous.sequence + 1 if previous else 1
    previous_seal = previous.seal if previous else ""
    hashed = rules.content_hash(content)
    return Publication.objects.create(
        estate=estate,
        sequence=sequence,
        kind=kind,
        title=title,
        period=period,
        content=content,
        content_hash=hashed,
        previous_seal=previous_seal,
        seal=rules.seal(
            estate=estate.code,
            sequence=sequence,
            kind=kind,
            title=title,
            period=period.isoformat() if period else "",
            content=hashed,
            previous=previous_seal,
        ),
        token=uuid.uuid4(),
        corrects=corrects,
        published_at=clock.now(),
        by=by,
    )


@action
def publish_words(
    *,
    estate: Estate,
    kind: str,
    title: str,
    text: str,
    by: User | None,
    corrects: Publication | None = None,
) -> Publication:
    """Publish what is said in words: repairs, safety, notices (P05-11). An empty line begins a new paragraph.

    Raises Refusal ``empty_publication`` or ``foreign_publication``.
    """
    paragraphs = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    return publish(
        estate=estate,
        kind=kind,
        title=title.strip(),
        content=blocks.document(*(blocks.text(part) for part in paragraphs if part)),
        corrects=corrects,
        by=by,
    )
