"""Forms of the register: what people type, validated; the actions write."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.accounts.models import Organisation
from anju.foundation.registry.enums import OccupantKind, SpaceUse
from anju.foundation.registry.models import (
    Building,
    CarPark,
    Entrance,
    Estate,
    ManagementRoom,
    ParkingSpace,
    ParkingZone,
    Party,
    Phase,
    Place,
    Unit,
    Vehicle,
)
from anju.kit.chinese import normalise
from anju.kit.pages import DateInput, LookupField, ModelActionForm, ScopedChoiceField

OWNER_ROWS = 5
_NUMBERED = re.compile(r"#(\d{1,18})$")


def party_text(party: Party) -> str:
    """How a chosen party is written in a field: the name, and the number that makes it certain."""
    return f"{party.name} #{party.pk}"


class PartyInput(forms.TextInput):
    """A text field that offers the people of the estate while somebody types."""

    template_name = "registry/party_input.html"


class PartyField(forms.CharField):
    """A person or organisation of the estate, by name, reference, phone, or as chosen from what is offered.

    Cleans to the party, or None.
    """

    widget = PartyInput
    default_error_messages = {
        "unknown": gettext_lazy("Nobody on the register is called “%(value)s”. Add the person first."),
        "several": gettext_lazy("Several people are called “%(value)s”. Choose one from the list while you type."),
    }

    def offer_from(self, url: str) -> None:
        """Ask ``url`` for suggestions."""
        self.widget.attrs["hx-get"] = url

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal() and len(value) < 10):
            value = Party.objects.filter(pk=int(value)).first() or value
        return party_text(value) if isinstance(value, Party) else value

    def clean(self, value: Any) -> Any:
        text = normalise(super().clean(value) or "")
        if not text:
            return None
        numbered = _NUMBERED.search(text)
        condition = Q(pk=int(numbered.group(1))) if numbered else Q(name=text) | Q(reference=text) | Q(phone=text)
        found = list(Party.objects.filter(condition)[:2])
        if len(found) != 1:
            raise ValidationError(
                self.error_messages["several" if found else "unknown"], code="party", params={"value": text}
            )
        return found[0]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ShareField(forms.CharField):
    """A share of ownership as 1/2, 50% or 0.5. Cleans to a Decimal, or None when left empty."""

    def clean(self, value: Any) -> Any:
        text = normalise(super().clean(value) or "").replace(" ", "")
        if not text:
            return None
        try:
            if "/" in text:
                above, below = text.split("/")
                return Decimal(above) / Decimal(below)
            return Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
        except (InvalidOperation, ValueError, ZeroDivisionError):
            raise ValidationError(_("Write a share as 1/2, 50% or 0.5."), code="share") from None


def units() -> QuerySet[Unit]:
    return Unit.objects.all()


def spaces() -> QuerySet[ParkingSpace]:
    return ParkingSpace.objects.all()


class EstateForm(ModelActionForm):
    class Meta:
        model = Estate
        fields: tuple[str, ...] = (
            "name", "code", "kind", "company", "community", "committee", "address", "phone", "total_floor_area",
            "first_phase_floor_area",
        )  # fmt: skip


class EstateEditForm(EstateForm):
    """The code stands in addresses and on paper, so it stays; the developer is one of the estate's parties."""

    developer = PartyField(
        label=gettext_lazy("Developer"),
        required=False,
        help_text=gettext_lazy("Pays for unsold and undelivered units."),
    )

    class Meta(EstateForm.Meta):
        fields = tuple(name for name in EstateForm.Meta.fields if name != "code")


class CommitteeForm(forms.Form):
    """The estate's committee; the page names those that fit."""

    committee = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("Committee"))


class PhaseForm(ModelActionForm):
    class Meta:
        model = Phase
        fields = ("code", "name")


class BuildingForm(ModelActionForm):
    class Meta:
        model = Building
        fields = ("code", "name", "phase", "floors", "position")
        help_texts = {
            "code": gettext_lazy("The first part of a room's address: 3 in 3-1-1201."),
            "position": gettext_lazy("Buildings are listed in this order."),
        }


class EntranceForm(ModelActionForm):
    class Meta:
        model = Entrance
        fields = ("building", "code", "floors", "has_lift")


class PlaceForm(ModelActionForm):
    class Meta:
        model = Place
        fields = ("code", "name", "parent", "building")


class RoomForm(ModelActionForm):
    class Meta:
        model = ManagementRoom
        fields = (
            "purpose", "name", "area", "above_ground", "self_contained", "has_water", "has_electricity", "temporary",
        )  # fmt: skip


class UnitForm(ModelActionForm):
    entrance = ScopedChoiceField(
        rows=lambda: Entrance.objects.select_related("building").order_by("building__position", "code"),
        label=gettext_lazy("Entrance"),
        required=False,
    )
    code = forms.CharField(
        label=gettext_lazy("Room"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Left empty, it is made of building, entrance and number: 3-1-1201."),
    )
    field_order = ("building", "entrance", "number", "code")

    class Meta:
        model = Unit
        fields = (
            "building", "entrance", "number", "code", "floor", "kind", "exclusive_area", "inner_area", "delivery_date",
            "state", "note",
        )  # fmt: skip


class UnitEditForm(UnitForm):
    code = forms.CharField(label=gettext_lazy("Room"), max_length=60)


class PartyForm(ModelActionForm):
    class Meta:
        model = Party
        fields = (
            "kind", "name", "phone", "id_number", "reference", "mailing_address", "prepayment_agreed", "note",
        )  # fmt: skip


class VehicleForm(ModelActionForm):
    party = PartyField(label=gettext_lazy("Keeper"), required=False)
    space = LookupField(rows=spaces, label=gettext_lazy("Parking space"), required=False)

    class Meta:
        model = Vehicle
        fields = ("plate", "party", "space", "kind", "brand", "colour", "since", "until")


class SpaceGrantForm(forms.Form):
    """Which space a vehicle may stand on."""

    space = LookupField(rows=spaces, label=gettext_lazy("Parking space"))
    use = forms.ChoiceField(
        label=gettext_lazy("Use"),
        choices=[(SpaceUse.MONTHLY, SpaceUse.MONTHLY.label), (SpaceUse.TEMPORARY, SpaceUse.TEMPORARY.label)],
        help_text=gettext_lazy("A sold space stays sold."),
    )
    since = forms.DateField(
        label=gettext_lazy("Since"), required=False, widget=DateInput(), help_text=gettext_lazy("Today if left empty.")
    )


class CarParkForm(ModelActionForm):
    class Meta:
        model = CarPark
        fields = ("code", "name")


class ZoneForm(ModelActionForm):
    class Meta:
        model = ParkingZone
        fields = ("car_park", "level", "code", "name", "audience", "guidance_sign", "attendants")


class SpaceForm(ModelActionForm):
    class Meta:
        model = ParkingSpace
        fields = ("zone", "code", "use", "area")


class OccupancyForm(forms.Form):
    unit = LookupField(
        rows=units, label=gettext_lazy("Room"), help_text=gettext_lazy("The whole address, for example 3-1-1201.")
    )
    party = PartyField(label=gettext_lazy("Occupant"))
    kind = forms.ChoiceField(label=gettext_lazy("As"), choices=OccupantKind.choices, initial=OccupantKind.TENANT)
    since = forms.DateField(label=gettext_lazy("Since"), widget=DateInput())
    until = forms.DateField(label=gettext_lazy("Until (first day without)"), required=False, widget=DateInput())


class EndOccupancyForm(forms.Form):
    until = forms.DateField(label=gettext_lazy("Until (first day without)"), widget=DateInput())


class OwnersForm(forms.Form):
    """The owners of a unit or space with their shares, in a few rows; ``cleaned_data["owners"]`` is what actions take.

    ``date_name`` is what the action calls the day: ``on`` for a transfer, ``since`` for a first entry or a correction.
    """

    date_name = "since"
    date_label = gettext_lazy("Since")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, OWNER_ROWS + 1):
            self.fields[f"party_{number}"] = PartyField(
                label=_("Owner %(number)s") % {"number": number}, required=number == 1
            )
            self.fields[f"share_{number}"] = ShareField(
                label=_("Share %(number)s") % {"number": number}, required=False, max_length=20
            )
        self.fields[self.date_name] = forms.DateField(label=self.date_label, widget=DateInput())

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The bound fields of each owner, for the template."""
        return [(self[f"party_{number}"], self[f"share_{number}"]) for number in range(1, OWNER_ROWS + 1)]

    @property
    def day(self) -> Any:
        return self[self.date_name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        rows = [
            (data.pop(f"party_{number}", None), data.pop(f"share_{number}", None))
            for number in range(1, OWNER_ROWS + 1)
        ]
        if any(name in self.errors for name in self.fields):
            return data  # what is wrong with a name or a share is said there, and says all
        if any(share is not None and party is None for party, share in rows):
            raise ValidationError(_("A share without an owner. Name the owner or empty the share."))
        named = [(party, share) for party, share in rows if party is not None]
        if named and all(share is None for _party, share in named):
            named = [(party, Decimal(1) / len(named)) for party, _share in named]
        elif any(share is None for _party, share in named):
            raise ValidationError(_("Give every owner a share, or none of them: then all own the same."))
        return data | {"owners": named}


class TransferForm(OwnersForm):
    """The new owners, and which ownerships the person was looking at."""

    date_name = "on"
    date_label = gettext_lazy("First day of the new owners")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_seen(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["seen"].split(",") if key.isdecimal()]
