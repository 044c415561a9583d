"""What is looked at in every person or organisation of a workbook, whatever its layout."""

from __future__ import annotations

import re
from collections import defaultdict

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.actions.parties import looks_like_id_card
from anju.foundation.registry.enums import PartyKind
from anju.foundation.registry.imports.dataset import Dataset, PartyRow, Place
from anju.kit.idcards import NumberError, check_credit_code, check_id_card, check_phone

_ORGANISATION = re.compile(r"公司|集团|银行|事务所|委员会|学校|医院|幼儿园|合作社|研究院|研究所")


def kind_by_name(name: str) -> PartyKind:
    """Whether a name is that of an organisation; a guess for workbooks that do not say."""
    return PartyKind.ORGANISATION if _ORGANISATION.search(name) else PartyKind.PERSON


class PeopleCheck:
    """Gathers the parties of a workbook: a number used twice is refused, of doubtful phones and IDs it only warns.

    Take-over data are rarely clean, and a wrong phone must not keep a home from being charged.
    """

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self._by_reference: dict[str, PartyRow] = {}
        self._by_number: dict[tuple[str, str], list[PartyRow]] = defaultdict(list)

    def add(self, party: PartyRow) -> PartyRow | None:
        """Put ``party`` into the dataset and return it, or None when its reference has been used before."""
        first = self._by_reference.setdefault(party.reference, party)
        if first is not party:
            self.data.refuse(
                "duplicate_party", party.place, ("reference", "owner", "number"), party.reference,
                format_lazy(_("Row {row} has the same number. Please give each person a number of their own."),
                            row=first.place.row),
            )  # fmt: skip
            return None
        if party.phone:
            party.phone = self._phone(party.place, party.phone)
            self._by_number["phone", party.phone].append(party)
        if party.id_number:
            party.id_number = self._id(party, party.id_number)
            self._by_number["id_number", party.id_number].append(party)
        self.data.parties.append(party)
        return party

    def _phone(self, place: Place, phone: str) -> str:
        try:
            return check_phone(phone)
        except NumberError as problem:
            self.data.warn(problem.code, place, "phone", phone, problem.message)
            return phone

    def _id(self, party: PartyRow, number: str) -> str:
        try:
            if (party.kind or kind_by_name(party.name)) == PartyKind.ORGANISATION:
                return check_credit_code(number)
            return check_id_card(number) if looks_like_id_card(number) else number
        except NumberError as problem:
            self.data.warn(problem.code, party.place, "id_number", number, problem.message)
            return number

    def warn_of_duplicates(self) -> None:
        """Warn of every phone and ID number that several parties share; call it when all are in."""
        for (column, number), parties in self._by_number.items():
            for party in parties[1:]:
                self.data.warn(
                    "duplicate_number", party.place, column, number,
                    format_lazy(_("Row {row} ({name}) has the same number. Please check which one is right."),
                                row=parties[0].place.row, name=parties[0].name),
                )  # fmt: skip
