"""Which days a bill run of a month charges: cycles, and the versions of a tariff within them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from anju.domains.billing.enums import Timing
from anju.kit.periods import Period

FOREVER = date(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Version:
    """What of an approved tariff says when it is billed."""

    id: int
    since: date
    cycle_months: int
    timing: str
    anchor_month: int

    @property
    def rhythm(self) -> tuple[int, str, int]:
        return self.cycle_months, self.timing, self.anchor_month


@dataclass(frozen=True, slots=True)
class Piece:
    """Days priced by one version."""

    version: int
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Window:
    """The days of one cycle, priced by one or several versions.

    A charge is due in the run's month when its first day in the window (``advance``) or its last (arrears) lies in it.
    """

    since: date
    until: date
    advance: bool
    pieces: tuple[Piece, ...]


def windows(versions: Iterable[Version], period: Period) -> list[Window]:
    """The cycles of one fee item that hold days of ``period``.

    Versions that follow each other in the same rhythm share their cycles; a change of rhythm ends a cycle early and
    begins one, as a charge's own first and last day do.
    """
    found: list[Window] = []
    for stretch in _rhythms(sorted(versions, key=lambda version: version.since)):
        first, last = period.cycle(stretch[0].cycle_months, stretch[0].anchor_month)
        since = max(first.first, stretch[0].since)
        until = min(last.plus(1).first, stretch[-1].until)
        if max(since, period.first) >= min(until, period.plus(1).first):
            continue
        pieces = tuple(
            Piece(span.version.id, max(since, span.since), min(until, span.until))
            for span in stretch
            if max(since, span.since) < min(until, span.until)
        )
        found.append(Window(since, until, stretch[0].version.timing == Timing.ADVANCE, pieces))
    return found


@dataclass(frozen=True, slots=True)
class _Span:
    version: Version
    until: date

    @property
    def since(self) -> date:
        return self.version.since

    @property
    def cycle_months(self) -> int:
        return self.version.cycle_months

    @property
    def anchor_month(self) -> int:
        return self.version.anchor_month


def _rhythms(versions: Sequence[Version]) -> Iterator[list[_Span]]:
    ends = [*(version.since for version in versions), FOREVER][1:]
    spans = [_Span(version, end) for version, end in zip(versions, ends, strict=True)]
    for _rhythm, stretch in groupby(spans, key=lambda span: span.version.rhythm):
        yield list(stretch)
