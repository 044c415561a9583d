"""What may stand on a Chinese plate."""

from __future__ import annotations

import pytest

from anju.foundation.registry.plates import PlateError, PlateKind, check_plate, is_plate


@pytest.mark.parametrize(
    ("typed", "normal", "kind", "display"),
    [
        ("辽B12345", "辽B12345", PlateKind.ORDINARY, "辽B·12345"),
        ("辽ｂ·１２ 3a5", "辽B123A5", PlateKind.ORDINARY, "辽B·123A5"),
        ("辽BD12345", "辽BD12345", PlateKind.NEW_ENERGY_SMALL, "辽B·D12345"),
        ("粤BFA2345", "粤BFA2345", PlateKind.NEW_ENERGY_SMALL, "粤B·FA2345"),
        ("京A12345D", "京A12345D", PlateKind.NEW_ENERGY_LARGE, "京A·12345D"),
        ("辽B1234警", "辽B1234警", PlateKind.POLICE, "辽B·1234警"),
        ("京A1234学", "京A1234学", PlateKind.DRIVING_SCHOOL, "京A·1234学"),
        ("京A1234挂", "京A1234挂", PlateKind.TRAILER, "京A·1234挂"),
        ("粤Z1234港", "粤Z1234港", PlateKind.HONG_KONG, "粤Z·1234港"),
        ("粤Z1234澳", "粤Z1234澳", PlateKind.MACAO, "粤Z·1234澳"),
        ("使014578", "使014578", PlateKind.EMBASSY, "使014578"),
        ("沪A1234领", "沪A1234领", PlateKind.CONSULATE, "沪A·1234领"),
        ("wj辽1234x", "WJ辽1234X", PlateKind.ARMED_POLICE, "WJ辽·1234X"),
        ("VA12345", "VA12345", PlateKind.MILITARY, "VA·12345"),
        ("京X1234应急", "京X1234应急", PlateKind.EMERGENCY, "京X·1234应急"),
    ],
)
def test_plate_is_recognised_as_people_type_it(typed: str, normal: str, kind: PlateKind, display: str) -> None:
    plate = check_plate(typed)
    assert (plate.normal, plate.kind, plate.display) == (normal, kind, display)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "plate.empty"),
        (" · ", "plate.empty"),
        ("B12345", "plate.province"),
        ("美B12345", "plate.province"),
        ("辽BI2345", "plate.letters"),
        ("辽B1234O", "plate.letters"),
        ("辽B1234", "plate.length"),
        ("辽BD123456", "plate.length"),
        ("辽BABC12", "plate.format"),
        ("辽B123456", "plate.format"),
        ("辽BL12345", "plate.format"),
        ("辽112345", "plate.format"),
        ("无", "plate.province"),
    ],
)
def test_what_cannot_be_a_plate_is_refused_with_a_reason(typed: str, code: str) -> None:
    with pytest.raises(PlateError) as refusal:
        check_plate(typed)
    assert refusal.value.code == code
    assert str(refusal.value)
    assert not is_plate(typed)
