"""Writers of people and organisations."""

from __future__ import annotations

from typing import Any

from anju.foundation.accounts.models import User
from anju.foundation.registry.actions.storing import store
from anju.foundation.registry.enums import PartyKind
from anju.foundation.registry.models import Estate, Party
from anju.kit.actions import action
from anju.kit.chinese import initials_of, pinyin_of
from anju.kit.errors import Refusal
from anju.kit.idcards import NumberError, check_credit_code, check_id_card, check_phone

PARTY_FIELDS = (
    "kind", "reference", "name", "pinyin", "initials", "phone", "id_number", "mailing_address", "prepayment_agreed",
    "note",
)  # fmt: skip


@action
def create_party(*, estate: Estate, name: str, kind: str = PartyKind.PERSON, by: User | None, **details: Any) -> Party:
    """Add a person or an organisation to the register of an estate.

    Raises Refusal ``invalid``, ``phone_bad`` or ``id_number_bad`` (a resident ID of a person, a credit code of an
    organisation; foreign passports are let through).
    """
    return _store(Party(estate=estate), {"name": name, "kind": kind, **details})


@action
def edit_party(*, party: Party, by: User | None, **changes: Any) -> Party:
    """Change a party. Raises Refusal as :func:`create_party` does."""
    return _store(party, changes)


def _store(party: Party, values: dict[str, Any]) -> Party:
    if values.get("phone"):
        try:
            values["phone"] = check_phone(values["phone"])
        except NumberError as problem:
            raise Refusal("phone_bad", problem.message, "phone") from problem
    number = values.get("id_number")
    # An untouched number that was imported with a warning must not block the correction of a name.
    if number and number != party.id_number:
        values["id_number"] = _checked_id(number, values.get("kind", party.kind))
    if "name" in values:
        values = values | sound_of(values["name"])
    return store(party, values, PARTY_FIELDS)


def sound_of(name: str) -> dict[str, str]:
    """The columns by which a Chinese name is found by ear."""
    return {"pinyin": pinyin_of(name)[:200], "initials": initials_of(name)[:60]}


def looks_like_id_card(number: str) -> bool:
    """Whether a number is meant as a mainland resident ID, whose check digit can be verified."""
    return len(number) == 18 and number[:17].isdecimal()


def _checked_id(number: str, kind: str) -> str:
    try:
        if kind == PartyKind.ORGANISATION:
            return check_credit_code(number)
        return check_id_card(number) if looks_like_id_card(number.strip()) else number
    except NumberError as problem:
        raise Refusal("id_number_bad", problem.message, "id_number") from problem
