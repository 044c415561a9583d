"""Numbers of people and organisations, and their masking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.kit.idcards import (
    NumberError,
    check_credit_code,
    check_id_card,
    check_mobile,
    check_phone,
    credit_code_check_character,
    id_card_check_digit,
    mask_id,
    mask_name,
    mask_phone,
)

# The example number of the standard GB 11643.
ID_CARD = "11010519491231002X"


def test_id_card_is_accepted_as_people_type_it() -> None:
    assert check_id_card(ID_CARD) == ID_CARD
    assert check_id_card(" 110105 19491231 ００２x ") == ID_CARD


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310020", "id_card.check"),
        ("11010519491331002X", "id_card.date"),
        ("110105194902300025", "id_card.date"),
        ("99010519491231002X", "id_card.region"),
        ("1101051949123100", "id_card.format"),
        ("1101051949X231002X", "id_card.format"),
        ("", "id_card.format"),
    ],
)
def test_id_card_that_cannot_be_is_refused(number: str, code: str) -> None:
    with pytest.raises(NumberError) as refusal:
        check_id_card(number)
    assert refusal.value.code == code
    assert str(refusal.value)


@given(st.integers(min_value=0, max_value=16), st.integers(min_value=1, max_value=9))
def test_one_mistyped_digit_of_an_id_card_is_noticed(position: int, shift: int) -> None:
    digit = str((int(ID_CARD[position]) + shift) % 10)
    with pytest.raises(NumberError):
        check_id_card(ID_CARD[:position] + digit + ID_CARD[position + 1 :])


def test_check_digit_of_an_id_card() -> None:
    assert id_card_check_digit(ID_CARD[:17]) == "X"


def test_credit_code() -> None:
    body = "91210200MA0QC5XY1"
    code = body + credit_code_check_character(body)
    assert check_credit_code(code.lower()) == code
    # A code that is in public use (Huawei).
    assert check_credit_code("914403001922038216") == "914403001922038216"
    with pytest.raises(NumberError) as refusal:
        check_credit_code("914403001922038217")
    assert refusal.value.code == "credit_code.check"
    with pytest.raises(NumberError) as refusal:
        check_credit_code("91440300192203821I")
    assert refusal.value.code == "credit_code.format"


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("8613812345678", "13812345678"),
        ("0411-12345678", None),
        ("0411-82345678", "0411-82345678"),
        ("(010) 62345678-801", "010-62345678-801"),
        ("041182345678", "0411-82345678"),
        ("8234567", "8234567"),
        ("400-123-4567", "4001234567"),
        ("12345", None),
        ("12812345678", None),
        ("", None),
    ],
)
def test_phone(typed: str, normal: str | None) -> None:
    if normal is None:
        with pytest.raises(NumberError):
            check_phone(typed)
    else:
        assert check_phone(typed) == normal


def test_landline_is_no_mobile_number() -> None:
    with pytest.raises(NumberError):
        check_mobile("0411-82345678")


def test_masks_hide_what_identifies() -> None:
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("8234567") == "*****67"
    assert mask_id(ID_CARD) == "110*************2X"
    assert mask_id("A1") == "*1"
    assert mask_name("张三") == "张*"
    assert mask_name("欧阳小明") == "欧**明"
    assert mask_name("") == mask_phone("") == mask_id("") == ""


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_masks_keep_the_length_and_never_show_all(number: str) -> None:
    for mask in (mask_phone, mask_id):
        assert len(mask(number)) == len(number)
        assert "*" in mask(number)
