"""Chinese text: sound, one way of writing, Traditional characters, amounts in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.kit.chinese import amount_in_words, initials_of, normalise, pinyin_of, to_traditional


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("张三", "zhangsan", "zs"),
        ("单小红", "shanxiaohong", "sxh"),
        ("曾 国强", "zengguoqiang", "zgq"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("吕布", "lvbu", "lb"),
        ("Ａlice 王", "alicewang", "alicew"),
        ("3号楼", "3haolou", "3hl"),
        ("", "", ""),
    ],
)
def test_name_is_found_by_its_sound(name: str, full: str, initials: str) -> None:
    assert pinyin_of(name) == full
    assert initials_of(name) == initials


def test_normalise_makes_equal_what_looks_equal() -> None:
    assert normalise("\ufeff Ａ１\u200b２\u3000\xa0 （東） ") == "A12 (東)"


def test_traditional_characters_follow_the_phrase() -> None:
    assert to_traditional("头发与发展") == "頭髮與發展"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("10", "壹拾元整"),
        ("1234.56", "壹仟贰佰叁拾肆元伍角陆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "壹拾万零柒仟元零伍角叁分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("100010001", "壹亿零壹万零壹元整"),
        ("1000000000000", "壹万亿元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("-3.20", "负叁元贰角整"),
    ],
)
def test_amount_is_written_in_capital_characters(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["0.001", "10000000000000000", "NaN", "Infinity"])
def test_amount_that_no_receipt_states_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"amount|too large"):
        amount_in_words(Decimal(amount))


@given(st.integers(min_value=0, max_value=10**14))
def test_amount_in_words_reads_back_as_the_amount(cents: int) -> None:
    assert _read(amount_in_words(Decimal(cents) / 100)) == cents


def _read(words: str) -> int:
    """Read an amount in capital characters, by an algorithm of its own."""
    total = section = digit = 0
    for character in words:
        if character in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(character)
        elif character in "拾佰仟":
            section, digit = section + digit * 10 ** ("拾佰仟".index(character) + 1), 0
        elif character == "万":
            section, digit = (section + digit) * 10_000, 0
            total, section = total + section, 0
        elif character == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif character == "元":
            total, section, digit = (total + section + digit) * 100, 0, 0
        elif character == "角":
            total, digit = total + digit * 10, 0
        elif character == "分":
            total, digit = total + digit, 0
    return total
