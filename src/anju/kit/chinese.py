"""Chinese text: search by sound, one way of writing what people type, Traditional characters, amounts in words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from anju.kit.surnames import SURNAME_READINGS

if TYPE_CHECKING:
    from opencc import OpenCC

# Characters that occupy no space on screen yet make two equal-looking texts differ.
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_SPACES = re.compile(r"\s+")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万")
_LARGEST = Decimal("9999999999999999.99")


def normalise(text: str) -> str:
    """Return ``text`` as it is stored and compared: half width (NFKC), nothing invisible, single spaces."""
    if text.isascii():  # which is so already, but for its spaces; most cells of a workbook are
        return " ".join(text.split())
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()


def _syllables(name: str, *, initials: bool = False) -> list[str]:
    """Split a name into syllables, reading a surname as surnames are read (单 is shan in a name, dan in a word)."""
    name = normalise(name)
    for length in (2, 1):
        reading = SURNAME_READINGS.get(name[:length])
        if reading:
            head = [syllable[0] for syllable in reading] if initials else reading
            return [*head, *_read(name[length:], initials)]
    return [*_read(name, initials)]


@lru_cache(maxsize=16_384)
def _read(text: str, initials: bool) -> tuple[str, ...]:
    """Given names repeat: of 100,000 people some thousand have to be looked up."""
    # Loaded on first use: its dictionaries cost a fifth of the start-up of commands that never need them.
    from pypinyin import Style, lazy_pinyin

    return tuple(lazy_pinyin(text, style=Style.FIRST_LETTER if initials else Style.NORMAL))


def pinyin_of(name: str) -> str:
    """Full pinyin of a name, lower case without tones or spaces: 张三 is ``zhangsan``, 3号楼 is ``3haolou``."""
    return "".join(_keep(part) for part in _syllables(name))


def initials_of(name: str) -> str:
    """First letters of the syllables of a name: 张三 is ``zs``. Latin letters and digits are kept whole."""
    return "".join(_keep(part) for part in _syllables(name, initials=True))


def _keep(part: str) -> str:
    return "".join(character for character in part.lower() if character.isalnum())


@cache
def _converter() -> OpenCC:
    # Loaded on first use: the dictionaries cost a second of start-up that most commands never need.
    from opencc import OpenCC

    return OpenCC("s2t")


def to_traditional(text: str) -> str:
    """Convert Simplified to Traditional characters, phrase by phrase (头发 is 頭髮, 发展 is 發展)."""
    return _converter().convert(text)


def amount_in_words(amount: Decimal) -> str:
    """Return an amount in yuan as a receipt states it in capital characters (人民币大写).

    The rules are those of bank notes: 整 closes an amount without fen (and may not follow fen), inner zeros are written
    once, a zero jiao between yuan and fen is written, and a negative amount begins with 负. Two decimals at most;
    more raise ``ValueError``, as does an amount of ten quadrillion (10^16) or more.
    """
    cents = amount * 100
    if not amount.is_finite() or cents != cents.to_integral_value():
        raise ValueError(f"not an amount in whole cents: {amount}")
    if abs(amount) > _LARGEST:
        raise ValueError(f"too large to be written in words: {amount}")
    whole, rest = divmod(abs(int(cents)), 100)
    jiao, fen = divmod(rest, 10)
    words = "负" if cents < 0 else ""
    if whole:
        words += _integer_in_words(whole) + "元"
    elif not rest:
        return "零元整"
    if jiao:
        # Bank rule: a zero yuan place directly before jiao is bridged by 零 (30.50 is 叁拾元零伍角).
        words += ("零" if whole and whole % 10 == 0 else "") + _DIGITS[jiao] + "角"
    elif fen and whole:
        words += "零"
    return words + (_DIGITS[fen] + "分" if fen else "整")


def _integer_in_words(number: int) -> str:
    words = ""
    pending_zero = False
    for index in range(len(_GROUPS) - 1, -1, -1):
        group = number // 10_000**index % 10_000
        if not group:
            # 10^12 is 壹万亿: the 亿 is said even where its own four places are empty.
            words += "亿" if index == 2 and words else ""
            pending_zero = bool(words)
            continue
        for place in range(3, -1, -1):
            digit = group // 10**place % 10
            if digit:
                words += ("零" if pending_zero else "") + _DIGITS[digit] + _PLACES[place]
                pending_zero = False
            else:
                pending_zero = bool(words)
        words += _GROUPS[index]
    return words
