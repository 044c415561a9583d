"""Chinese vehicle plates (GA 36): what may stand on one, and of which kind it is. Pure rules, no tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.kit.chinese import normalise
from anju.kit.errors import Malformed

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
# I and O are left out on every plate because they read as 1 and 0.
_LETTER = "A-HJ-NP-Z"
_SERIAL = "A-HJ-NP-Z0-9"
_SEPARATORS = re.compile(r"[\s·•・‧.\-_]")


class PlateKind(models.TextChoices):
    """Kinds of plate that can be told from the text on it."""

    ORDINARY = "ordinary", _("Ordinary")
    NEW_ENERGY_SMALL = "new_energy_small", _("New energy, small")
    NEW_ENERGY_LARGE = "new_energy_large", _("New energy, large")
    POLICE = "police", _("Police")
    DRIVING_SCHOOL = "driving_school", _("Driving school")
    TRAILER = "trailer", _("Trailer")
    HONG_KONG = "hong_kong", _("Hong Kong, entry permit")
    MACAO = "macao", _("Macao, entry permit")
    EMBASSY = "embassy", _("Embassy")
    CONSULATE = "consulate", _("Consulate")
    ARMED_POLICE = "armed_police", _("Armed police")
    MILITARY = "military", _("Military")
    EMERGENCY = "emergency", _("Fire and rescue")


class PlateError(Malformed):
    """The text cannot be a Chinese plate."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate in normal form (upper case, half width, no separators) and its kind."""

    normal: str
    kind: PlateKind

    @property
    def display(self) -> str:
        """The plate as it hangs on the car, with the dot after the issuing office: 辽B·12345."""
        head = 3 if self.kind is PlateKind.ARMED_POLICE else 0 if self.normal[0] == "使" else 2
        return f"{self.normal[:head]}·{self.normal[head:]}" if head else self.normal


_PATTERNS: tuple[tuple[PlateKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        # Five places, at most two of them letters; tried after the special endings, which have four places.
        (PlateKind.ORDINARY, rf"[{PROVINCES}][{_LETTER}](?=(?:\d*[{_LETTER}]){{0,2}}\d*$)[{_SERIAL}]{{5}}"),
        (PlateKind.NEW_ENERGY_SMALL, rf"[{PROVINCES}][{_LETTER}][A-HJK][{_SERIAL}]\d{{4}}"),
        (PlateKind.NEW_ENERGY_LARGE, rf"[{PROVINCES}][{_LETTER}]\d{{5}}[A-HJK]"),
        (PlateKind.POLICE, rf"[{PROVINCES}][{_LETTER}][{_SERIAL}]{{4}}警"),
        (PlateKind.DRIVING_SCHOOL, rf"[{PROVINCES}][{_LETTER}](?:[{_SERIAL}]{{4}}|[A-HJK][{_SERIAL}]\d{{3}})学"),
        (PlateKind.TRAILER, rf"[{PROVINCES}][{_LETTER}][{_SERIAL}]{{4}}挂"),
        (PlateKind.HONG_KONG, rf"粤Z[{_SERIAL}]{{4}}港"),
        (PlateKind.MACAO, rf"粤Z[{_SERIAL}]{{4}}澳"),
        (PlateKind.EMBASSY, r"使\d{6}|\d{6}使"),
        (PlateKind.CONSULATE, rf"[{PROVINCES}][{_LETTER}]\d{{4}}领|[{PROVINCES}]\d{{5}}领"),
        (PlateKind.EMERGENCY, rf"[{PROVINCES}]X[{_SERIAL}]{{4}}应急|[{PROVINCES}]X[{_SERIAL}]{{4}}应"),
        (PlateKind.ARMED_POLICE, rf"WJ[{PROVINCES}]?\d{{4}}[\d{_LETTER}]"),
        (PlateKind.MILITARY, r"[VZKHBSLJNGCEFY][A-HJ-NP-Y]\d{5}"),
    )
)


def bare(text: str) -> str:
    """The letters and digits of a plate as it is kept: half width, in capitals, nothing between them."""
    return _SEPARATORS.sub("", normalise(text)).upper()


def check_plate(text: str) -> Plate:
    """Return the plate in ``text``: lower case, full width, spaces, dots and dashes are accepted.

    Raises ``PlateError`` with the code ``plate.empty``, ``plate.province``, ``plate.letters``, ``plate.length`` or
    ``plate.format``.
    """
    normal = bare(text)
    if not normal:
        raise PlateError("plate.empty", _("Please enter the plate, for example 辽B12345."))
    for kind, pattern in _PATTERNS:
        if pattern.fullmatch(normal):
            return Plate(normal, kind)
    raise _why_not(normal)


def is_plate(text: str) -> bool:
    """Say whether ``text`` can be a Chinese plate."""
    try:
        check_plate(text)
    except PlateError:
        return False
    return True


def _why_not(normal: str) -> PlateError:
    if normal[0] not in PROVINCES + "使" and not normal.startswith("WJ"):
        return PlateError(
            "plate.province", _("A plate begins with the short name of a province, for example 辽 or 京.")
        )
    if re.search(r"[IO]", normal):
        return PlateError(
            "plate.letters", _("A plate never holds the letters I and O. Did you mean the digits 1 and 0?")
        )
    if not 7 <= len(normal) <= 8:
        return PlateError("plate.length", _("A plate has 7 characters, a new-energy plate 8. Please count them again."))
    return PlateError("plate.format", _("This is not a valid plate. It should look like 辽B12345 or 辽BD12345."))
